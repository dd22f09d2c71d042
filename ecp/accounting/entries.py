"""Reading journals and entries, as they were posted.

Amounts are dirhams; days are included. What a person may not see is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import money
from ecp.accounting.ledger import LONGEST_PAGE, cursor
from ecp.db import session
from ecp.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """A line as it was posted."""

    position: int
    account: str
    title: str
    activity_id: int
    activity: str
    party_id: int | None
    party: str
    label: str
    debit: Decimal
    credit: Decimal
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class EntryView:
    """An entry with the lines this person sees; `number` is None until its transaction is committed."""

    id: int
    enterprise_id: int
    on: date
    journal: str
    number: int | None
    label: str
    document: str
    source: str
    reverses_id: int | None
    reversed_by_id: int | None
    sealed_at: Any
    digest: str
    author: str
    lines: list[EntryLine]

    @property
    def total(self) -> Decimal:
        """The sum of the debits that are seen."""
        return sum((line.debit for line in self.lines), money.ZERO)


@dataclass(frozen=True, kw_only=True)
class Totals:
    """How many entries, and what they come to, on either side."""

    count: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class JournalPage:
    """Entries of a journal in the order of days; `next` asks for those that follow, None at the end."""

    entries: list[EntryView]
    next: str | None

    @property
    def totals(self) -> Totals:
        """What the entries of the page come to."""
        return Totals(count=len(self.entries), amount=sum((each.total for each in self.entries), money.ZERO))


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The entries before and after one in its journal and exercise, by number; None at either end."""

    before_id: int | None
    after_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where an entry stands: enough to lead to it."""

    entry_id: int
    source: str
    journal: str
    number: int | None


def journal_page(  # noqa: PLR0913 (whose, which, when, where)
    enterprise_id: int,
    *,
    journal: str | None = None,
    activity_id: int | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> JournalPage:
    """Give a page of the entries of a journal (or of all), with their lines."""
    day, entry_id, _ = cursor(after) if after else (from_on or date.min, 0, 0)
    values = {
        "enterprise": enterprise_id,
        "journal": journal,
        "activity": activity_id,
        "day": day,
        "entry": entry_id,
        "last": to_on or date.max,
        "limit": min(limit, LONGEST_PAGE) + 1,
    }
    ids = [tuple(row) for row in session.execute(_JOURNAL_IDS, values)]
    shown = [each for _, each in ids[:limit]]
    following = f"{ids[limit - 1][0].isoformat()}_{ids[limit - 1][1]}" if len(ids) > limit else None
    return JournalPage(entries=_entries(enterprise_id, shown), next=following)


def totals(
    enterprise_id: int,
    *,
    journal: str | None = None,
    activity_id: int | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
) -> Totals:
    """Tell what the entries of a journal (or of all) come to, whole where they touch an activity; from their seals."""
    values = {
        "enterprise": enterprise_id,
        "journal": journal,
        "activity": activity_id,
        "first": from_on or date.min,
        "last": to_on or date.max,
    }
    row = session.execute(_TOTALS, values).one()
    return Totals(count=row.entries, amount=money.from_centimes(row.total))


def neighbours(found: EntryView) -> Neighbours:
    """Find the entries numbered just before and after one in its journal and exercise."""
    values = {"enterprise": found.enterprise_id, "entry": found.id}
    row = session.execute(_NEIGHBOURS, values).one_or_none()
    return Neighbours(before_id=row.before_id if row else None, after_id=row.after_id if row else None)


def entry(entry_id: int, enterprise_id: int | None = None) -> EntryView:
    """Give an entry; raises NotFound, also where it is not for this person's eyes."""
    owner = session.execute(_OWNER, {"entry": entry_id, "enterprise": enterprise_id}).scalar_one_or_none()
    if owner is None:
        raise NotFound
    return _entries(owner, [entry_id])[0]


def of_sources(enterprise_id: int, sources: Sequence[str]) -> list[Reference]:
    """Find the entries of what happened, by the sources they were posted with, in their order."""
    rows = session.execute(_OF_SOURCES, {"enterprise": enterprise_id, "sources": list(sources)})
    return [Reference(**row._mapping) for row in rows]  # noqa: SLF001


