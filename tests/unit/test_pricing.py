"""Net, VAT and gross of documents; credit notes; the stamp (RULES R3.21, R4.5; promise I16)."""

from datetime import date
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp import law, money
from ecp.sales import pricing
from ecp.sales.errors import CreditExceedsInvoice
from ecp.sales.pricing import Amounts, Line, Prices

RATES = {"standard": "0.20", "electricity": "0.20", "catering": "0.10", "export": "0", "crafts_carpet_exempt": "0"}


def line(price, quantity="1", category="standard", discount="0"):
    return Line(
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        vat_category=category,
        vat_rate=Decimal(RATES[category]),
        discount_rate=Decimal(discount),
    )


def decimals(low, high, places):
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


lines = st.lists(
    st.builds(
        line,
        decimals(-1000, 100000, 4),
        decimals("0.001", 1000, 3),
        st.sampled_from(sorted(RATES)),
        st.sampled_from(["0", "0.05", "0.333", "1"]),
    ),
    min_size=1,
    max_size=8,
)
prices = st.sampled_from(Prices)


def test_vat_once_per_rate():
    """R4.5: 33.33 + 33.33 + 33.34 at 20 % => HT 100.00, VAT 20.00."""
    priced = pricing.price([line("33.33"), line("33.33"), line("33.34")])
    assert priced.total == Amounts(Decimal("100.00"), Decimal("20.00"))
    assert priced.total.gross == Decimal("120.00")


def test_two_categories_of_one_rate_share_its_vat():
    """Three lines of 0.02 at 20 %: 0.00 each, 0.01 together."""
    priced = pricing.price([line("0.02"), line("0.02", category="electricity"), line("0.02")])
    assert priced.by_rate() == {Decimal("0.20"): Amounts(Decimal("0.06"), Decimal("0.01"))}
    assert sum((a.vat for a in priced.by_category().values()), Decimal(0)) == Decimal("0.01")


def test_exempt_categories_stay_apart_for_their_mentions():
    priced = pricing.price([line("10", category="export"), line("10"), line("5", category="crafts_carpet_exempt")])
    assert [code for code, _ in priced.by_category()] == ["standard", "crafts_carpet_exempt", "export"]
    assert list(priced.by_rate()) == [Decimal("0.20"), Decimal(0)]


def test_a_gross_price_is_kept_as_typed():
    """RELIABILITY 4.10: at 20 %, one gross amount in six has no net that gives it back."""
    without_net = 0
    for cents in range(1, 6001):
        gross = money.from_centimes(cents)
        amounts = pricing.price([line(gross)], Prices.GROSS).total
        assert amounts.gross == gross
        without_net += pricing.from_net(amounts.net, Decimal("0.20")).gross != gross
    assert without_net == 1000


@given(lines, prices)
def test_parts_make_the_whole(given_lines, typed):
    priced = pricing.price(given_lines, typed)
    for groups in (priced.by_rate(), priced.by_category()):
        assert sum(groups.values(), Amounts()) == priced.total
    for rate, amounts in priced.by_rate().items():
        entered = sum((each.amount for each in given_lines if each.vat_rate == rate), Decimal(0))
        if typed is Prices.NET:
            assert (amounts.net, amounts.vat) == (entered, money.rounded(entered * rate))
        else:
            assert amounts.gross == entered
            assert abs(amounts.vat - amounts.net * rate) <= Decimal("0.011")
    assert all(
        abs(a.net * each.vat_rate - a.vat) < Decimal("0.02")
        for each, a in zip(given_lines, priced.amounts, strict=True)
    )


@given(lines, prices)
def test_order_of_lines_does_not_matter(given_lines, typed):
    assert pricing.price(given_lines, typed).by_rate() == pricing.price(given_lines[::-1], typed).by_rate()


@given(lines, prices)
def test_reversal_gives_zero(given_lines, typed):
    priced = pricing.price(given_lines, typed)
    negated = [pricing.replace(each, quantity=-each.quantity) for each in given_lines]
    mirror = pricing.price(negated, typed)
    assert priced.total + mirror.total == Amounts()
    assert mirror.by_rate() == {rate: -amounts for rate, amounts in priced.by_rate().items()}


@given(lines, prices, st.data())
def test_partial_credit_notes_take_back_the_invoice(given_lines, typed, data):
    """However many credit notes, in whatever pieces: together they are the invoice, rate by rate."""
    invoice = pricing.price(given_lines, typed)
    cuts = data.draw(st.lists(st.integers(0, 10), max_size=3).map(lambda some: [*sorted(some), 10]))
    credited = [Decimal(0)] * len(given_lines)
    total: dict[Decimal, Amounts] = {}
    for cut in cuts:
        target = [each.quantity * cut / 10 for each in given_lines]
        now = [to - done for to, done in zip(target, credited, strict=True)]
        note = pricing.credit(given_lines, typed, credited=credited, quantities=now)
        for rate, amounts in note.by_rate().items():
            total[rate] = total.get(rate, Amounts()) + amounts
        credited = target
    assert total == {rate: -amounts for rate, amounts in invoice.by_rate().items()}


def test_no_more_is_credited_than_invoiced():
    invoice = [line("10", "2"), line("5", "3")]
    with pytest.raises(CreditExceedsInvoice) as refused:
        pricing.credit(invoice, Prices.NET, credited=[Decimal(1), Decimal(0)], quantities=[Decimal(2), Decimal(3)])
    assert [problem.where for problem in refused.value.problems] == ["lines-0-quantity"]
    with pytest.raises(CreditExceedsInvoice):
        pricing.credit(invoice, Prices.NET, credited=[Decimal(0)] * 2, quantities=[Decimal(-1), Decimal(0)])


def test_problems_of_lines():
    assert [p.where for p in pricing.problems([])] == ["lines"]
    assert pricing.problems([line("10"), line("-4")]) == []
    assert [p.where for p in pricing.problems([line("10"), line("-14")])] == ["lines"]
    bad = [line("10", "0"), line("10", discount="1.5"), line("999999999", "999999999")]
    fields = [p.where for p in pricing.problems(bad)]
    assert fields == ["lines-0-quantity", "lines-1-discount_rate", "lines-2-unit_price"]


def test_stamp_on_cash():
    """R3.21: 1 200.00 TTC in cash => stamp 3.00."""
    assert pricing.stamp(Decimal("1200.00"), date(2026, 11, 24)) == Decimal("3.00")
    assert pricing.stamp(Decimal("0.00"), date(2026, 11, 24)) == Decimal("0.00")
    assert pricing.stamp(Decimal("2.00"), date(2026, 11, 24)) == Decimal("0.01")  # 0.005, half up
    with pytest.raises(ValueError):
        pricing.stamp(Decimal("-1.00"), date(2026, 11, 24))


def test_the_stamp_rate_is_the_laws(monkeypatch):
    monkeypatch.setattr(law, "value", lambda path, *, on: Decimal("0.01"))
    assert pricing.stamp(Decimal("100.00"), date(2027, 1, 1)) == Decimal("1.00")


@given(st.lists(decimals(0, 10000, 2), max_size=6))
def test_sums_so_far_never_go_down(amounts):
    stamps = [pricing.stamp(total, date(2026, 1, 1)) for total in accumulate(amounts)]
    assert stamps == sorted(stamps)
