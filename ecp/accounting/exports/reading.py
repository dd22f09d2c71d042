"""Reads what is exported: the lines of an enterprise or an activity, day by day, in the order of the books.

Entries that came from a file keep its reference; those made here have one that begins with the enterprise's code
(`TANGER:OD-2026-1`), which its own import refuses: what is exported never comes back as something new (decision 0060).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ecp import clock, money
from ecp.accounting.entries_cells import OWN
from ecp.accounting.exports.lines import Book, Line
from ecp.db import session

_AT_A_TIME = 5000


@dataclass(frozen=True)
class Wanted:
    """Whose lines, of which days, account (its number) and journal (its code); both ends are included, none is all."""

    enterprise_id: int
    activity_id: int | None = None
    from_on: date | None = None
    to_on: date | None = None
    account: str | None = None
    journal: str | None = None

    def bound(self) -> dict[str, object]:
        """Give the values of the queries."""
        return {
            "enterprise_id": self.enterprise_id,
            "activity_id": self.activity_id,
            "first": self.from_on or date.min,
            "last": self.to_on or date.max,
            "account": self.account,
            "journal": self.journal,
        }


def book(wanted: Wanted) -> Book:
    """Say whose books they are and which accounts their lines use."""
    values = wanted.bound()
    owner = session.execute(_OWNER, values).one()
    accounts = [(row.number, row.title) for row in session.execute(_ACCOUNTS, values)]
    first_on = session.execute(_FIRST, values).scalar_one() or clock.today()
    return Book(owner.code, owner.name, first_on, accounts)


def lines(wanted: Wanted) -> Iterator[Line]:
    """Give the lines, an entry's together; constant memory, whatever their number."""
    rows = session.execute(_LINES, wanted.bound(), execution_options={"yield_per": _AT_A_TIME})
    for row in rows:
        yield Line(
            ref=row.ref,
            on=row.day,
            journal=row.journal,
            activity=row.activity,
            account=row.account,
            debit=money.from_centimes(row.debit),
            credit=money.from_centimes(row.credit),
            label=row.label or "",
            party=row.party or "",
            document=row.document or "",
            due_on=row.due_on,
        )


_OF = """
    l.enterprise_id = :enterprise_id and (cast(:activity_id as int) is null or l.activity_id = :activity_id)
    and l.day between :first and :last
    and (cast(:account as text) is null or a.number = :account)
    and (cast(:journal as text) is null or e.journal_id = (
        select j.id from journal j where j.enterprise_id = :enterprise_id and j.code = :journal))
"""
_FROM = """
    entry_line l
    join entry e on e.enterprise_id = l.enterprise_id and e.id = l.entry_id
    join account a on a.enterprise_id = l.enterprise_id and a.id = l.account_id
"""
_OWNER = sa.text("select code, name from enterprise where id = :enterprise_id")
_ACCOUNTS = sa.text(f"select distinct a.number, a.title from {_FROM} where {_OF} order by a.number")
_FIRST = sa.text(f"select min(l.day) from {_FROM} where {_OF}")
_LINES = sa.text(f"""
    select
        case when e.source like 'import:%' then substr(e.source, 8)
            else o.code || '{OWN}' || j.code || '-' || extract(year from e.day) || '-' || s.number end as ref,
        e.day, j.code as journal, v.code as activity, a.number as account, l.debit, l.credit,
        coalesce(nullif(l.label, ''), e.label) as label, p.name as party, e.document, l.due_on
    from {_FROM}
    join enterprise o on o.id = e.enterprise_id
    join journal j on j.enterprise_id = e.enterprise_id and j.id = e.journal_id
    join entry_seal s on s.enterprise_id = e.enterprise_id and s.entry_id = e.id
    join activity v on v.enterprise_id = l.enterprise_id and v.id = l.activity_id
    left join party p on p.enterprise_id = l.enterprise_id and p.id = l.party_id
    where {_OF}
    order by e.day, j.code, s.number, l.position
""")
