"""The coordinator's portfolio: one row an activity and month, and the signals that say who needs a call.

The rows are summaries, written by the month run and refreshed for the month under way. They have walls of their own:
a coordinator reads them and no journal line, no invoice, no customer's name (RELIABILITY I9).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from ecp import clock, money
from ecp.accounting import month_readings
from ecp.db import session
from ecp.hosting import cash, figures, hosted
from ecp.hosting.snapshot import Snapshot

_MONTHS = 6
_FALLING = Decimal("0.75")
_RISING = Decimal("1.25")
_QUIET_DAYS = 45
_THOUSAND = Decimal("1000.00")


class Signal(StrEnum):
    """What makes an activity worth a call."""

    NEGATIVE = "negative"
    FALLING = "falling"
    LATE = "late"
    QUIET = "quiet"
    RISING = "rising"


_WEIGHTS = {Signal.NEGATIVE: 8, Signal.FALLING: 4, Signal.LATE: 3, Signal.QUIET: 4, Signal.RISING: 0}


@dataclass(frozen=True, kw_only=True)
class PortfolioMonth:
    """The summary of an activity's month; amounts are dirhams."""

    activity_id: int
    month: date
    turnover: Decimal
    costs: Decimal
    result: Decimal
    cash: Decimal
    available: Decimal
    receivables: Decimal
    receivables_late: Decimal
    levies: Decimal
    last_sale_on: date | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An activity as the portfolio shows it: its last months, oldest first, and its signals."""

    activity_id: int
    code: str
    name: str
    trade: str
    months: tuple[PortfolioMonth, ...]
    signals: tuple[Signal, ...] = field(default=())
    quiet_days: int | None = None

    @property
    def now(self) -> PortfolioMonth | None:
        """The newest month."""
        return self.months[-1] if self.months else None

    @property
    def weight(self) -> int:
        """How much a call is needed: the heaviest come first."""
        return sum(_WEIGHTS[each] for each in self.signals)

    @property
    def turnover(self) -> Decimal:
        """Sales of the last three months."""
        return sum((each.turnover for each in self.months[-3:]), money.ZERO)

    @property
    def turnover_before(self) -> Decimal:
        """Sales of the three months before."""
        return sum((each.turnover for each in self.months[-6:-3]), money.ZERO)


def signals(months: Sequence[PortfolioMonth], *, on: date) -> tuple[Signal, ...]:
    """Say what the months of an activity (oldest first) tell: it lacks money, sells less, is paid late, sells nothing.

    >>> signals([], on=date(2026, 10, 31))
    (<Signal.QUIET: 'quiet'>,)
    """
    found = []
    last = months[-1] if months else None
    if last and last.available < 0:
        found.append(Signal.NEGATIVE)
    now = sum((each.turnover for each in months[-3:]), money.ZERO)
    before = sum((each.turnover for each in months[-6:-3]), money.ZERO)
    if len(months) >= _MONTHS and before >= _THOUSAND and now < before * _FALLING:
        found.append(Signal.FALLING)
    if last and last.receivables_late > max(_THOUSAND, last.turnover / 4):
        found.append(Signal.LATE)
    sold = last.last_sale_on if last else None
    if sold is None or (on - sold).days > _QUIET_DAYS:
        found.append(Signal.QUIET)
    if len(months) >= _MONTHS and before >= _THOUSAND and now > before * _RISING:
        found.append(Signal.RISING)
    return tuple(found)


def standings(enterprise_id: int, *, on: date) -> list[Standing]:
    """Give the portfolio of an enterprise, those who need a call first."""
    first = month_readings.months_back(on, _MONTHS - 1)
    months: dict[int, list[PortfolioMonth]] = {}
    for row in session.execute(_MONTHS_OF, {"enterprise_id": enterprise_id, "first": first, "on": on}):
        each = _read(dict(row._mapping))  # noqa: SLF001 (SQLAlchemy's public name)
        months.setdefault(each.activity_id, []).append(each)
    found = [_standing(each, months.get(each.id, []), on) for each in hosted.in_month(enterprise_id, on.replace(day=1))]
    return sorted(found, key=lambda each: (-each.weight, each.now.available if each.now else money.ZERO, each.name))


def of_activity(enterprise_id: int, activity_id: int, *, on: date, count: int = 18) -> list[PortfolioMonth]:
    """Give the last months of one activity, oldest first."""
    first = month_readings.months_back(on, count - 1)
    values = {"enterprise_id": enterprise_id, "activity_id": activity_id, "first": first, "on": on}
    return [_read(dict(row._mapping)) for row in session.execute(_MONTHS_OF_ONE, values)]  # noqa: SLF001


def write(enterprise_id: int, made: Mapping[int, Snapshot]) -> None:
    """Write the summaries of a month from its figures; those of the month before them are replaced."""
    if not made:
        return
    month = next(iter(made.values())).month
    sold = month_readings.last_sales(enterprise_id, list(made), month_readings.last_day(month))
    rows = [_row(enterprise_id, activity_id, each, sold.get(activity_id)) for activity_id, each in made.items()]
    session.execute(_WRITE, rows)


def refresh(enterprise_id: int, month: date) -> int:
    """Write the summaries of a month from what is posted so far; give how many activities."""
    subjects = hosted.subjects(enterprise_id, [each.id for each in hosted.in_month(enterprise_id, month)])
    if subjects:
        exercise = cash.exercise_of(enterprise_id, month)
        write(enterprise_id, figures.snapshots(enterprise_id, subjects, month, exercise, {}))
    return len(subjects)


def _standing(each: hosted.Hosted, months: list[PortfolioMonth], on: date) -> Standing:
    sold = months[-1].last_sale_on if months else None
    return Standing(
        activity_id=each.id,
        code=each.code,
        name=each.name,
        trade=each.trade,
        months=tuple(months),
        signals=signals(months, on=on),
        quiet_days=(on - sold).days if sold else None,
    )


def _row(enterprise_id: int, activity_id: int, made: Snapshot, sold: date | None) -> dict[str, Any]:
    late = sum((each.amount for each in made.receivables if each.due_on < made.last_day), money.ZERO)
    amounts = {
        "turnover": made.turnover,
        "costs": made.turnover - made.result,
        "result": made.result,
        "cash": made.cash_closing,
        "available": made.available,
        "receivables": sum((each.amount for each in made.receivables), money.ZERO),
        "receivables_late": late,
        "levies": sum((row.month for row in made.levies), money.ZERO),
    }
    return {
        "enterprise_id": enterprise_id,
        "activity_id": activity_id,
        "month": made.month,
        "last_sale_on": sold,
        "at": clock.now(),
        **{name: money.centimes(amount) for name, amount in amounts.items()},
    }


def _read(row: Mapping[str, Any]) -> PortfolioMonth:
    amounts = {name: money.from_centimes(row[name]) for name in _AMOUNTS}
    return PortfolioMonth(
        activity_id=row["activity_id"], month=row["month"], last_sale_on=row["last_sale_on"], **amounts
    )


_AMOUNTS = ("turnover", "costs", "result", "cash", "available", "receivables", "receivables_late", "levies")
_COLUMNS = f"activity_id, month, last_sale_on, {', '.join(_AMOUNTS)}"
_MONTHS_OF = sa.text(f"""
    select {_COLUMNS} from portfolio_month
    where enterprise_id = :enterprise_id and month between :first and :on order by activity_id, month
""")
_MONTHS_OF_ONE = sa.text(f"""
    select {_COLUMNS} from portfolio_month
    where enterprise_id = :enterprise_id and activity_id = :activity_id and month between :first and :on
    order by month
""")
_WRITE = sa.text(f"""
    insert into portfolio_month (enterprise_id, activity_id, month, last_sale_on, written_at, {", ".join(_AMOUNTS)})
    values (:enterprise_id, :activity_id, :month, :last_sale_on, :at, {", ".join(f":{name}" for name in _AMOUNTS)})
    on conflict (enterprise_id, activity_id, month) do update set
        last_sale_on = excluded.last_sale_on, written_at = excluded.written_at,
        {", ".join(f"{name} = excluded.{name}" for name in _AMOUNTS)}
""")
