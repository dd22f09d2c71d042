"""Figures as places on a strip, for charts drawn by the server. Pure; only here do amounts become proportions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ecp.documents import monthly_figures


@dataclass(frozen=True)
class MonthBar:
    """A month as an upright bar between 0 and 1."""

    month: date
    amount: Decimal
    low: float
    high: float


def months(history: Sequence[tuple[date, Decimal]]) -> list[MonthBar]:
    """Draw months as bars on one scale.

    >>> months([(date(2026, 1, 1), Decimal(5)), (date(2026, 2, 1), Decimal(10))])[0].high
    0.5
    """
    drawn = monthly_figures.bars([amount for _, amount in history])
    return [MonthBar(month, amount, bar.low, bar.high) for (month, amount), bar in zip(history, drawn, strict=True)]


def spark(amounts: Sequence[Decimal], *, width: int = 96, height: int = 24) -> str:
    """Give the points of a small line, for the `points` of an SVG polyline.

    >>> spark([Decimal(0), Decimal(10)], width=10, height=4)
    '0,4.0 10,0.0'
    """
    if not amounts:
        return ""
    most, least = max(*amounts, Decimal(0), Decimal(0)), min(*amounts, Decimal(0), Decimal(0))
    whole = most - least or Decimal(1)
    step = Decimal(width) / max(len(amounts) - 1, 1)
    return " ".join(
        f"{step * place:.0f},{height * (1 - (amount - least) / whole):.1f}" for place, amount in enumerate(amounts)
    )
