"""Reading the books: balances, trial balance, general ledger.

Cumulative balances are frozen at each close (migration 0004), so a report reads the last close before a day and the
lines since: its cost does not grow with the years. Amounts are dirhams; balances are debit less credit; days are
included. What a person may not see is not there: an entrepreneur names an activity of theirs.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import money
from ecp.accounting import chart
from ecp.db import session
from ecp.errors import Invalid, Problem

LONGEST_PAGE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalanceRow:
    """An account: what it was before the first day, what moved, what it is."""

    account: str
    title: str
    opening: Decimal
    debit: Decimal
    credit: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A line of an account, and the balance after it."""

    entry_id: int
    position: int
    on: date
    journal: str
    number: int | None
    document: str
    source: str
    activity_id: int
    activity: str
    party: str
    label: str
    debit: Decimal
    credit: Decimal
    balance: Decimal


@dataclass(frozen=True, kw_only=True)
class LedgerPage:
    """Lines of an account in the order of days; `next` asks for those that follow, None at the end."""

    account: str
    title: str
    opening: Decimal
    rows: list[LedgerRow]
    closing: Decimal
    next: str | None


# ---- balances


def trial_balance(
    enterprise_id: int, activity_id: int | None = None, from_on: date | None = None, to_on: date | None = None
) -> list[TrialBalanceRow]:
    """Give, account by account, the opening balance, what moved between two days and the balance; none without moves.

    Without `from_on` there is no opening: all that ever moved is told.
    """
    values = {
        "enterprise": enterprise_id,
        "activity": activity_id,
        "eve": from_on - timedelta(days=1) if from_on else None,
        "last": to_on or date.max,
    }
    query = _TRIAL_OF_ENTERPRISE if activity_id is None else _TRIAL_OF_ACTIVITY
    return [_trial_row(*row) for row in session.execute(query, values)]


def _trial_row(account: str, title: str, opening: int, debit: int, credit: int) -> TrialBalanceRow:
    return TrialBalanceRow(
        account=account,
        title=title,
        opening=money.from_centimes(opening),
        debit=money.from_centimes(debit),
        credit=money.from_centimes(credit),
        balance=money.from_centimes(opening + debit - credit),
    )


def balances(enterprise_id: int, activity_id: int | None = None, on: date | None = None) -> dict[str, Decimal]:
    """Give the balance of every account that ever moved, at the end of a day; without one, of all that is posted."""
    return {row.account: row.balance for row in trial_balance(enterprise_id, activity_id, to_on=on)}


# ---- general ledger


