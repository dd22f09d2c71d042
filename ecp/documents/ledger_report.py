"""Journals, trial balances and general ledgers on paper, with what R1.7 wants of them.

Every page names the enterprise and its identifiers and has a number; totals are carried forward from page to page.
A report is a table: columns of text, days or dirhams, and rows, some of which open a section (an account, a month)
or close it (its total). Amounts are dirhams; None leaves the cell empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from ecp import formats
from ecp import money as centimes
from ecp.documents.letterhead import Letterhead, money, width

Cell = str | date | Decimal | None


class Holds(StrEnum):
    """What a column holds: `CODE` is kept left to right, `AMOUNT` is not carried forward, `SUM` is."""

    TEXT = "text"
    CODE = "code"
    DAY = "day"
    AMOUNT = "amount"
    SUM = "sum"


class Part(StrEnum):
    """What a row is. Only lines count in the totals carried forward."""

    LINE = "line"
    HEAD = "head"
    TOTAL = "total"


@dataclass(frozen=True)
class Column:
    """A column, its head in the reader's language; the texts of `wide` ones may take several lines."""

    head: str
    holds: Holds = Holds.TEXT
    wide: bool = False


@dataclass(frozen=True)
class Row:
    """One row: a cell a column."""

    cells: tuple[Cell, ...]
    part: Part = Part.LINE


@dataclass(frozen=True, kw_only=True)
class LedgerReport:
    """A printed book. ValueError where a row has not as many cells as there are columns."""

    template: ClassVar[str] = "ledger_report"

    heading: str
    """`Grand livre`, `Balance`, `Journal des ventes`, in the reader's language."""
    subheading: str = ""
    """An activity, an account, a filter."""
    first: date
    last: date
    made_at: datetime
    enterprise: Letterhead
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    landscape: bool = False

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns."""
        wrong = next((at for at, row in enumerate(self.rows) if len(row.cells) != len(self.columns)), None)
        if wrong is not None:
            raise ValueError(f"{self.heading}: row {wrong} has {len(self.rows[wrong].cells)} cells")

    def view(self, language: str) -> Mapping[str, object]:
        """All that ledger_report.typ shows."""
        running = self._running()
        return {
            "title": f"{self.heading} {formats.span(self.first, self.last, language)}",
            "author": self.enterprise.name,
            "heading": self.heading,
            "subheading": self.subheading,
            "span": formats.span(self.first, self.last, language),
            "made": formats.moment(self.made_at, language),
            "enterprise": self.enterprise.view(language),
            "landscape": self.landscape,
            "label": self._label(),
            "columns": [self._column(place, column, language) for place, column in enumerate(self.columns)],
            "rows": [[row.part, *self._cells(row, language)] for row in self.rows],
            "running": [[money(total, language) for total in totals] for totals in running],
        }

    def _summed(self) -> list[int]:
        return [place for place, column in enumerate(self.columns) if column.holds is Holds.SUM]

    def _label(self) -> int:
        """The column in which the carried totals say their name: the last text before them."""
        texts = [place for place, column in enumerate(self.columns) if column.holds is Holds.TEXT]
        return max((place for place in texts if place < min(self._summed(), default=0)), default=0)

    def _running(self) -> list[list[Decimal]]:
        """The total of each summed column after each row."""
        places = self._summed()
        totals = [centimes.ZERO] * len(places)
        running = []
        for row in self.rows:
            if row.part is Part.LINE:
                totals = [total + _added(row.cells[place]) for total, place in zip(totals, places, strict=True)]
            running.append(totals)
        return running

    def _column(self, place: int, column: Column, language: str) -> Mapping[str, object]:
        amounts = column.holds in {Holds.AMOUNT, Holds.SUM}
        return {
            "head": column.head,
            "amount": amounts,
            "summed": column.holds is Holds.SUM,
            "summed-at": self._summed().index(place) if column.holds is Holds.SUM else 0,
            "wide": column.wide,
            "width": width(self._amounts(place, language), least=6.5) if amounts else 0,
        }

    def _amounts(self, place: int, language: str) -> Iterator[Sequence[str]]:
        for row in self.rows:
            cell = row.cells[place]
            if isinstance(cell, Decimal):
                yield money(cell, language)
        if self.columns[place].holds is Holds.SUM and self.rows:
            at = self._summed().index(place)
            yield from (money(totals[at], language) for totals in self._running()[-1:])

    def _cells(self, row: Row, language: str) -> Iterator[object]:
        for column, cell in zip(self.columns, row.cells, strict=True):
            if isinstance(cell, Decimal):
                yield money(cell, language)
            elif isinstance(cell, date):
                yield formats.day(cell, language)
            else:
                yield formats.isolated(cell, language) if cell and column.holds is Holds.CODE else cell or ""


def _added(cell: Cell) -> Decimal:
    return cell if isinstance(cell, Decimal) else centimes.ZERO
