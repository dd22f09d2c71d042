"""What stays on accounts that only wait: suspense accounts (3497, 4497) and funds in transit (5115).

Each balance is debit less credit, to be cleared before a month is closed.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from ecp import money
from ecp.accounting.ledger import last_close
from ecp.db import session


@dataclass(frozen=True, kw_only=True)
class Uncleared:
    """An account that only waits, and what is left on it."""

    number: str
    title: str
    title_ar: str
    title_en: str
    balance: Decimal


def left(enterprise_id: int, on: date | None = None) -> list[Uncleared]:
    """List the accounts that are not cleared at the end of a day; without one, by all that is posted."""
    rows = session.execute(_LEFT, {"enterprise": enterprise_id, "last": on or date.max}).mappings()
    return [Uncleared(**{**row, "balance": money.from_centimes(row["balance"])}) for row in rows]


_LEFT = sa.text(f"""
    with closed as materialized ({last_close("cast(:last as date)")}
    ), waiting as (
        select id, number, title, title_ar, title_en from account
        where enterprise_id = :enterprise and (number like '3497%' or number like '4497%' or number like '5115%')
    )
    select w.number, w.title, w.title_ar, w.title_en, cast(sum(moves.amount) as bigint) as balance
    from waiting w join (
        select b.account_id, b.debit - b.credit as amount from enterprise_balance b
        where b.enterprise_id = :enterprise and b.month = (select month from closed)
          and b.account_id in (select id from waiting)
        union all
        select l.account_id, l.debit - l.credit from entry_line l
        where l.enterprise_id = :enterprise and l.account_id in (select id from waiting)
          and l.day >= (select since from closed) and l.day <= :last
    ) moves on moves.account_id = w.id
    group by w.number, w.title, w.title_ar, w.title_en having sum(moves.amount) <> 0 order by w.number
""").bindparams(sa.bindparam("last", type_=sa.Date))
