"""What an entrepreneur reads each month, on two pages at most: my money, what I sold, what I owe, what to do next.

Amounts are dirhams to the centime. Money in is positive, money out negative, in treasury and cash moves; sales, costs,
levies and debts are positive as people say them. Labels and sentences come in the reader's language and in the words
of daily life. The document refuses (ValueError) a figure that is not the sum of what it is said to be made of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from ecp import formats
from ecp.documents import typesetting, words
from ecp.documents.letterhead import Letterhead
from ecp.documents.monthly_pages import Page
from ecp.documents.monthly_parts import Compared, Computation, Debt, Figure, MonthOfSales, together, total

__all__ = ["Compared", "Computation", "Debt", "Figure", "MonthOfSales", "MonthlyStatementDocument"]


@dataclass(frozen=True, kw_only=True)
class MonthlyStatementDocument:
    """One activity's month."""

    template: ClassVar[str] = "monthly_statement"

    enterprise: Letterhead
    activity: str
    person: str
    last_day: date
    """The last day of the month: all balances are of its evening."""
    year_opens_on: date
    """Where `year_to_date` starts: the first day of the exercise."""
    made_at: datetime

    treasury: tuple[Figure, ...]
    """The terms of available cash, in reading order: cash of the day, then less taxes and social dues, suppliers,
    salaries, contribution to come ... Their sum is `available`."""
    available: Decimal
    to_come: tuple[Figure, ...] = ()
    """Told but not counted: what customers will pay, expense notes on their way."""

    sales: tuple[Compared, ...] = ()
    costs: tuple[Compared, ...] = ()
    levies: tuple[Compared, ...] = ()
    """Contribution and further levies."""
    result: Decimal
    computations: tuple[Computation, ...] = ()
    history: tuple[MonthOfSales, ...] = ()
    """Up to thirteen months, this one last."""

    cash_opening: Decimal
    cash_moves: tuple[Figure, ...] = ()
    cash_closing: Decimal

    receivables: tuple[Debt, ...] = ()
    payables: tuple[Debt, ...] = ()
    next_steps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse figures that their parts do not add up to."""
        sums = {
            "available": (total(self.treasury), self.available),
            "cash_closing": (self.cash_opening + total(self.cash_moves), self.cash_closing),
            "result": (_month(self.sales) - _month(self.costs) - _month(self.levies), self.result),
        }
        wrong = [f"{name} {told} ≠ {found}" for name, (found, told) in sums.items() if found != told]
        if wrong:
            raise ValueError(f"{self.activity} {self.last_day:%Y-%m}: {'; '.join(wrong)}")

    def view(self, language: str) -> Mapping[str, object]:
        """All that monthly_statement.typ shows."""
        named = words.of(self.template, language)
        page = Page(named, language, self.last_day, self.year_opens_on, typesetting.faces())
        month = formats.month(self.last_day, language)
        return {
            "title": f"{named['title']} {month}, {self.activity}",
            "author": self.enterprise.name,
            **page.head(self.activity, self.person, self.enterprise.name),
            "month": month,
            "on": formats.long_day(self.last_day, language),
            "currency": formats.dirhams(language),
            **page.headline(self.available),
            "treasury": page.treasury(self.treasury),
            "to_come": page.to_come(self.to_come),
            **page.results(self.sales, self.costs, self.levies),
            "history": page.history(self.history),
            "cash": page.cash(self.cash_opening, self.cash_moves),
            "computations": page.computations(self.computations),
            "receivables": page.debts(self.receivables),
            "payables": page.debts(self.payables),
            "ages": page.ages(self.receivables),
            "next_steps": page.sentences(self.next_steps),
        }


def _month(rows: Sequence[Compared]) -> Decimal:
    return together("", rows).month
