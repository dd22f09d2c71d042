"""What to do next, from the figures of a month: at most five sentences, the most pressing first. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ecp import formats, money
from ecp.hosting import late, words
from ecp.hosting.snapshot import Owed, Row, Snapshot
from ecp.hosting.task import Task

MOST = 5
_DEARER = Decimal("1.25")
_WORTH_TELLING = Decimal("500.00")
_OF_EACH = 2


@dataclass(frozen=True, kw_only=True)
class Advice:
    """A sentence and what fills it."""

    key: str
    party: str = ""
    amount: Decimal = money.ZERO
    days: int = 0
    count: int = 1
    day: date | None = None
    nature: str = ""
    rate: Decimal = Decimal(0)


def of(snapshot: Snapshot) -> list[Advice]:
    """Say what the person should do, the most pressing first; one sentence at least."""
    found = [*_advices(snapshot)][:MOST]
    return found or [Advice(key="in_order")]


def of_task(task: Task) -> Advice:
    """Say what needs somebody today in the same words."""
    return Advice(key=task.kind, party=task.party, amount=task.amount, days=task.days, count=task.count)


def sentence(advice: Advice, language: str) -> str:
    """Write an advice.

    >>> sentence(Advice(key="in_order"), "en")
    'All is in order: nothing urgent this month.'
    """
    return words.of(language, "sentences")[advice.key] % {
        "party": formats.phrase(advice.party, language),
        "amount": formats.amount(advice.amount, language, unit=True),
        "days": formats.days(advice.days, language),
        "count": advice.count,
        "day": formats.day(advice.day, language) if advice.day else "",
        "nature": words.of(language, "costs").get(advice.nature, advice.nature),
        "rate": formats.rate(advice.rate, language),
    }


def _advices(snapshot: Snapshot) -> Iterator[Advice]:
    if snapshot.available < 0:
        yield Advice(key="missing", amount=-snapshot.available)
    yield from _late("late_customer", snapshot.receivables, snapshot.last_day)
    yield from _late("late_supplier", snapshot.payables, snapshot.last_day)
    vat = next((-term.amount for term in snapshot.terms if term.key == "vat_due"), money.ZERO)
    if vat > 0:
        yield Advice(key="vat", amount=vat, day=_end_of_next_month(snapshot.last_day))
    if not snapshot.turnover:
        yield Advice(key="nothing_sold")
    yield from _dearer(snapshot.costs)


def _late(key: str, owed: tuple[Owed, ...], on: date) -> Iterator[Advice]:
    for each in sorted(late.by_party(owed, on), key=lambda each: (-each.amount, each.first.document))[:_OF_EACH]:
        yield Advice(key=key, party=each.first.party, amount=each.amount, days=each.days)


def _dearer(costs: tuple[Row, ...]) -> Iterator[Advice]:
    """Name the cost that grew most in a year, where it weighs."""
    grown = [
        row
        for row in costs
        if row.last_year and row.last_year > 0 and row.month > row.last_year * _DEARER
        if row.month - row.last_year >= _WORTH_TELLING
    ]
    for row in sorted(grown, key=lambda row: (row.last_year or money.ZERO) - row.month)[:1]:
        rate = money.rounded(row.month / (row.last_year or Decimal(1)) - 1)
        yield Advice(key="dearer", nature=row.key.partition(":")[2], rate=rate)


def _end_of_next_month(day: date) -> date:
    following = day.replace(day=monthrange(day.year, day.month)[1]) + timedelta(days=1)
    return following.replace(day=monthrange(following.year, following.month)[1])
