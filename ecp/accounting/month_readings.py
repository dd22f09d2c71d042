"""What a month-end reads, for many activities at once: one query each, whatever their number.

Amounts are dirhams, debit less credit, unless a name says otherwise. Sums come from posted lines and, for months that
are closed, from their frozen balances, as in `ledger`.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import money
from ecp.accounting.ledger import last_close
from ecp.db import session


@dataclass(frozen=True, kw_only=True)
class Movement:
    """What moved on an account in a month."""

    account: str
    month: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class DayOfTurnover:
    """What an activity sold and collected on a day."""

    on: date
    collected_net: Decimal = money.ZERO
    collected_gross: Decimal = money.ZERO
    invoiced_net: Decimal = money.ZERO
    margin: Decimal = money.ZERO


@dataclass(frozen=True, kw_only=True)
class ToldLine:
    """A line of an activity as people who sell read it: no account, the amount with the sign it has for them."""

    entry_id: int
    on: date
    label: str
    document: str
    party: str
    amount: Decimal


def last_day(day: date) -> date:
    """Give the last day of a month.

    >>> last_day(date(2026, 2, 10))
    datetime.date(2026, 2, 28)
    """
    return day.replace(day=monthrange(day.year, day.month)[1])


def eve(day: date) -> date:
    """Give the day before."""
    return day - timedelta(days=1)


def months_back(day: date, count: int) -> date:
    """Give the first of the month so many months before the month of a day.

    >>> months_back(date(2026, 3, 31), 12), months_back(date(2026, 3, 1), 3)
    (datetime.date(2025, 3, 1), datetime.date(2025, 12, 1))
    """
    months_since_zero = day.year * 12 + day.month - 1 - count
    return date(months_since_zero // 12, months_since_zero % 12 + 1, 1)


def months(first: date, last: date) -> Iterator[date]:
    """Walk the first days of the months from one day to another.

    >>> [day.month for day in months(date(2025, 12, 5), date(2026, 2, 1))]
    [12, 1, 2]
    """
    day = first.replace(day=1)
    while day <= last:
        yield day
        day = last_day(day) + timedelta(days=1)


def balances(enterprise_id: int, activity_ids: Sequence[int], on: date) -> dict[int, dict[str, Decimal]]:
    """Give the balances at the end of a day of the accounts of the balance sheet, by activity and account."""
    values = {"enterprise_id": enterprise_id, "activity_ids": list(activity_ids), "on": on}
    found: dict[int, dict[str, Decimal]] = {}
    for row in session.execute(_BALANCES, values):
        found.setdefault(row.activity_id, {})[row.account] = money.from_centimes(row.amount)
    return found


def movements(
    enterprise_id: int, activity_ids: Sequence[int], first: date, last: date, *, classes: Sequence[str]
) -> dict[int, list[Movement]]:
    """Give what moved on the accounts of some classes, month by month, by activity."""
    values = {
        "enterprise_id": enterprise_id,
        "activity_ids": list(activity_ids),
        "first": first,
        "last": last,
        "classes": list(classes),
    }
    found: dict[int, list[Movement]] = {}
    for row in session.execute(_MOVEMENTS, values):
        each = Movement(account=row.account, month=row.month, amount=money.from_centimes(row.amount))
        found.setdefault(row.activity_id, []).append(each)
    return found


def beside_cash(
    enterprise_id: int,
    activity_ids: Sequence[int],
    first: date,
    last: date,
    *,
    cash: tuple[Sequence[str], Sequence[str]],
) -> dict[int, dict[str, Decimal]]:
    """Give what stands beside cash in the entries that touch it, by activity and account.

    An entry balances inside each activity, so the sum of an activity is what its cash moved by, the other way round.
    `cash` names the accounts that count: prefixes, and the longer ones below them that do not.
    """
    values = {
        "enterprise_id": enterprise_id,
        "activity_ids": list(activity_ids),
        "first": first,
        "last": last,
        "cash": starting(cash[0]),
        "not_cash": starting(cash[1]),
    }
    found: dict[int, dict[str, Decimal]] = {}
    for row in session.execute(_BESIDE_CASH, values):
        found.setdefault(row.activity_id, {})[row.account] = money.from_centimes(row.amount)
    return found


def last_moves(
    enterprise_id: int, activity_id: int, on: date, *, cash: tuple[Sequence[str], Sequence[str]], limit: int
) -> list[ToldLine]:
    """Give the last entries that moved the cash of an activity, the newest first; money in is positive."""
    values = {"enterprise_id": enterprise_id, "activity_id": activity_id, "on": on, "limit": limit}
    return _told(session.execute(_LAST_MOVES, {**values, "ours": starting(cash[0]), "others": starting(cash[1])}))


def lines(  # noqa: PLR0913 (whose, when, which)
    enterprise_id: int,
    activity_id: int,
    first: date,
    last: date,
    *,
    accounts: tuple[Sequence[str], Sequence[str]],
    beside: tuple[Sequence[str], Sequence[str]] | None = None,
    entries: Sequence[int] | None = None,
    not_entries: Sequence[int] = (),
    limit: int = 200,
) -> list[ToldLine]:
    """Give the lines of an activity on some accounts, the newest first, credit less debit.

    `accounts` are prefixes, and the longer ones below them that do not count; `beside` keeps only the lines of entries
    that touch such accounts too, `entries` only those of some entries, `not_entries` none of others.
    """
    values = {
        "enterprise_id": enterprise_id,
        "activity_id": activity_id,
        "first": first,
        "last": last,
        "ours": starting(accounts[0]),
        "others": starting(accounts[1]),
        "beside": None if beside is None else starting(beside[0]),
        "not_beside": [] if beside is None else starting(beside[1]),
        "entries": None if entries is None else list(entries),
        "not_entries": list(not_entries),
        "limit": limit,
    }
    return _told(session.execute(_LINES_OF, values))


def last_sales(enterprise_id: int, activity_ids: Sequence[int], on: date) -> dict[int, date]:
    """Give the day each activity last sold something, up to a day."""
    values = {"enterprise_id": enterprise_id, "activity_ids": list(activity_ids), "on": on}
    return {row.activity_id: row.sold_on for row in session.execute(_LAST_SALES, values)}


def turnover_by_day(
    enterprise_id: int, activity_ids: Sequence[int], first: date, last: date, *, beside: Sequence[str] = ()
) -> dict[int, list[DayOfTurnover]]:
    """Give what activities invoiced, collected and earned day by day, from posted lines.

    *Invoiced*: sales of classes 711 and 712, without VAT, less rebates. *Margin*: the same less goods and materials
    (611, 612). *Collected*: what customers paid in entries that touch cash, VAT included; net of it, less the VAT that
    falls due in the same entry; entries whose source begins as `beside` says are left out of it: what they collected
    net is known otherwise.
    """
    values = {
        "enterprise_id": enterprise_id,
        "activity_ids": list(activity_ids),
        "first": first,
        "last": last,
        "beside": starting(beside),
    }
    found: dict[int, list[DayOfTurnover]] = {}
    for row in session.execute(_TURNOVER, values):
        each = DayOfTurnover(
            on=row.day,
            collected_net=money.from_centimes(row.collected_net),
            collected_gross=money.from_centimes(row.collected_gross),
            invoiced_net=money.from_centimes(row.invoiced_net),
            margin=money.from_centimes(row.margin),
        )
        found.setdefault(row.activity_id, []).append(each)
    return found


def _told(rows: Iterable[Any]) -> list[ToldLine]:
    return [
        ToldLine(
            entry_id=row.entry_id,
            on=row.day,
            label=row.label or "",
            document=row.document or "",
            party=row.party or "",
            amount=money.from_centimes(row.amount),
        )
        for row in rows
    ]


def starting(prefixes: Sequence[str]) -> list[str]:
    """Write prefixes as patterns of LIKE."""
    return [f"{prefix}%" for prefix in prefixes]


OF_ACTIVITIES = "l.enterprise_id = :enterprise_id and l.activity_id = any(:activity_ids)"
LINES = """
    entry_line l
    join account a on a.enterprise_id = l.enterprise_id and a.id = l.account_id
    join entry e on e.enterprise_id = l.enterprise_id and e.id = l.entry_id
