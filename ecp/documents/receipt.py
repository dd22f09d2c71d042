"""A receipt for money, half a sheet, with the stamp duty where it came in cash (RULES R3.21). Amounts are dirhams."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from ecp import formats, wording
from ecp import money as centimes
from ecp.documents import words
from ecp.documents.letterhead import Addressee, Letterhead, money


@dataclass(frozen=True, kw_only=True)
class ReceiptDocument:
    """What was received, from whom, for what. ValueError where there is no amount."""

    template: ClassVar[str] = "receipt"

    number: str
    received_on: date
    made_at: datetime
    seller: Letterhead
    payer: Addressee
    amount: Decimal
    """Without the stamp."""
    means: str
    documents: tuple[str, ...] = ()
    """Numbers of the invoices it pays."""
    stamp: Decimal = centimes.ZERO
    stamp_rate: Decimal | None = None
    activity: str = ""

    def __post_init__(self) -> None:
        """Refuse a receipt for nothing, and a stamp without the rate it comes from."""
        if self.amount <= 0 or self.stamp < 0 or (self.stamp > 0) != (self.stamp_rate is not None):
            raise ValueError(f"receipt {self.number}: {self.amount} received, {self.stamp} of stamp")

    @property
    def total(self) -> Decimal:
        """What changed hands."""
        return self.amount + self.stamp

    def view(self, language: str) -> Mapping[str, object]:
        """All that receipt.typ shows."""
        named = words.of(self.template, language)
        number = formats.isolated(self.number, language)
        return {
            "title": f"{named['title']} {number}",
            "author": self.seller.name,
            "number": number,
            "on": formats.long_day(self.received_on, language),
            "seller": self.seller.view(language),
            "activity": self.activity,
            "facts": list(self._facts(named, language)),
            "sums": list(self._sums(named, language)),
            "total": money(self.total, language),
            "currency": formats.dirhams(language),
        }

    def _facts(self, named: Mapping[str, str], language: str) -> Iterator[tuple[str, str]]:
        yield named["received_from"], self.payer.name
        yield named["sum_of"], wording.amount(self.total, language)
        if self.documents:
            yield named["for_document"], ", ".join(formats.isolated(number, language) for number in self.documents)
        yield named["means"], self.means

    def _sums(self, named: Mapping[str, str], language: str) -> Iterator[tuple[str, Sequence[str]]]:
        if self.stamp_rate is not None:
            yield named["amount"], money(self.amount, language)
            yield named["stamp"] % {"rate": formats.rate(self.stamp_rate, language)}, money(self.stamp, language)
