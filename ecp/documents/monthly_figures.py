"""How the figures of a monthly statement are laid out: the largest first, bars in proportion, debts by age. Pure.

Bars are places between 0 and 1 from the start of their strip; only here do amounts become such proportions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import TypeVar

from ecp import money

Item = TypeVar("Item")

AGES = (0, 30, 60, 90)  # days late at most; the last group has no end


@dataclass(frozen=True)
class Bar:
    """From where to where a bar runs, and where zero is, between 0 and 1."""

    low: float
    high: float
    zero: float


def largest(items: Sequence[Item], limit: int, size: Callable[[Item], Decimal]) -> tuple[list[Item], list[Item]]:
    """Split into those to show, in their order, and the rest: all if they fit, else the `limit - 1` largest.

    >>> largest([Decimal(3), Decimal(-9), Decimal(1), Decimal(5)], 3, size=lambda amount: amount)
    ([Decimal('-9'), Decimal('5')], [Decimal('3'), Decimal('1')])
    """
    if len(items) <= limit:
        return list(items), []
    places = sorted(range(len(items)), key=lambda place: -abs(size(items[place])))[: limit - 1]
    shown = set(places)
    return (
        [item for place, item in enumerate(items) if place in shown],
        [item for place, item in enumerate(items) if place not in shown],
    )


def bars(amounts: Sequence[Decimal]) -> list[Bar]:
    """Bars that all start at zero, on one scale.

    >>> bars([Decimal(10), Decimal(5)])[1]
    Bar(low=0.0, high=0.5, zero=0.0)
    """
    return _scaled([(min(amount, money.ZERO), max(amount, money.ZERO)) for amount in amounts])


def bridge(moves: Sequence[Decimal], opening: Decimal = money.ZERO) -> list[Bar]:
    """Bars that each start where the one before ended; a last one for what it all comes to, from zero.

    >>> [(bar.low, bar.high) for bar in bridge([Decimal(10), Decimal(-4)])]
    [(0.0, 1.0), (0.6, 1.0), (0.0, 0.6)]
    """
    levels = list(accumulate(moves, initial=opening))
    spans = [(min(pair), max(pair)) for pair in pairwise(levels)]
    return _scaled([*spans, (min(levels[-1], money.ZERO), max(levels[-1], money.ZERO))])


def ages(debts: Sequence[tuple[date, Decimal]], on: date) -> list[Decimal]:
    """Sum debts (day due, amount) by how late they are: not yet due, up to 30, 60, 90 days, and more.

    >>> ages([(date(2026, 3, 31), Decimal(5)), (date(2026, 3, 1), Decimal(7))], on=date(2026, 3, 31))[:2]
    [Decimal('5.00'), Decimal('7.00')]
    """
    sums = [money.ZERO] * (len(AGES) + 1)
    for due_on, amount in debts:
        sums[sum((on - due_on).days > age for age in AGES)] += amount
    return sums


def shares(amounts: Sequence[Decimal]) -> list[float]:
    """The part of each amount in their sum, none of them negative.

    >>> shares([Decimal(3), Decimal(1)])
    [0.75, 0.25]
    """
    whole = sum(amounts) or Decimal(1)
    return [_place(amount / whole) for amount in amounts]


def _scaled(spans: Sequence[tuple[Decimal, Decimal]]) -> list[Bar]:
    low = min((low for low, _ in spans), default=money.ZERO)
    high = max((high for _, high in spans), default=money.ZERO)
    low, high = min(low, money.ZERO), max(high, money.ZERO)
    whole = high - low or Decimal(1)
    zero = _place(-low / whole)
    return [Bar(_place((start - low) / whole), _place((end - low) / whole), zero) for start, end in spans]


def _place(share: Decimal) -> float:
    return round(float(share), 4)
