"""When VAT falls due (RULES R3.9, R3.10), and payments spread over invoices (promise I16)."""

from decimal import Decimal
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp.sales import chargeability
from ecp.sales.chargeability import Regime
from ecp.sales.pricing import Amounts, from_net

ZERO = Decimal("0.00")
cents = st.integers(0, 10**9).map(lambda count: Decimal(count).scaleb(-2))
sales = st.dictionaries(st.sampled_from([Decimal("0.20"), Decimal("0.10"), Decimal(0)]), cents, min_size=1).map(
    lambda nets: {rate: from_net(net, rate) for rate, net in nets.items()}
)


def gross(charged):
    return sum((amounts.gross for amounts in charged.values()), ZERO)


def vats(charged):
    return {rate: amounts.vat for rate, amounts in charged.items()}


def due(charged, collected, regime=Regime.COLLECTION, *, is_invoiced=True):
    return chargeability.vat_due(charged, collected=collected, regime=regime, is_invoiced=is_invoiced)


def test_worked_example():
    """R3.9: invoice 12 000 TTC (VAT 2 000) on 25 Jan, 6 000 paid on 10 Feb."""
    sale = {Decimal("0.20"): Amounts(Decimal("10000.00"), Decimal("2000.00"))}
    assert due(sale, ZERO) == {Decimal("0.20"): ZERO}
    assert due(sale, Decimal("6000.00")) == {Decimal("0.20"): Decimal("1000.00")}
    january = chargeability.falls_due(before={}, after=due(sale, ZERO, Regime.DEBITS))
    february = chargeability.falls_due(
        before=due(sale, ZERO, Regime.DEBITS), after=due(sale, Decimal("6000.00"), Regime.DEBITS)
    )
    assert (january, february) == ({Decimal("0.20"): Decimal("2000.00")}, {})


@pytest.mark.parametrize("regime", Regime)
def test_an_advance_is_taxed_on_receipt_in_both_regimes(regime):
    """R3.9, last sentence: 6 000 of 12 000 before the invoice; then the invoice; then the rest."""
    order = {Decimal("0.20"): Amounts(Decimal("10000.00"), Decimal("2000.00"))}
    advance = due(order, Decimal("6000.00"), regime, is_invoiced=False)
    assert advance == {Decimal("0.20"): Decimal("1000.00")}
    invoiced = due(order, Decimal("6000.00"), regime)
    on_invoice = chargeability.falls_due(before=advance, after=invoiced)
    assert on_invoice == ({} if regime is Regime.COLLECTION else {Decimal("0.20"): Decimal("1000.00")})
    assert due(order, Decimal("12000.00"), regime) == vats(order)


@given(sales, st.lists(st.integers(0, 1000), max_size=8), st.randoms())
def test_payments_in_any_order_and_number(sale, weights, random):
    """Sum of the parts = the whole VAT, rate by rate; nothing negative on the way."""
    whole = gross(sale)
    cuts = sorted({(whole * w / 1000).quantize(ZERO) for w in weights})
    payments = [b - a for a, b in zip([ZERO, *cuts], [*cuts, whole], strict=True)]
    random.shuffle(payments)
    states = [dict.fromkeys(sale, ZERO), *(due(sale, paid) for paid in accumulate(payments))]
    moved = [chargeability.falls_due(before=a, after=b) for a, b in pairwise(states)]
    assert all(vat > 0 for move in moved for vat in move.values())
    assert {rate: sum((m.get(rate, ZERO) for m in moved), ZERO) for rate in sale} == vats(sale)


@given(sales, cents)
def test_never_beyond_the_sale(sale, paid):
    so_far = due(sale, paid)
    assert all(ZERO <= so_far[rate] <= amounts.vat for rate, amounts in sale.items())
    assert due(sale, gross(sale) + paid) == vats(sale)


@given(sales, cents)
def test_a_bounced_payment_gives_back_what_it_made_due(sale, paid):
    before, after = due(sale, ZERO), due(sale, paid)
    forth = chargeability.falls_due(before=before, after=after)
    back = chargeability.falls_due(before=after, after=before)
    assert back == {rate: -vat for rate, vat in forth.items()}


def test_a_credit_note_on_a_paid_invoice_gives_vat_back():
    rate = Decimal("0.20")
    paid = due({rate: Amounts(Decimal("100.00"), Decimal("20.00"))}, Decimal("120.00"))
    left = due({rate: Amounts(Decimal("50.00"), Decimal("10.00"))}, Decimal("120.00"))
    assert chargeability.falls_due(before=paid, after=left) == {rate: Decimal("-10.00")}
    assert due({rate: Amounts(ZERO, ZERO)}, Decimal("120.00")) == {rate: ZERO}


def test_a_sale_that_comes_to_nothing_is_settled_when_invoiced():
    sale = {
        Decimal("0.20"): Amounts(Decimal("100.00"), Decimal("20.00")),
        Decimal(0): Amounts(Decimal("-120.00"), ZERO),
    }
    assert due(sale, ZERO, is_invoiced=False) == {Decimal("0.20"): ZERO, Decimal(0): ZERO}
    assert due(sale, ZERO) == vats(sale)


@given(st.lists(cents, max_size=6), cents)
def test_allocation_loses_nothing(left, payment):
    parts, excess = chargeability.allocate(payment, left)
    assert sum(parts, ZERO) + excess == payment
    assert all(ZERO <= part <= amount for part, amount in zip(parts, left, strict=True))
    assert not excess or parts == left


def test_allocation_refuses_negative_amounts():
    for payment, left in [("-1.00", ["1.00"]), ("1.00", ["-1.00"])]:
        with pytest.raises(ValueError):
            chargeability.allocate(Decimal(payment), [Decimal(each) for each in left])