def general_ledger(  # noqa: PLR0913 (whose, which, when, where)
    enterprise_id: int,
    *,
    account: str,
    activity_id: int | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> LedgerPage:
    """Give a page of an account's lines with the true balance after each, wherever the page begins.

    Raises: UnknownAccount; Invalid where `after` is not what a page gave as `next`.
    """
    found = chart.account(enterprise_id, account)
    first, last = from_on or date.min, to_on or date.max
    day, entry_id, position = cursor(after) if after else (first, 0, 0)
    values = {
        "enterprise": enterprise_id,
        "activity": activity_id,
        "account": found.id,
        "day": day,
        "entry": entry_id,
        "position": position,
        "last": last,
        "limit": min(limit, LONGEST_PAGE) + 1,
    }
    suffix = _OF_ACTIVITY if activity_id is not None else _OF_ENTERPRISE
    opening = session.execute(_BEFORE[suffix], values).scalar_one()
    rows = session.execute(_PAGE[suffix], values).all()
    is_more = len(rows) > limit
    lines, balance = [], opening
    for row in rows[:limit]:
        balance += row.debit - row.credit
        lines.append(_ledger_row(row, balance))
    following = f"{lines[-1].on.isoformat()}_{lines[-1].entry_id}_{lines[-1].position}" if is_more else None
    return LedgerPage(
        account=found.number,
        title=found.title,
        opening=money.from_centimes(opening),
        rows=lines,
        closing=money.from_centimes(balance),
        next=following,
    )


def _ledger_row(row: sa.Row[Any], balance: int) -> LedgerRow:
    return LedgerRow(
        entry_id=row.entry_id,
        position=row.position,
        on=row.day,
        journal=row.journal,
        number=row.number,
        document=row.document,
        source=row.source,
        activity_id=row.activity_id,
        activity=row.activity,
        party=row.party or "",
        label=row.label,
        debit=money.from_centimes(row.debit),
        credit=money.from_centimes(row.credit),
        balance=money.from_centimes(balance),
    )


def cursor(text: str) -> tuple[date, int, int]:
    """Read where a page begins: day, entry and position; raises Invalid."""
    day, _, rest = text.partition("_")
    entry_id, _, position = rest.partition("_")
    try:
        return date.fromisoformat(day), int(entry_id), int(position or 0)
    except ValueError as error:
        raise Invalid([Problem("Cette page n’existe pas.", "after")]) from error


# ---- queries

_OF_ENTERPRISE = "enterprise_id = :enterprise"
_OF_ACTIVITY = "enterprise_id = :enterprise and activity_id = :activity"


def last_close(day: str, enterprise: str = ":enterprise") -> str:
    """Write a query for the last close whose month had ended by a day (none: long ago) and the day after it.

    `offset 0` keeps the planner from looking for it once a column.
    """
    return f"""
        select month, cast(month + interval '1 month' as date) as since from (
            select coalesce((select max(month) from period where enterprise_id = {enterprise} and closed_at is not null
                and month + interval '1 month' <= cast({day} as date) + 1), date '0001-01-01') as month offset 0
        ) last_close"""


def _cumulative(name: str, table: str, of: str, day: str) -> str:
    """Sums per account up to the end of a day: the last close, and the lines since."""
    return f"""
    {name}_close as materialized ({last_close(day)}
    ), {name} as (
        select account_id, sum(debit) as debit, sum(credit) as credit from (
            select account_id, debit, credit from {table}
            where {of} and month = (select month from {name}_close)
            union all
            select account_id, cast(sum(debit) as bigint), cast(sum(credit) as bigint) from entry_line
            where {of} and day >= (select since from {name}_close) and day <= cast({day} as date)
            group by account_id
        ) moves group by account_id
    )"""


def _trial(table: str, of: str) -> sa.TextClause:
    return sa.text(f"""
    with {_cumulative("ending", table, of, ":last")},
    {_cumulative("starting", table, of, "coalesce(:eve, date '0001-01-01')")}
    select a.number, a.title, cast(coalesce(s.debit - s.credit, 0) as bigint),
        cast(e.debit - coalesce(s.debit, 0) as bigint), cast(e.credit - coalesce(s.credit, 0) as bigint)
    from ending e left join starting s using (account_id)
    join account a on a.enterprise_id = :enterprise and a.id = e.account_id
    order by a.number
    """).bindparams(sa.bindparam("eve", type_=sa.Date), sa.bindparam("last", type_=sa.Date))


_TRIAL_OF_ENTERPRISE = _trial("enterprise_balance", _OF_ENTERPRISE)
_TRIAL_OF_ACTIVITY = _trial("activity_balance", _OF_ACTIVITY)


def _before(table: str, of: str) -> sa.TextClause:
    """The balance of an account before a place in its lines."""
    return sa.text(f"""
    with closed as materialized ({last_close("cast(:day as date) - 1")}
    )
    select cast(
        coalesce((select debit - credit from {table}
            where {of} and account_id = :account and month = (select month from closed)), 0)
        + coalesce((select sum(debit - credit) from entry_line
            where {of} and account_id = :account and day >= (select since from closed)
              and (day, entry_id, position) <= (:day, :entry, :position)), 0) as bigint)
    """)


def _page(of: str) -> sa.TextClause:
    return sa.text(f"""
    select l.entry_id, l.position, l.day, j.code as journal, s.number, e.document, e.source, l.activity_id,
        v.code as activity, coalesce(nullif(l.label, ''), e.label) as label, l.debit, l.credit,
        (select p.name from party p where p.enterprise_id = l.enterprise_id and p.id = l.party_id) as party
    from (
        select * from entry_line
        where {of} and account_id = :account and day <= :last and (day, entry_id, position) > (:day, :entry, :position)
        order by day, entry_id, position limit :limit
    ) l
    join entry e on e.enterprise_id = l.enterprise_id and e.id = l.entry_id
    join journal j on j.enterprise_id = e.enterprise_id and j.id = e.journal_id
    left join activity v on v.enterprise_id = l.enterprise_id and v.id = l.activity_id
    left join entry_seal s on s.enterprise_id = e.enterprise_id and s.entry_id = e.id
    order by l.day, l.entry_id, l.position
    """)


_BEFORE = {
    _OF_ENTERPRISE: _before("enterprise_balance", _OF_ENTERPRISE),
    _OF_ACTIVITY: _before("activity_balance", _OF_ACTIVITY),
}
_PAGE = {each: _page(each) for each in (_OF_ENTERPRISE, _OF_ACTIVITY)}