"""
_BALANCES = sa.text(f"""
    with closed as materialized ({last_close(":on", ":enterprise_id")}
    )
    select m.activity_id, a.number as account, cast(sum(m.amount) as bigint) as amount from (
        select activity_id, account_id, debit - credit as amount from activity_balance
        where enterprise_id = :enterprise_id and activity_id = any(:activity_ids)
          and month = (select month from closed)
        union all
        select activity_id, account_id, debit - credit from entry_line
        where enterprise_id = :enterprise_id and activity_id = any(:activity_ids)
          and day >= (select since from closed) and day <= :on
    ) m join account a on a.enterprise_id = :enterprise_id and a.id = m.account_id
    where a.number < '6' group by 1, 2 having sum(m.amount) <> 0 order by 1, 2
""")
_MOVEMENTS = sa.text(f"""
    select l.activity_id, a.number as account, cast(date_trunc('month', l.day) as date) as month,
        cast(sum(l.debit - l.credit) as bigint) as amount
    from {LINES}
    where {OF_ACTIVITIES} and l.day between :first and :last and left(a.number, 1) = any(:classes)
    group by 1, 2, 3 having sum(l.debit - l.credit) <> 0 order by 1, 2, 3
""")
_BESIDE_CASH = sa.text(f"""
    with touched as (
        select l.*, a.number, a.number like any(:cash) and not (a.number like any(:not_cash)) as is_cash
        from {LINES}
        where {OF_ACTIVITIES} and l.day between :first and :last
    ), moved as (
        select activity_id, entry_id from touched group by activity_id, entry_id having bool_or(is_cash)
    )
    select t.activity_id, t.number as account, cast(sum(t.debit - t.credit) as bigint) as amount
    from touched t join moved using (activity_id, entry_id)
    where not t.is_cash
    group by 1, 2 having sum(t.debit - t.credit) <> 0 order by 1, 2
