"""When the VAT of a sale falls due (R3.9, R3.10, CGI art. 95). Pure: no database, no clock.

The state of a sale (what is charged, what is collected, whether it is invoiced) says how much VAT is due in all, by
rate; a step of the sale (advance, invoice, payment, credit note, bounced cheque) makes due what that sum has moved by.
So no centime is lost or made, whatever the order and the number of the steps: the last payment brings the rest.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from ecp import money
from ecp.sales.pricing import Amounts


class Regime(StrEnum):
    """When an enterprise owes the VAT of its sales; collection is the rule, debits an option it declares (R3.9)."""

    COLLECTION = "encaissement"
    DEBITS = "debits"


def vat_due(
    charged: Mapping[Decimal, Amounts], *, collected: Decimal, regime: Regime, is_invoiced: bool
) -> dict[Decimal, Decimal]:
    """Say how much VAT of a sale is due so far, by rate.

    `charged` is what is asked in all, by VAT rate: the order as long as nothing is invoiced, then the invoice less its
    credit notes. `collected` is all the money received for it, advances included, refunds deducted; what exceeds the
    sale is not its turnover and makes nothing due. An advance is taxed on receipt in both regimes.

    >>> sale = {Decimal("0.20"): Amounts(Decimal("10000.00"), Decimal("2000.00"))}
    >>> vat_due(sale, collected=Decimal("6000.00"), regime=Regime.COLLECTION, is_invoiced=True)
    {Decimal('0.20'): Decimal('1000.00')}
    >>> vat_due(sale, collected=Decimal("0.00"), regime=Regime.DEBITS, is_invoiced=True)
    {Decimal('0.20'): Decimal('2000.00')}
    """
    gross = sum((amounts.gross for amounts in charged.values()), money.ZERO)
    if is_invoiced and (regime is Regime.DEBITS or not gross):
        return {rate: amounts.vat for rate, amounts in charged.items()}
    if not gross:
        return dict.fromkeys(charged, money.ZERO)
    paid = applied(gross, collected)
    return {rate: money.rounded(amounts.vat * paid / gross) for rate, amounts in charged.items()}


def falls_due(*, before: Mapping[Decimal, Decimal], after: Mapping[Decimal, Decimal]) -> dict[Decimal, Decimal]:
    """Say what a step of the sale makes due, by rate: negative where it gives VAT back, only rates that move.

    >>> falls_due(before={Decimal("0.20"): Decimal("1000.00")}, after={Decimal("0.20"): Decimal("2000.00")})
    {Decimal('0.20'): Decimal('1000.00')}
    """
    rates = dict.fromkeys([*before, *after])
    moved = {rate: after.get(rate, money.ZERO) - before.get(rate, money.ZERO) for rate in rates}
    return {rate: vat for rate, vat in moved.items() if vat}


def applied(gross: Decimal, collected: Decimal) -> Decimal:
    """Say how much of the money received pays a sale: all of it, up to the sale; the excess is owed to the customer.

    >>> applied(Decimal("120.00"), Decimal("150.00")), applied(Decimal("-120.00"), Decimal("-150.00"))
    (Decimal('120.00'), Decimal('-120.00'))
    """
    low, high = min(gross, money.ZERO), max(gross, money.ZERO)
    return max(low, min(collected, high))


def allocate(payment: Decimal, left: Sequence[Decimal]) -> tuple[list[Decimal], Decimal]:
    """Spread a payment over what is left to pay of invoices, in their order (oldest due first); give parts and excess.

    ValueError for negative amounts.

    >>> allocate(Decimal("100.00"), [Decimal("60.00"), Decimal("60.00")])
    ([Decimal('60.00'), Decimal('40.00')], Decimal('0.00'))
    """
    if payment < 0 or any(amount < 0 for amount in left):
        raise ValueError("amounts to allocate must not be negative")
    parts = []
    for amount in left:
        parts.append(min(payment, amount))
        payment -= parts[-1]
    return parts, payment
