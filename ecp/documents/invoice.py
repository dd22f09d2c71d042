"""Invoices, credit notes, quotes and pro formas on paper (RULES R4.1 to R4.5).

Amounts are dirhams to the centime, all positive, of a credit note too: its title says which way they go. Unit prices
may have more decimals. Rates are fractions. Free texts come in the reader's language; fixed words are in
words/invoice.toml.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from typing import ClassVar

from ecp import formats, wording
from ecp import money as centimes
from ecp.documents import words
from ecp.documents.letterhead import Addressee, Letterhead, money, width

_OUTSIDE = "—"  # in the place of a rate
_ONE_PAGE = 12  # up to here nothing is carried forward, and typst need not look twice


class Kind(StrEnum):
    """What the document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    QUOTE = "quote"
    PROFORMA = "proforma"


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """One line. `amount` is the line as priced: net, or gross where the document's prices include VAT."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    vat_rate: Decimal | None
    """None: outside VAT; the document then needs a mention that says why."""
    unit: str = ""
    discount_rate: Decimal = Decimal(0)
    details: str = ""


@dataclass(frozen=True, kw_only=True)
class RateTotal:
    """The document at one VAT rate."""

    vat_rate: Decimal
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, kw_only=True)
class PaymentMade:
    """Money already received for the document."""

    on: date
    means: str
    amount: Decimal
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class InvoiceDocument:
    """All that the paper says. ValueError where totals are not the sum of their parts."""

    template: ClassVar[str] = "invoice"

    kind: Kind
    number: str | None
    """None: a draft, marked as such; a number comes with the issue only (R4.1)."""
    issued_on: date
    made_at: datetime
    seller: Letterhead
    buyer: Addressee
    lines: tuple[InvoiceLine, ...]
    totals: tuple[RateTotal, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    activity: str = ""
    """The hosted activity, under the enterprise's name."""
    channel: str = ""
    due_on: date | None = None
    valid_until: date | None = None
    delivered_on: date | None = None
    reference: str = ""
    original: tuple[str, date] | None = None
    """Of a credit note: the invoice it corrects, number and date."""
    reason: str = ""
    prices_include_vat: bool = False
    stamp: Decimal = centimes.ZERO
    """Stamp duty where it is paid in cash (R3.21), on top of the gross amount."""
    mentions: tuple[str, ...] = ()
    """Exemption article, suspension regime and the like, as sentences."""
    terms: str = ""
    means: str = ""
    payments: tuple[PaymentMade, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what does not add up, a credit note that names no invoice, and silence about why there is no VAT."""
        lines = sum((line.amount for line in self.lines), centimes.ZERO)
        sums = {
            "lines": (lines, self.gross if self.prices_include_vat else self.net),
            "net": (sum((total.net for total in self.totals), self.outside), self.net),
            "vat": (sum((total.vat for total in self.totals), centimes.ZERO), self.vat),
            "gross": (self.net + self.vat, self.gross),
        }
        wrong = [f"{name} {found} ≠ {told}" for name, (found, told) in sums.items() if found != told]
        if wrong:
            raise ValueError(f"{self.kind} {self.number}: {'; '.join(wrong)}")
        if (self.kind is Kind.CREDIT_NOTE) != (self.original is not None):
            raise ValueError(f"{self.kind} {self.number}: a credit note, and nothing else, names its invoice")
        if any(line.vat_rate is None for line in self.lines) and not self.mentions:
            raise ValueError(f"{self.kind} {self.number}: a line outside VAT needs a mention that says why")

    @property
    def outside(self) -> Decimal:
        """The lines outside VAT."""
        return sum((line.amount for line in self.lines if line.vat_rate is None), centimes.ZERO)

    @property
    def to_pay(self) -> Decimal:
        """The gross amount and the stamp."""
        return self.gross + self.stamp

    @property
    def balance(self) -> Decimal:
        """What is still to pay."""
        return self.to_pay - sum((payment.amount for payment in self.payments), centimes.ZERO)

    def view(self, language: str) -> Mapping[str, object]:
        """All that invoice.typ shows."""
        named = words.of(self.template, language)
        number = formats.isolated(self.number, language) if self.number else ""
        return {
            "title": f"{named[self.kind]} {number}".strip(),
            "author": self.seller.name,
            "kind": named[self.kind],
            "number": number,
            "draft": self.number is None,
            "seller": self.seller.view(language),
            "activity": self.activity,
            "buyer": self.buyer.view(language),
            "facts": list(self._facts(named, language)),
            **self._table(named, language),
            "rates": list(self._rates(language)),
            "sums": list(self._sums(named, language)),
            "due": self._due(named, language),
            "in_words": f"{named[f'words_{self.kind}']} {wording.amount(self.to_pay, language)}.",
            "mentions": [*self.mentions, *self._standing(named)],
            "payment": list(self._payment(named, language)),
            "note": self.note,
            "currency": formats.dirhams(language),
            "sign": named["accepted"] if self.kind is Kind.QUOTE else "",
        }

    def _facts(self, named: Mapping[str, str], language: str) -> Iterator[tuple[str, str]]:
        if self.original:
            number, on = self.original
            told = f"{formats.isolated(number, language)} {named['original_of']} {formats.day(on, language)}"
            yield named["original"], told
        days = ("issued_on", "due_on", "valid_until", "delivered_on")
        for name in days:
            on = getattr(self, name)
            if on:
                yield named[name], formats.long_day(on, language)
        for name in ("channel", "reference", "reason"):
            if getattr(self, name):
                yield named[name], getattr(self, name)

    def _table(self, named: Mapping[str, str], language: str) -> Mapping[str, object]:
        """Heads, rows, and where it may run over pages the total after each row."""
        basis = "gross" if self.prices_include_vat else "net"
        discounts = any(line.discount_rate for line in self.lines)
        heads = [named["description"], named["quantity"], named["unit"], named[f"unit_price_{basis}"]]
        heads += [named["discount"]] if discounts else []
        sums = [money(total, language) for total in accumulate(line.amount for line in self.lines)]
        return {
            "heads": [*heads, named["rate"], named[f"amount_{basis}"]],
            "rows": [list(self._cells(line, language, discounts=discounts)) for line in self.lines],
            "running": sums if len(self.lines) > _ONE_PAGE else [],
            "width": width([*sums, *(money(line.amount, language) for line in self.lines)]),
        }

    def _cells(self, line: InvoiceLine, language: str, *, discounts: bool) -> Iterator[object]:
        yield [line.description, line.details]
        yield formats.quantity(line.quantity, language)
        yield line.unit
        yield _price(line.unit_price, language)
        if discounts:
            yield formats.rate(line.discount_rate, language) if line.discount_rate else ""
        yield _OUTSIDE if line.vat_rate is None else formats.rate(line.vat_rate, language)
        yield money(line.amount, language)

    def _rates(self, language: str) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
        """Net and VAT at each rate; lines outside VAT beside them where there are both."""
        for each in self.totals:
            yield formats.rate(each.vat_rate, language), money(each.net, language), money(each.vat, language)
        if self.totals and self.outside:
            yield _OUTSIDE, money(self.outside, language), money(centimes.ZERO, language)

    def _sums(self, named: Mapping[str, str], language: str) -> Iterator[tuple[str, Sequence[str]]]:
        """The lines that lead to what is due."""
        if self.totals:
            yield named["net_total"], money(self.net, language)
            yield named["vat_total"], money(self.vat, language)
        if self.stamp or self.payments:
            yield named["gross_total" if self.totals else "gross_total_exempt"], money(self.gross, language)
        if self.stamp:
            yield named["stamp"], money(self.stamp, language)
        if self.payments:
            yield named["paid"], money(self.balance - self.to_pay, language)

    def _due(self, named: Mapping[str, str], language: str) -> tuple[str, Sequence[str]]:
        """The largest figure on the page."""
        if self.payments:
            return named["balance"], money(self.balance, language)
        if self.kind is Kind.CREDIT_NOTE:
            return named["to_credit"], money(self.to_pay, language)
        if self.stamp:
            return named["to_pay"], money(self.to_pay, language)
        return named["gross_total" if self.totals else "gross_total_exempt"], money(self.gross, language)

    def _standing(self, named: Mapping[str, str]) -> Iterator[str]:
        if self.number is None:
            yield named["draft_notice"]
        elif self.kind is Kind.PROFORMA:
            yield named["not_an_invoice"]

    def _payment(self, named: Mapping[str, str], language: str) -> Iterator[tuple[str, str]]:
        if self.means:
            yield named["means"], self.means
        if self.terms:
            yield named["terms"], self.terms
        if self.seller.rib and self.kind is not Kind.CREDIT_NOTE:
            yield named["rib"], formats.isolated(_grouped_rib(self.seller.rib), language)
        for each in self.payments:
            reference = f", {formats.isolated(each.reference, language)}" if each.reference else ""
            paid = formats.amount(each.amount, language, unit=True)
            yield formats.day(each.on, language), f"{each.means}{reference} : {paid}"


def _price(value: Decimal, language: str) -> list[str]:
    """A unit price: to the centime, or with the decimals it has."""
    if centimes.rounded(value) == value:
        return money(centimes.rounded(value), language)
    return [formats.price(value, language), ""]


def _grouped_rib(rib: str) -> str:
    """Bank, town, account, key (R4.8), kept on one line.

    >>> _grouped_rib("011519000001205000534921").split(formats.HARD)
    ['011', '519', '0000012050005349', '21']
    """
    return formats.HARD.join((rib[:3], rib[3:6], rib[6:22], rib[22:]))
