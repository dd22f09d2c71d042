"""Issuing: the number, the paper as it will always be, and the entry, in one transaction (P2, P3, P5)."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from ecp import clock, enterprises, money
from ecp.accounting import posting
from ecp.db import hold, session, told
from ecp.errors import Problem
from ecp.sales import chargeability, documents, heads, postings
from ecp.sales.documents import Document, Item
from ecp.sales.errors import CreditExceedsInvoice, DocumentInvalid


def issue(document_id: int, *, on: date) -> str:
    """Issue a draft dated a day: gives its number; issued already, gives the number it has.

    The number is taken under the lock of its series and the entry posted in the same transaction: none without the
    other, no gap whatever fails.

    Raises: NotFound, DocumentInvalid, ToBeApproved, BeforeLastIssued, ChangedMeanwhile, PeriodClosed and what
    `posting.post` refuses.
    """
    document = documents.one(document_id)
    if document.number:
        return document.number
    document = _alone_with_its_invoice(document) if document.kind == "credit_note" else _on_its_day(document, on)
    if document.number:
        return document.number
    if on > clock.today():
        raise DocumentInvalid([Problem("La date est dans l’avenir.", "issued_on")])
    if document.due_on and document.due_on < on:
        raise DocumentInvalid([Problem("L’échéance précède la date du document.", "due_on")])
    enterprise = enterprises.get(document.enterprise_id)
    if document.kind == "invoice" and not all(
        (enterprise.ice, enterprise.tax_id, enterprise.address or enterprise.city)
    ):
        wanted = Problem(
            "ICE, identifiant fiscal ou adresse de l’entreprise manquent : complétez-les avant de facturer."
        )
        raise DocumentInvalid([wanted])  # R4.2: no customer could deduct the VAT
    priced = document.priced()
    values = {
        "enterprise": document.enterprise_id,
        "document": document_id,
        "on": on,
        "regime": enterprise.vat_regime,
        "nets": [money.centimes(each.net) for each in priced.amounts],
        "vats": [money.centimes(each.vat) for each in priced.amounts],
        "papers": json.dumps(heads.of(document), ensure_ascii=False),
        "seen": document.version,
    }
    with told():
        number = str(session.execute(_ISSUE, values).scalar_one())
    if document.kind != "quote":
        falls_due = _falls_due(document, enterprise.vat_regime)
        posting.post(postings.issued(document, number=number, on=on, falls_due=falls_due))
    return number


def credit_note(
    invoice_id: int, *, reason: str, on: date, key: str, quantities: Mapping[int, Decimal] | None = None
) -> int:
    """Draft the credit note that takes back some quantities of an invoice, by line; all that is left unless told.

    Gives its id. Raises: NotFound, DocumentInvalid, CreditExceedsInvoice where less is left, each problem at the
    quantity it is about: `lines-<place>-quantity`, counted among the lines of which something is left.
    """
    invoice = documents.one(invoice_id)
    if not invoice.number or invoice.kind != "invoice":
        raise DocumentInvalid
    left = creditable(invoice)
    wanted = left if quantities is None else {position: each for position, each in quantities.items() if each}
    if not wanted and left:
        raise CreditExceedsInvoice([Problem("Rien n’est repris : indiquez une quantité.", "lines-0-quantity")])
    beyond = [position for position, each in wanted.items() if not _is_within(each, left.get(position, Decimal(0)))]
    if beyond or not wanted:
        places = {position: place for place, position in enumerate(sorted(left))}
        where = [f"lines-{places.get(position, position)}-quantity" for position in beyond]
        raise CreditExceedsInvoice([Problem("Il ne reste pas autant à créditer.", each) for each in where])
    items = [
        Item(
            **{
                **{name: getattr(line, name) for name in Item.__dataclass_fields__},
                "quantity": wanted[line.position],
                "original_position": line.position,
            }
        )
        for line in invoice.lines
        if line.position in wanted
    ]
    return documents.draft(
        enterprise_id=invoice.enterprise_id,
        activity_id=invoice.activity_id,
        party_id=invoice.party_id,
        items=items,
        on=invoice.issued_on or on,
        key=key,
        kind="credit_note",
        original_id=invoice.id,
        channel=invoice.channel,
        prices=invoice.prices,
        language=invoice.language,
        reason=reason,
    )


def creditable(invoice: Document) -> dict[int, Decimal]:
    """Give what is left to take back of an invoice: quantity by the position of its line."""
    before = documents.credited(invoice.enterprise_id, invoice.id)
    left = {line.position: line.quantity - before.get(line.position, Decimal(0)) for line in invoice.lines}
    return {position: quantity for position, quantity in left.items() if quantity}


def _is_within(quantity: Decimal, left: Decimal) -> bool:
    """Tell whether a quantity is between nothing and what is left, which is negative for a line taken off."""
    return min(left, Decimal(0)) <= quantity <= max(left, Decimal(0))


def invoice_from_quote(quote_id: int, *, on: date, key: str) -> int:
    """Draft the invoice of an issued quote; gives its id. Raises: NotFound, DocumentInvalid for what is none."""
    quote = documents.one(quote_id)
    if quote.kind != "quote" or not quote.number:
        raise DocumentInvalid
    return documents.draft(
        enterprise_id=quote.enterprise_id,
        activity_id=quote.activity_id,
        party_id=quote.party_id,
        items=[Item(**{name: getattr(line, name) for name in Item.__dataclass_fields__}) for line in quote.lines],
        on=on,
        key=key,
        channel=quote.channel,
        prices=quote.prices,
        language=quote.language,
        means=quote.means,
        note=quote.note,
        reference=quote.number or "",
        original_id=quote.id,
    )


def invoice_of(quote: Document) -> Document | None:
    """Give the invoice made of a quote, draft or issued; None where there is none yet."""
    made = session.execute(_INVOICE_OF, {"enterprise": quote.enterprise_id, "quote": quote.id}).scalar()
    return documents.one(made) if made else None


def credit_notes(invoice: Document) -> list[Document]:
    """List the credit notes issued on an invoice."""
    ids = session.execute(_CREDIT_NOTES, {"enterprise": invoice.enterprise_id, "document": invoice.id}).scalars()
    return [documents.one(each) for each in ids]


def vat_due(invoice: Document, *, collected: Decimal, notes: list[Document]) -> dict[Decimal, Decimal]:
    """Say how much VAT of an invoice is due by rate, for what was collected and credited."""
    regime = chargeability.Regime(invoice.vat_regime or "encaissement")
    charged = postings.charged(invoice, notes)
    return chargeability.vat_due(charged, collected=collected, regime=regime, is_invoiced=True)


def _on_its_day(document: Document, on: date) -> Document:
    """Give the lines the VAT rates of the day."""
    changed = documents.rated(document.lines, on)
    if [line.vat_rate for line in changed] != [line.vat_rate for line in document.lines]:
        documents.rerate(document, on)
        return documents.one(document.id)
    return document


def _falls_due(document: Document, regime: str) -> dict[Decimal, Decimal]:
    """Say what VAT the issue itself makes due, by rate."""
    if document.kind == "invoice":
        if regime == "debits":
            return {rate: amounts.vat for rate, amounts in document.priced().by_rate().items()}
        return {}
    assert document.original_id  # noqa: S101 (a credit note names its invoice: checked by the table)
    invoice = documents.one(document.original_id)
    notes = [note for note in credit_notes(invoice) if note.id != document.id]
    before = vat_due(invoice, collected=invoice.paid, notes=notes)
    after = vat_due(invoice, collected=invoice.paid, notes=[*notes, document])
    return chargeability.falls_due(before=before, after=after)


def _alone_with_its_invoice(document: Document) -> Document:
    """Hold the credit notes of an invoice one behind the other, and read this one again: others may have come first.

    Raises: CreditExceedsInvoice where less is left of the invoice than it takes back.
    """
    hold(f"credit:{document.enterprise_id}:{document.original_id}")
    document = documents.one(document.id)
    if any(line.net is None for line in document.lines) or not document.priced().total.gross:
        raise CreditExceedsInvoice
    return document


_ISSUE = sa.text("""
    select sales_issue(:enterprise, :document, :on, :regime, cast(:nets as bigint[]), cast(:vats as bigint[]),
        cast(:papers as jsonb), :seen)
""")
_INVOICE_OF = sa.text("""
    select id from sales_document where enterprise_id = :enterprise and original_id = :quote and kind = 'invoice'
    order by id limit 1
""")
_CREDIT_NOTES = sa.text("""
    select id from sales_document
    where enterprise_id = :enterprise and original_id = :document and kind = 'credit_note' and number is not null
    order by id
""")
