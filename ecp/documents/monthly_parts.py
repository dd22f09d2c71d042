"""What a monthly statement is made of; amounts are dirhams to the centime."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ecp import money


@dataclass(frozen=True)
class Figure:
    """One amount and what it is."""

    label: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A sales channel, a kind of cost, a levy: the month beside the year so far and the same month a year ago."""

    label: str
    month: Decimal
    year_to_date: Decimal
    last_year: Decimal | None = None
    """The same month a year ago; None where the activity did not exist yet."""


@dataclass(frozen=True)
class Computation:
    """How a levy was found, line by line; the last amount is the levy."""

    label: str
    steps: tuple[Figure, ...]


@dataclass(frozen=True, kw_only=True)
class Debt:
    """An unpaid document: whose, since when, due when, what is left of it."""

    party: str
    document: str
    since_on: date
    due_on: date
    amount: Decimal


@dataclass(frozen=True)
class MonthOfSales:
    """Net sales of a month, for the chart: any day of it."""

    month: date
    amount: Decimal


def total(figures: Sequence[Figure]) -> Decimal:
    """The sum of figures."""
    return sum((figure.amount for figure in figures), money.ZERO)


def together(label: str, rows: Sequence[Compared]) -> Compared:
    """The sum of rows, column by column; a year ago is told where one row at least can tell."""
    before = [row.last_year for row in rows if row.last_year is not None]
    return Compared(
        label=label,
        month=sum((row.month for row in rows), money.ZERO),
        year_to_date=sum((row.year_to_date for row in rows), money.ZERO),
        last_year=sum(before, money.ZERO) if before else None,
    )