def _entries(enterprise_id: int, ids: list[int]) -> list[EntryView]:
    if not ids:
        return []
    values = {"enterprise": enterprise_id, "ids": ids}
    lines: dict[int, list[EntryLine]] = {each: [] for each in ids}
    for row in session.execute(_LINES, values):
        lines[row.entry_id].append(_entry_line(row))
    heads = {row.id: row for row in session.execute(_HEADS, values)}
    return [
        EntryView(enterprise_id=enterprise_id, lines=lines[each], **heads[each]._mapping)  # noqa: SLF001
        for each in ids
    ]


def _entry_line(row: sa.Row[Any]) -> EntryLine:
    return EntryLine(
        position=row.position,
        account=row.account,
        title=row.title,
        activity_id=row.activity_id,
        activity=row.activity,
        party_id=row.party_id,
        party=row.party or "",
        label=row.label,
        debit=money.from_centimes(row.debit),
        credit=money.from_centimes(row.credit),
        due_on=row.due_on,
    )


_WANTED = """
    e.enterprise_id = :enterprise and e.day <= :last
      and (cast(:journal as text) is null
        or e.journal_id = (select id from journal where enterprise_id = :enterprise and code = :journal))
      and (cast(:activity as int) is null or e.activities @> array[cast(:activity as int)])
"""
_JOURNAL_IDS = sa.text(f"""
    select e.day, e.id from entry e where {_WANTED} and (e.day, e.id) > (:day, :entry)
    order by e.day, e.id limit :limit
""")
_TOTALS = sa.text(f"""
    select count(*) as entries, cast(coalesce(sum(s.total), 0) as bigint) as total
    from entry e join entry_seal s on s.enterprise_id = e.enterprise_id and s.entry_id = e.id
    where {_WANTED} and e.day >= :first
""")
_NEIGHBOURS = sa.text("""
    select min(s.entry_id) filter (where s.number < here.number) as before_id,
        min(s.entry_id) filter (where s.number > here.number) as after_id
    from entry_seal here join entry_seal s on s.enterprise_id = here.enterprise_id and s.journal_id = here.journal_id
        and s.year_id = here.year_id and s.number in (here.number - 1, here.number + 1)
    where here.enterprise_id = :enterprise and here.entry_id = :entry
""")
_OF_SOURCES = sa.text("""
    select e.id as entry_id, e.source, j.code as journal, s.number
    from entry e
    join journal j on j.enterprise_id = e.enterprise_id and j.id = e.journal_id
    left join entry_seal s on s.enterprise_id = e.enterprise_id and s.entry_id = e.id
    where e.enterprise_id = :enterprise and e.source = any (:sources)
    order by e.id
""")
_OWNER = sa.text("""
    select enterprise_id from entry
    where id = :entry and enterprise_id = any ((select array_agg(id) from enterprise)::int[])
      and (cast(:enterprise as int) is null or enterprise_id = :enterprise)
""")
_HEADS = sa.text("""
    select e.id, e.day as "on", j.code as journal, s.number, e.label, e.document, e.source, e.reverses_id,
        r.id as reversed_by_id, s.sealed_at, coalesce(encode(s.digest, 'hex'), '') as digest,
        coalesce((select p.name from person p where p.id = e.author), '') as author
    from entry e
    join journal j on j.enterprise_id = e.enterprise_id and j.id = e.journal_id
    left join entry_seal s on s.enterprise_id = e.enterprise_id and s.entry_id = e.id
    left join entry r on r.enterprise_id = e.enterprise_id and r.reverses_id = e.id
    where e.enterprise_id = :enterprise and e.id = any (:ids)
""")
_LINES = sa.text("""
    select l.entry_id, l.position, a.number as account, a.title, l.activity_id, coalesce(v.code, '') as activity,
        l.party_id, l.label, l.debit, l.credit, l.due_on,
        (select p.name from party p where p.enterprise_id = l.enterprise_id and p.id = l.party_id) as party
    from entry_line l
    join account a on a.enterprise_id = l.enterprise_id and a.id = l.account_id
    left join activity v on v.enterprise_id = l.enterprise_id and v.id = l.activity_id
    where l.enterprise_id = :enterprise and l.entry_id = any (:ids)
    order by l.entry_id, l.position
""")
