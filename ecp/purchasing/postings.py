"""From a purchase to its entry: the one file of purchases that names accounts."""

from datetime import date
from decimal import Decimal

from ecp import money
from ecp.accounting.posting import Draft, DraftLine

NATURES = {
    "goods": "6111",
    "materials": "6121",
    "consumables": "6122",
    "packaging": "6123",
    "energy": "6125",
    "services": "6126",
    "rent": "6131",
    "repairs": "6133",
    "insurance": "6134",
    "fees": "6136",
    "transport": "6142",
    "travel": "6143",
    "advertising": "6144",
    "telephone": "6145",
    "bank_fees": "6147",
}
"""Kinds of costs in daily words, and their accounts."""

VAT_PENDING, VAT = "34583", "34552"
SUPPLIERS, EXPENSE_NOTES = "44111", "44322"
BANK, TILL = "5141", "5161"


def source(purchase_id: int) -> str:
    """Name what the entry of a purchase comes from."""
    return f"purchase:{purchase_id}:posted"


def source_of_payment(payment_id: int) -> str:
    """Name what the entry of a payment comes from."""
    return f"purchase-payment:{payment_id}"


def bought(  # noqa: PLR0913 (what a bill says)
    *,
    purchase_id: int,
    enterprise_id: int,
    activity_id: int,
    party_id: int | None,
    kind: str,
    on: date,
    due_on: date | None,
    nature: str,
    label: str,
    reference: str,
    net: Decimal,
    vat: Decimal,
    is_deductible: bool,
) -> Draft:
    """Describe the entry of a bill or note; VAT that may be deducted waits for the payment (encaissement)."""
    cost = net if is_deductible else net + vat
    owed = EXPENSE_NOTES if kind == "expense" else SUPPLIERS
    lines = [
        DraftLine(account=NATURES[nature], activity_id=activity_id, debit=cost),
        DraftLine(account=VAT_PENDING, activity_id=activity_id, debit=vat if is_deductible else money.ZERO),
        DraftLine(account=owed, activity_id=activity_id, credit=net + vat, party_id=party_id, due_on=due_on or on),
    ]
    return Draft(
        enterprise_id=enterprise_id,
        journal="AC",
        on=on,
        label=label,
        source=source(purchase_id),
        document=reference,
        lines=tuple(line for line in lines if line.debit or line.credit),
    )


def paid(  # noqa: PLR0913 (what a payment says)
    *,
    payment_id: int,
    enterprise_id: int,
    activity_id: int,
    party_id: int | None,
    kind: str,
    on: date,
    means: str,
    label: str,
    reference: str,
    amount: Decimal,
    vat: Decimal,
    nature: str,
    lost: Decimal = money.ZERO,
) -> Draft:
    """Describe the entry of a payment, with the VAT that it makes deductible and what is lost of it, a cost."""
    cash = means == "cash"
    lines = [
        DraftLine(
            account=EXPENSE_NOTES if kind == "expense" else SUPPLIERS,
            activity_id=activity_id,
            debit=amount,
            party_id=party_id,
        ),
        DraftLine(account=TILL if cash else BANK, activity_id=activity_id, credit=amount),
        DraftLine(account=VAT, activity_id=activity_id, debit=vat),
        DraftLine(account=NATURES[nature], activity_id=activity_id, debit=lost),
        DraftLine(account=VAT_PENDING, activity_id=activity_id, credit=vat + lost),
    ]
    return Draft(
        enterprise_id=enterprise_id,
        journal="CA" if cash else "BQ",
        on=on,
        label=f"Paiement {label}"[:500],
        source=source_of_payment(payment_id),
        document=reference,
        lines=tuple(line for line in lines if line.debit or line.credit),
    )
