"""The coordinator's portfolio: one row an activity and month, and the signals that say who needs a call.

The rows are summaries, written by the month run and refreshed for the month under way. They have walls of their own:
a coordinator reads them and no journal line, no invoice, no customer's name (RELIABILITY I9).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from ecp import clock, money
from ecp.accounting import month_readings, periods
from ecp.db import session
from ecp.hosting import cash, figures, hosted
from ecp.hosting.snapshot import Snapshot

_MONTHS = 6
_QUIET_DAYS = 45
_THOUSAND = 1000_00
PAGE = 25


class Signal(StrEnum):
    """What makes an activity worth a call; `_STANDINGS` says when."""

    NEGATIVE = "negative"
    FALLING = "falling"
    LATE = "late"
    QUIET = "quiet"
    RISING = "rising"


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
    """An activity as the portfolio shows it; `sales` are those of its last months, oldest first."""

    activity_id: int
    code: str
    name: str
    trade: str
    sales: tuple[Decimal, ...]
    turnover: Decimal
    """Of the last three months."""

    turnover_before: Decimal
    """Of the three months before."""

    available: Decimal | None
    receivables_late: Decimal | None
    quiet_days: int | None
    signals: tuple[Signal, ...]


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """A page of activities, those who need a call first; the counts are of all that are hosted."""

    standings: list[Standing]
    found: int
    hosted: int
    counts: dict[Signal, int]


def read(  # noqa: PLR0913 (whose, when, which, where)
    enterprise_id: int,
    *,
    on: date,
    search: str = "",
    signal: Signal | None = None,
    page: int = 1,
    activity_id: int | None = None,
) -> Portfolio:
    """Give a page (of `PAGE`, from 1) of the portfolio: all, or those of a name, a trade, a signal."""
    values = {
        "enterprise_id": enterprise_id,
        "on": on,
        "since": month_readings.months_back(on, _MONTHS - 1),
        "quiet": _QUIET_DAYS,
        "least": _THOUSAND,
        "words": f"%{_of_like(search.strip())}%",
        "signal": signal.value if signal else None,
        "activity_id": activity_id,
        "skipped": (page - 1) * PAGE,
        "limit": PAGE,
    }
    rows = session.execute(_STANDINGS, values).all()  # one at least: the counts
    return Portfolio(
        standings=[_standing(row) for row in rows if row.id is not None],
        found=rows[0].found or 0,
        hosted=rows[0].hosted,
        counts={each: getattr(rows[0], f"count_{each}") for each in Signal},
    )


def refresh_open(enterprise_id: int, on: date) -> int:
    """Write the summaries of the months that have begun and are not closed, six at most; give how many months."""
    begun = periods.first_open(enterprise_id)
    if begun is None:
        return 0
    months = list(month_readings.months(max(begun, month_readings.months_back(on, _MONTHS - 1)), on))
    for month in months:
        refresh(enterprise_id, month)
    return len(months)


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


def _of_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _standing(row: sa.Row[Any]) -> Standing:
    return Standing(
        activity_id=row.id,
        code=row.code,
        name=row.name,
        trade=row.trade,
        sales=tuple(money.from_centimes(each) for each in row.sales or ()),
        turnover=money.from_centimes(row.turnover),
        turnover_before=money.from_centimes(row.turnover_before),
        available=None if row.available is None else money.from_centimes(row.available),
        receivables_late=None if row.receivables_late is None else money.from_centimes(row.receivables_late),
        quiet_days=row.quiet_days,
        signals=tuple(each for each in Signal if getattr(row, each.value)),
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
_STANDINGS = sa.text(f"""
    with told as (
        select activity_id, array_agg(turnover order by month) as sales,
            (array_agg(turnover order by month))[count(*)] as sold,
            (array_agg(available order by month))[count(*)] as available,
            (array_agg(receivables_late order by month))[count(*)] as receivables_late,
            max(last_sale_on) as last_sale_on
        from portfolio_month where enterprise_id = :enterprise_id and month between :since and :on
        group by activity_id
    ), summed as (
        select a.id, a.code, a.name, a.trade, t.sales, t.sold, t.available, t.receivables_late,
            cast(:on as date) - t.last_sale_on as quiet_days,
            (select coalesce(sum(u), 0) from unnest(t.sales[cardinality(t.sales) - 2\\:]) u) as turnover,
            (select coalesce(sum(u), 0) from unnest(t.sales[\\:cardinality(t.sales) - 3]) u) as turnover_before
        from activity a left join told t on t.activity_id = a.id
        where a.enterprise_id = :enterprise_id and not a.is_structure
          and a.opened_on <= :on and (a.closed_on is null or a.closed_on >= date_trunc('month', cast(:on as date)))
    ), judged as materialized (
        select *, coalesce(available < 0, false) as negative,
            cardinality(sales) = 6 and turnover_before >= :least and turnover < turnover_before * 0.75 as falling,
            coalesce(receivables_late > greatest(:least, sold / 4), false) as late,
            coalesce(quiet_days > :quiet, true) as quiet,
            cardinality(sales) = 6 and turnover_before >= :least and turnover > turnover_before * 1.25 as rising
        from summed
    ), counted as (
        select count(*) as hosted, {", ".join(f"count(*) filter (where {each}) as count_{each}" for each in Signal)}
        from judged
    ), chosen as (
        select *, count(*) over () as found, row_number() over (order by
            8 * cast(negative as int) + 4 * cast(falling as int) + 3 * cast(late as int) + 4 * cast(quiet as int) desc,
            available nulls last, name, id) as place
        from judged
        where (name ilike :words or trade ilike :words or code ilike :words)
          and (cast(:activity_id as int) is null or id = :activity_id)
          and (cast(:signal as text) is null or case :signal
            when 'negative' then negative when 'falling' then falling when 'late' then late when 'quiet' then quiet
            else rising end)
        order by place limit :limit offset :skipped
    )
    select * from counted left join chosen on true order by place
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