""")
_LAST_SALES = sa.text(f"""
    select l.activity_id, max(l.day) as sold_on
    from {LINES}
    where {OF_ACTIVITIES} and l.day <= :on and l.credit > 0 and (a.number like '711%' or a.number like '712%')
    group by l.activity_id
""")
_TURNOVER = sa.text(f"""
    with touched as (
        select l.activity_id, l.entry_id, l.day, a.number, l.debit - l.credit as amount,
            e.source like any(cast(:beside as text[])) as is_beside
        from {LINES}
        where {OF_ACTIVITIES} and l.day between :first and :last
    ), entries as (
        select activity_id, entry_id, day, is_beside,
            bool_or(number like '51%' or number like '55%') as moves_cash,
            -coalesce(sum(amount) filter (where number like '711%' or number like '712%'), 0) as invoiced,
            coalesce(sum(amount) filter (where number like '611%' or number like '612%'), 0) as bought,
            -coalesce(sum(amount) filter (where number like '342%' or number like '442%'
                or number like '711%' or number like '712%' or number like '4455%'), 0) as paid,
            -coalesce(sum(amount) filter (where number like '4455%' and number not like '44551%'), 0) as vat_due
        from touched group by activity_id, entry_id, day, is_beside
    )
    select activity_id, day,
        cast(coalesce(sum(paid) filter (where moves_cash), 0) as bigint) as collected_gross,
        cast(coalesce(sum(paid - vat_due) filter (where moves_cash and not is_beside), 0) as bigint) as collected_net,
        cast(sum(invoiced) as bigint) as invoiced_net,
        cast(sum(invoiced - bought) as bigint) as margin
    from entries group by activity_id, day order by activity_id, day
""")
_LAST_MOVES = sa.text(f"""
    select l.entry_id, l.day, e.label, e.document, '' as party, cast(sum(l.debit - l.credit) as bigint) as amount
    from {LINES}
    where l.enterprise_id = :enterprise_id and l.activity_id = :activity_id and l.day <= :on
      and a.number like any(:ours) and not (a.number like any(:others))
    group by l.entry_id, l.day, e.label, e.document having sum(l.debit - l.credit) <> 0
    order by l.day desc, l.entry_id desc limit :limit
""")
_LINES_OF = sa.text(f"""
    select l.entry_id, l.day, coalesce(nullif(l.label, ''), e.label) as label, e.document, p.name as party,
        l.credit - l.debit as amount
    from {LINES}
    left join party p on p.enterprise_id = l.enterprise_id and p.id = l.party_id
    where l.enterprise_id = :enterprise_id and l.activity_id = :activity_id and l.day between :first and :last
      and a.number like any(:ours) and not (a.number like any(:others))
      and (cast(:entries as bigint[]) is null or l.entry_id = any(:entries))
      and l.entry_id <> all(cast(:not_entries as bigint[]))
      and (cast(:beside as text[]) is null or exists (
        select 1 from entry_line o join account b on b.enterprise_id = o.enterprise_id and b.id = o.account_id
        where o.enterprise_id = l.enterprise_id and o.entry_id = l.entry_id and o.activity_id = l.activity_id
          and b.number like any(:beside) and not (b.number like any(:not_beside))))
    order by l.day desc, l.entry_id desc, l.position limit :limit
""")
