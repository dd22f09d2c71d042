"""What is still open on the accounts of customers and suppliers, by activity; amounts are dirhams."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import money
from ecp.accounting.month_readings import LINES, OF_ACTIVITIES, starting
from ecp.db import session


@dataclass(frozen=True, kw_only=True)
class OpenItem:
    """A line of a customer or supplier that payments have not covered yet, the oldest being covered first."""

    party_id: int | None
    party: str
    document: str
    since_on: date
    due_on: date
    amount: Decimal


def read(  # noqa: PLR0913 (whose, when, which)
    enterprise_id: int,
    activity_ids: Sequence[int],
    on: date,
    *,
    accounts: Sequence[str],
    owing: str,
    apart_from: Sequence[str] = (),
) -> dict[int, list[OpenItem]]:
    """Give what is still open on the accounts of customers (`owing` debit) or suppliers (credit) at the end of a day.

    What came the other way covers the oldest lines of the same party first, so the items add up to the balance of the
    party; a party that is ahead has one item, negative. Entries whose source is like one of `apart_from` do not count.
    """
    values = {
        "enterprise_id": enterprise_id,
        "activity_ids": list(activity_ids),
        "on": on,
        "accounts": starting(accounts),
        "sign": 1 if owing == "debit" else -1,
        "apart_from": list(apart_from),
    }
    return by_activity(session.execute(_OPEN_ITEMS, values))


def by_activity(rows: Iterable[sa.Row[Any]]) -> dict[int, list[OpenItem]]:
    """Sort rows of open items by activity; `amount` comes in centimes, a missing `due_on` is the day it began."""
    found: dict[int, list[OpenItem]] = {}
    for row in rows:
        each = OpenItem(
            party_id=row.party_id,
            party=row.party or "",
            document=row.document or "",
            since_on=row.since_on,
            due_on=row.due_on or row.since_on,
            amount=money.from_centimes(row.amount),
        )
        found.setdefault(row.activity_id, []).append(each)
    return found


_OPEN_ITEMS = sa.text(f"""
    with sided as (
        select l.activity_id, l.party_id, a.number, l.entry_id, l.position, l.day, l.due_on, e.document,
            greatest(:sign * (l.debit - l.credit), 0) as owed,
            greatest(:sign * (l.credit - l.debit), 0) as covered
        from {LINES}
        where {OF_ACTIVITIES} and l.day <= :on and a.number like any(:accounts)
          and not (e.source like any(cast(:apart_from as text[])))
    ), told as (
        select *, sum(owed) over party_so_far as owed_so_far, sum(covered) over party as covered_in_all
        from sided
        window party as (partition by activity_id, party_id),
            party_so_far as (partition by activity_id, party_id order by day, entry_id, position)
    ), ahead as (
        select activity_id, party_id, max(day) as day, sum(owed) - sum(covered) as amount
        from sided group by activity_id, party_id having sum(covered) > sum(owed)
    )
    select t.activity_id, t.party_id, p.name as party, t.document, t.since_on, t.due_on,
        cast(t.amount as bigint) as amount
    from (
        select activity_id, party_id, document, day as since_on, due_on, entry_id, position,
            least(owed, owed_so_far - covered_in_all) as amount
        from told where owed > 0 and owed_so_far > covered_in_all
        union all select activity_id, party_id, '', day, day, 0, 0, amount from ahead
    ) t left join party p on p.enterprise_id = :enterprise_id and p.id = t.party_id
    order by t.activity_id, coalesce(t.due_on, t.since_on), t.entry_id, t.position
""")
