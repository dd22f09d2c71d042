"""Money given back to a customer who paid more than an invoice asks once credit notes are deducted."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from ecp import clock, money
from ecp.accounting import posting
from ecp.db import session, told
from ecp.errors import NotFound, Problem
from ecp.sales import documents, postings
from ecp.sales.errors import DocumentInvalid


@dataclass(frozen=True, kw_only=True)
class Refund:
    """Money given back."""

    id: int
    refunded_on: date
    means: str
    amount: Decimal
    reference: str


def give_back(  # noqa: PLR0913 (what a refund says)
    invoice_id: int, amount: Decimal, *, on: date, means: str, key: str, reference: str = ""
) -> int:
    """Record money given back for an invoice; gives the refund's id, the same for the same key.

    VAT does not move: what was paid beyond the invoice never made any due (`chargeability.applied`).

    Raises: NotFound, DocumentInvalid, MoreThanToGiveBack, NotToCollect, PeriodClosed.
    """
    invoice = documents.one(invoice_id)
    if invoice.kind != "invoice" or not invoice.number:
        raise NotFound
    _check(amount, on, means, invoice)
    values = {
        "enterprise": invoice.enterprise_id,
        "document": invoice_id,
        "amount": money.centimes(amount),
        "on": on,
        "means": means,
        "reference": reference.strip(),
        "key": key,
    }
    with told():
        row = session.execute(_REFUND, values).one()
    if row.is_new:
        posting.post(postings.refunded(invoice, refund_id=row.refund_id, amount=amount, on=on, means=means))
    return int(row.refund_id)


def of_document(invoice: documents.Document) -> list[Refund]:
    """List what was given back for an invoice, the first one first."""
    rows = session.execute(_OF_DOCUMENT, {"enterprise": invoice.enterprise_id, "document": invoice.id})
    return [Refund(**{**row._mapping, "amount": money.from_centimes(row.amount)}) for row in rows]  # noqa: SLF001


def _check(amount: Decimal, on: date, means: str, invoice: documents.Document) -> None:
    problems = []
    if amount <= 0:
        problems.append(Problem("Un remboursement est plus grand que zéro.", "amount"))
    if means not in money.MEANS:
        problems.append(Problem("Choisissez un moyen de paiement.", "means"))
    if on > clock.today():
        problems.append(Problem("La date est dans l’avenir.", "received_on"))
    if invoice.issued_on and on < invoice.issued_on:
        problems.append(Problem("Le remboursement ne peut précéder la facture.", "received_on"))
    if problems:
        raise DocumentInvalid(problems)


_REFUND = sa.text("""
    select refund_id, is_new from sales_refund(:enterprise, :document, :amount, :on, :means, :reference, :key)
""")
_OF_DOCUMENT = sa.text("""
    select id, refunded_on, means, amount, reference from refund
    where enterprise_id = :enterprise and document_id = :document order by id
""")
