"""From a sale to its entry: the one file of sales that names accounts."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from ecp import money
from ecp.accounting.posting import Draft, DraftLine
from ecp.sales.documents import Document
from ecp.sales.pricing import Amounts

CUSTOMERS = "34211"
STAMP = "44583"
BANK, TILL = "5141", "5161"
SALES, SALES_ABROAD = {False: "7121", True: "7124"}, {False: "7122", True: "7125"}
_RATES = {Decimal("0.20"): "0", Decimal("0.10"): "1"}


def pending(rate: Decimal) -> str:
    """The account of VAT charged and not yet due, at a rate."""
    return "44551" + _RATES.get(rate.quantize(Decimal("0.01")), "2")


def due(rate: Decimal) -> str:
    """The account of VAT that is due, at a rate."""
    return "44552" + _RATES.get(rate.quantize(Decimal("0.01")), "2")


def source(document: Document) -> str:
    """Name what the entry of an issued document comes from."""
    return f"{document.kind}:{document.id}:issued"


PAYMENT, REFUND = "payment:", "refund:"
"""What the sources of entries that move a customer's money begin with."""


def source_of_payment(payment_id: int) -> str:
    """Name what the entry of a payment comes from."""
    return f"{PAYMENT}{payment_id}"


def issued(document: Document, *, number: str, on: date, falls_due: Mapping[Decimal, Decimal]) -> Draft:
    """Describe the entry of an issued invoice or credit note (a credit note's amounts are negative here)."""
    priced = document.priced()
    sign = -1 if document.kind == "credit_note" else 1
    lines = [_line(document, CUSTOMERS, sign * priced.total.gross, due_on=document.due_on or on)]
    lines += [_line(document, account, -sign * net) for account, net in sorted(_revenue(document).items())]
    by_rate = priced.by_rate()
    for rate in dict.fromkeys([*by_rate, *falls_due]):  # a credit note moves VAT at the other rates of its invoice too
        now = falls_due.get(rate, money.ZERO)
        lines.append(_line(document, pending(rate), -(sign * by_rate.get(rate, Amounts()).vat - now)))
        lines.append(_line(document, due(rate), -now))
    word = "Avoir" if document.kind == "credit_note" else "Facture"
    return Draft(
        enterprise_id=document.enterprise_id,
        journal="VT",
        on=on,
        label=f"{word} {number} · {document.party}"[:500],
        source=source(document),
        document=number,
        lines=tuple(line for line in lines if line.debit or line.credit),
    )


def _revenue(document: Document) -> dict[str, Decimal]:
    """Net amounts by account of sales."""
    table = SALES_ABROAD if document.channel == "export" else SALES
    sums: dict[str, Decimal] = {}
    for line, amounts in zip(document.lines, document.priced().amounts, strict=True):
        account = table[line.is_service]
        sums[account] = sums.get(account, money.ZERO) + amounts.net
    return sums


def received(  # noqa: PLR0913 (what a payment says)
    document: Document,
    *,
    payment_id: int,
    number: str,
    means: str,
    on: date,
    parts: Mapping[str, Decimal],
    stamp: Decimal,
    falls_due: Mapping[Decimal, Decimal],
    cancels: str = "",
) -> Draft:
    """Describe the entry of a payment; `parts` are amounts by invoice number, `document` one of them.

    Of one that cancels another, whose number is given, all amounts are negative.
    """
    word = f"Annulation {cancels} · règlement" if cancels else "Règlement"
    amount = sum(parts.values(), money.ZERO)
    cash = means == "cash"
    lines = [_line(document, TILL if cash else BANK, amount + stamp), _line(document, STAMP, -stamp)]
    lines += [_line(document, CUSTOMERS, -part, label=f"{word} {paid}") for paid, part in parts.items()]
    for rate, moved in falls_due.items():
        lines += [_line(document, pending(rate), moved), _line(document, due(rate), -moved)]
    return Draft(
        enterprise_id=document.enterprise_id,
        journal="CA" if cash else "BQ",
        on=on,
        label=f"{word} {', '.join(parts)} · {document.party}"[:500],
        source=source_of_payment(payment_id),
        document=number,
        lines=tuple(line for line in lines if line.debit or line.credit),
    )


def source_of_refund(invoice_id: int, refund_id: int) -> str:
    """Name what the entry of a refund comes from."""
    return f"{REFUND}{invoice_id}:{refund_id}"


def refunded(invoice: Document, *, refund_id: int, amount: Decimal, on: date, means: str) -> Draft:
    """Describe the entry of money given back."""
    cash = means == "cash"
    return Draft(
        enterprise_id=invoice.enterprise_id,
        journal="CA" if cash else "BQ",
        on=on,
        label=f"Remboursement {invoice.number} · {invoice.party}"[:500],
        source=source_of_refund(invoice.id, refund_id),
        document=invoice.number or "",
        lines=(_line(invoice, CUSTOMERS, amount), _line(invoice, TILL if cash else BANK, -amount)),
    )


def _line(
    document: Document, account: str, amount: Decimal, *, due_on: date | None = None, label: str = ""
) -> DraftLine:
    """A line of the document's activity: a debit where the amount is positive, else a credit."""
    return DraftLine(
        account=account,
        activity_id=document.activity_id,
        party_id=document.party_id if account == CUSTOMERS else None,
        debit=max(amount, money.ZERO),
        credit=max(-amount, money.ZERO),
        due_on=due_on,
        label=label,
    )


def charged(invoice: Document, credit_notes: list[Document]) -> dict[Decimal, Amounts]:
    """What an invoice asks in all by VAT rate, credit notes deducted."""
    sums = dict(invoice.priced().by_rate())
    for note in credit_notes:
        for rate, amounts in note.priced().by_rate().items():
            sums[rate] = sums.get(rate, Amounts()) - amounts
    return sums
