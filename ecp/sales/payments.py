"""Money received for invoices, whole or in part: its receipt, its stamp, the VAT it makes due, its entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import clock, money
from ecp.accounting import posting
from ecp.db import session, told
from ecp.errors import NotFound, Problem
from ecp.parties import Party
from ecp.sales import chargeability, documents, issuing, postings, pricing, reading
from ecp.sales.errors import DocumentInvalid, MoreThanOwed, NotToCancel

MOST_OPEN = 500


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money received; the stamp is besides the amount."""

    id: int
    enterprise_id: int
    activity_id: int
    party_id: int
    party: str
    number: str
    received_on: date
    means: str
    amount: Decimal
    stamp: Decimal
    reference: str
    documents: tuple[str, ...]
    cancels: str | None
    """The number of the payment that this one, negative, cancels."""
    cancelled_by: str | None
    """The number of the one that cancels it."""

    @property
    def is_good(self) -> bool:
        """Whether it stands: it cancels none, and none cancels it."""
        return self.cancels is None and self.cancelled_by is None


def receive(  # noqa: PLR0913 (what a payment says)
    amounts: Mapping[int, Decimal], *, on: date, means: str, key: str, reference: str = "", stamped: bool = True
) -> int:
    """Record money received for invoices of one customer, by invoice; gives the payment's id.

    The same key again gives the first payment (P5). Cash bears the stamp of R3.21 unless `stamped` is off.

    Raises: NotFound, DocumentInvalid, MoreThanOwed, NotToCollect, PeriodClosed.
    """
    invoices = [documents.one(each) for each in sorted(amounts)]
    _check(invoices, amounts, on, means)
    total = sum(amounts.values(), money.ZERO)
    stamp = pricing.stamp(total, on) if means == "cash" and stamped else money.ZERO
    values = {
        "enterprise": invoices[0].enterprise_id,
        "documents": [invoice.id for invoice in invoices],
        "amounts": [money.centimes(amounts[invoice.id]) for invoice in invoices],
        "on": on,
        "means": means,
        "stamp": money.centimes(stamp),
        "reference": reference.strip(),
        "key": key,
    }
    with told():
        row = session.execute(_PAY, values).one()
    if not row.is_new:
        return int(row.payment_id)
    _post(row, amounts, on=on, means=means, stamp=stamp)
    return int(row.payment_id)


def cancel(payment_id: int, *, on: date, reason: str = "") -> int:
    """Cancel a payment by its mirror, a cheque that bounced or a mistake; gives the mirror, whoever asks again.

    Raises: NotFound, NotYours where one does not keep the books, NotToCancel, GivenBack, PeriodClosed.
    """
    known = one(payment_id)
    if on > clock.today():
        raise NotToCancel
    values = {"enterprise": known.enterprise_id, "payment": payment_id, "on": on, "why": reason.strip()}
    with told():
        row = session.execute(_UNPAY, values).one()
    if not row.is_new:
        return int(row.payment_id)
    parts = session.execute(_PARTS, {"enterprise": known.enterprise_id, "payment": row.payment_id})
    amounts = {each.document_id: money.from_centimes(each.amount) for each in parts}
    _post(row, amounts, on=on, means=known.means, stamp=-known.stamp, cancels=known.number)
    return int(row.payment_id)


def _post(  # noqa: PLR0913 (what a payment says)
    row: sa.Row[Any], amounts: Mapping[int, Decimal], *, on: date, means: str, stamp: Decimal, cancels: str = ""
) -> None:
    """Post the entry of a payment that was just recorded, which locks its invoices; parts are amounts by invoice."""
    invoices = [documents.one(each) for each in sorted(amounts)]
    draft = postings.received(
        invoices[0],
        payment_id=row.payment_id,
        number=row.number,
        means=means,
        on=on,
        parts={invoice.number or "": amounts[invoice.id] for invoice in invoices},
        stamp=stamp,
        falls_due=_make_due(invoices, amounts),
        cancels=cancels,
    )
    posting.post(draft)


def receive_from(  # noqa: PLR0913 (what a payment says)
    party: Party, amount: Decimal, *, on: date, means: str, key: str, reference: str = ""
) -> int:
    """Record money received from a customer for whatever they owe, the invoice that fell due first before the others.

    Gives the payment's id, the same for the same key. Raises: as `receive`; MoreThanOwed beyond all that is owed.
    """
    known = session.execute(_BY_KEY, {"enterprise": party.enterprise_id, "key": key}).scalar()
    if known is not None:
        return int(known)
    owed = open_invoices(party)
    parts, excess = chargeability.allocate(max(amount, money.ZERO), [each.left for each in owed])
    if excess or not owed:
        raise MoreThanOwed
    amounts = {each.id: part for each, part in zip(owed, parts, strict=True) if part}
    if not amounts:
        raise DocumentInvalid([Problem("Un règlement est plus grand que zéro.", "amount")])
    return receive(amounts, on=on, means=means, key=key, reference=reference)


