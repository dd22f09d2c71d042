"""Fiscal years and their months: which are open, and closing one."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ecp.db import session, told
from ecp.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class FiscalYear:
    """An exercise; both days are included."""

    id: int
    opens_on: date
    closes_on: date


@dataclass(frozen=True, kw_only=True)
class Period:
    """A month of an exercise, by its first day."""

    month: date
    is_closed: bool


def ensure_year(enterprise_id: int, day: date) -> int:
    """Open the calendar year of a day, if no exercise holds it; gives the exercise.

    Raises: PeriodClosed where later months are closed already: what came before them is final.
    """
    with told():
        return int(session.execute(_OPEN, {"enterprise": enterprise_id, "day": day}).scalar_one())


def year_of(enterprise_id: int, day: date) -> FiscalYear:
    """Give the exercise of a day; raises NotFound."""
    row = session.execute(_YEAR, {"enterprise": enterprise_id, "day": day}).one_or_none()
    if row is None:
        raise NotFound
    return FiscalYear(id=row.id, opens_on=row.opens_on, closes_on=row.closes_on)


def years(enterprise_id: int) -> list[FiscalYear]:
    """List the exercises, the first one first."""
    rows = session.execute(_YEARS, {"enterprise": enterprise_id})
    return [FiscalYear(id=row.id, opens_on=row.opens_on, closes_on=row.closes_on) for row in rows]


def under_way(enterprise_id: int, day: date) -> list[FiscalYear]:
    """List the exercises that began by a day and do not end before it, or have a month open still."""
    rows = session.execute(_UNDER_WAY, {"enterprise": enterprise_id, "day": day})
    return [FiscalYear(id=row.id, opens_on=row.opens_on, closes_on=row.closes_on) for row in rows]


def all_of(enterprise_id: int) -> list[Period]:
    """List the months of every exercise, the first one first."""
    rows = session.execute(_PERIODS, {"enterprise": enterprise_id})
    return [Period(month=row.month, is_closed=row.is_closed) for row in rows]


def is_closed(enterprise_id: int, day: date) -> bool:
    """Tell whether nothing more can be posted on a day; a day without exercise is not closed."""
    values = {"enterprise": enterprise_id, "month": day.replace(day=1)}
    row = session.execute(_PERIOD, values).one_or_none()
    return row is not None and bool(row.is_closed)


def first_open(enterprise_id: int) -> date | None:
    """Give the first day of the oldest open month, which is the next to close."""
    month: date | None = session.execute(_FIRST_OPEN, {"enterprise": enterprise_id}).scalar_one()
    return month


def close(enterprise_id: int, month: date) -> None:
    """Close a month for ever, and freeze its cumulative balances for the enterprise and each activity.

    Raises: PeriodClosed, EarlierMonthOpen, NotYours.
    """
    with told():
        session.execute(_CLOSE, {"enterprise": enterprise_id, "month": month})


_OPEN = sa.text("select ledger_open_year(:enterprise, :day)")
_CLOSE = sa.text("select ledger_close_month(:enterprise, :month)")
_YEAR = sa.text("""
    select id, opens_on, closes_on from fiscal_year
    where enterprise_id = :enterprise and :day between opens_on and closes_on
""")
_YEARS = sa.text("select id, opens_on, closes_on from fiscal_year where enterprise_id = :enterprise order by opens_on")
_UNDER_WAY = sa.text("""
    select y.id, y.opens_on, y.closes_on from fiscal_year y
    where y.enterprise_id = :enterprise and y.opens_on <= :day and (y.closes_on >= :day or exists (
        select 1 from period p where p.enterprise_id = y.enterprise_id and p.year_id = y.id and p.closed_at is null))
    order by y.opens_on
""")
_PERIOD = sa.text("""
    select month, closed_at is not null as is_closed from period where enterprise_id = :enterprise and month = :month
""")
_PERIODS = sa.text("""
    select month, closed_at is not null as is_closed from period where enterprise_id = :enterprise order by month
""")
_FIRST_OPEN = sa.text("select min(month) from period where enterprise_id = :enterprise and closed_at is null")
