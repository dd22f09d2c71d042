"""The papers of sales: invoices, credit notes, quotes and receipts as PDFs, as they were frozen when issued."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from ecp import clock, documents, enterprises, law, money, parties, vat
from ecp.documents.invoice import InvoiceDocument, InvoiceLine, Kind, RateTotal
from ecp.documents.letterhead import Addressee, Letterhead
from ecp.documents.receipt import ReceiptDocument
from ecp.sales import heads, payments, pricing, words
from ecp.sales.documents import Document
from ecp.sales.documents import one as found_document
from ecp.sales.pricing import Prices


def pdf(document_id: int, language: str) -> bytes:
    """Set a document in a language; a draft is marked as one.

    Raises: NotFound.
    """
    document = found_document(document_id)
    return documents.pdf(_document(document, language), language=language)


def receipt_pdf(payment_id: int, language: str) -> bytes:
    """Set the receipt of a payment; raises NotFound."""
    payment = payments.one(payment_id)
    enterprise = enterprises.get(payment.enterprise_id)
    party = parties.one(payment.party_id)
    rate = (
        Decimal(str(law.value("cash.stamp_rate_on_cash_receipts", on=payment.received_on))) if payment.stamp else None
    )
    receipt = ReceiptDocument(
        number=payment.number,
        received_on=payment.received_on,
        made_at=clock.now(),
        seller=_letterhead(heads.seller(enterprise)),
        payer=Addressee(name=party.name, address=_address(party.address, party.city), ice=party.ice),
        amount=payment.amount,
        means=words.means(payment.means, language),
        documents=payment.documents,
        stamp=payment.stamp,
        stamp_rate=rate,
        activity=enterprises.activity(payment.enterprise_id, payment.activity_id).name,
    )
    return documents.pdf(receipt, language=language)


def _document(document: Document, language: str) -> InvoiceDocument:
    priced = document.priced()
    by_rate = {rate: amounts for rate, amounts in priced.by_rate().items() if rate}
    papers = document.papers or heads.of(document)
    seller = _letterhead(papers["seller"])
    prices = Prices(document.prices)
    lines = tuple(
        InvoiceLine(
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=amounts.net if prices is Prices.NET else amounts.gross,
            vat_rate=line.vat_rate or None,
            unit=line.unit,
            discount_rate=line.discount_rate,
        )
        for line, amounts in zip(document.lines, priced.amounts, strict=True)
    )
    issued_on = document.issued_on or clock.today()
    is_note = document.kind == "credit_note"
    is_paid_in_cash = document.kind == "invoice" and document.means == "cash"
    return InvoiceDocument(
        kind=Kind(document.kind),
        number=document.number,
        issued_on=issued_on,
        made_at=datetime.fromisoformat(papers["made_at"]),
        seller=replace(seller, rib="") if document.means == "cash" else seller,
        buyer=Addressee(
            name=papers["buyer"]["name"],
            address=_address(papers["buyer"]["address"], papers["buyer"]["city"]),
            ice=papers["buyer"]["ice"],
        ),
        lines=lines,
        totals=tuple(RateTotal(vat_rate=rate, net=each.net, vat=each.vat) for rate, each in by_rate.items()),
        net=priced.total.net,
        vat=priced.total.vat,
        gross=priced.total.gross,
        activity=papers["activity"],
        channel=words.channel(document.channel, language),
        due_on=document.due_on if document.kind == "invoice" else None,
        valid_until=document.due_on if document.kind == "quote" else None,
        delivered_on=document.delivered_on,
        reference=document.reference,
        original=(document.original or "", document.original_on or issued_on) if is_note else None,
        reason=document.reason,
        prices_include_vat=prices is Prices.GROSS,
        mentions=_mentions(document, language),
        means=words.means(document.means, language) if document.means else "",
        stamp=pricing.stamp(priced.total.gross, issued_on) if is_paid_in_cash else money.ZERO,
        note=document.note,
    )


def _mentions(document: Document, language: str) -> tuple[str, ...]:
    """Say why lines bear no VAT (R3.8)."""
    on = document.issued_on or clock.today()
    codes = dict.fromkeys(line.vat_category for line in document.lines if not line.vat_rate)
    return tuple(vat.mention(code, language, on=on) for code in codes)


def _letterhead(seller: dict[str, Any]) -> Letterhead:
    values = {name: seller[name] for name in Letterhead.__dataclass_fields__ if name in seller}
    values["capital"] = Decimal(seller["capital"]) if Decimal(seller["capital"] or 0) else None
    values["address"] = _address(seller["address"], seller["city"])
    return Letterhead(**values)


def _address(address: str, city: str) -> tuple[str, ...]:
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    return (*lines, *([city] if city else []))