def open_invoices(party: Party) -> list[reading.Listed]:
    """List what a customer has still to pay, what falls due first before the others."""
    found = reading.listed([party.activity_id], party_id=party.id, show="open", limit=MOST_OPEN)
    return sorted((each for each in found if each.left > 0), key=lambda each: (each.due_on or each.on, each.id))


def one(payment_id: int) -> Payment:
    """Give a payment; raises NotFound."""
    row = session.execute(_ONE, {"payment": payment_id}).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def of_document(invoice: documents.Document) -> list[Payment]:
    """List the payments of an invoice, the first one first."""
    wanted = {"enterprise": invoice.enterprise_id, "document": invoice.id}
    return [_read(row) for row in session.execute(_OF_DOCUMENT, wanted)]


def _read(row: sa.Row[Any]) -> Payment:
    values = dict(row._mapping)  # noqa: SLF001
    values["amount"], values["stamp"] = money.from_centimes(row.amount), money.from_centimes(row.stamp)
    return Payment(**{**values, "documents": tuple(row.documents)})


def _make_due(invoices: list[documents.Document], amounts: Mapping[int, Decimal]) -> dict[Decimal, Decimal]:
    """Say what VAT parts that were just recorded make due, by rate.

    Invoices are read once they are locked: what was read earlier may miss a payment that came between.
    """
    moved: dict[Decimal, Decimal] = {}
    for invoice in invoices:
        notes = issuing.credit_notes(invoice)
        found = chargeability.falls_due(
            before=issuing.vat_due(invoice, collected=invoice.paid - amounts[invoice.id], notes=notes),
            after=issuing.vat_due(invoice, collected=invoice.paid, notes=notes),
        )
        for rate, vat in found.items():
            moved[rate] = moved.get(rate, money.ZERO) + vat
    return moved


def _check(invoices: list[documents.Document], amounts: Mapping[int, Decimal], on: date, means: str) -> None:
    problems = []
    if not invoices or any(invoice.kind != "invoice" or not invoice.number for invoice in invoices):
        raise NotFound
    if len({(invoice.activity_id, invoice.party_id) for invoice in invoices}) > 1:
        problems.append(Problem("Un règlement concerne un seul client.", "amount"))
    if means not in money.MEANS:
        problems.append(Problem("Choisissez un moyen de paiement.", "means"))
    if on > clock.today():
        problems.append(Problem("La date est dans l’avenir.", "received_on"))
    if any(invoice.issued_on and on < invoice.issued_on for invoice in invoices):
        problems.append(Problem("Le règlement ne peut précéder la facture.", "received_on"))
    if any(amount <= 0 for amount in amounts.values()):
        problems.append(Problem("Un règlement est plus grand que zéro.", "amount"))
    if problems:
        raise DocumentInvalid(problems)


_BY_KEY = sa.text("select id from payment where enterprise_id = :enterprise and key = :key")
_PAY = sa.text("""
    select payment_id, number, is_new from sales_pay(:enterprise, cast(:documents as bigint[]),
        cast(:amounts as bigint[]), :on, :means, :stamp, :reference, :key)
""")
_UNPAY = sa.text("select payment_id, number, is_new from sales_unpay(:enterprise, :payment, :on, :why)")
_PARTS = sa.text("""
    select document_id, amount from payment_part where enterprise_id = :enterprise and payment_id = :payment
""")
_PAYMENT = """
    select y.id, y.enterprise_id, y.activity_id, y.party_id, p.name as party, y.number, y.received_on, y.means,
        y.amount, y.stamp, y.reference, array(
            select d.number from payment_part x
            join sales_document d on d.enterprise_id = x.enterprise_id and d.id = x.document_id
            where x.enterprise_id = y.enterprise_id and x.payment_id = y.id order by d.number) as documents,
        (select o.number from payment o where o.enterprise_id = y.enterprise_id and o.id = y.cancels_id) as cancels,
        (select c.number from payment c where c.enterprise_id = y.enterprise_id and c.cancels_id = y.id) as cancelled_by
    from payment y join party p on p.enterprise_id = y.enterprise_id and p.id = y.party_id
"""
_ONE = sa.text(f"{_PAYMENT} where y.id = :payment")
_OF_DOCUMENT = sa.text(f"""
    {_PAYMENT} join payment_part paid on paid.enterprise_id = y.enterprise_id and paid.payment_id = y.id
    where paid.enterprise_id = :enterprise and paid.document_id = :document order by y.id
""")
