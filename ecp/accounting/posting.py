"""The one door by which entries come into the books, for one (`post`) and for thousands (`post_many`).

The database keeps the promises: it checks rights, resolves accounts, refuses closed months, and at commit balances,
numbers, chains and seals each entry (migration 0003). So the number of an entry is known only after the commit.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, count, groupby, islice, repeat

import sqlalchemy as sa

from ecp.accounting import errors, rules
from ecp.accounting.rules import Draft, DraftLine, PlainEntry, PlainLine
from ecp.db import call, call_each, session, told
from ecp.libpq import Query

__all__ = ["Draft", "DraftLine", "Posted", "post", "post_many", "post_plain", "refresh_statistics", "reverse"]

AT_A_TIME = 1000
"""Entries of one call: enough to make calls cheap, few enough to be made while the last are written."""


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry in the books; not new where the same source was posted before, with the same content."""

    entry_id: int
    is_new: bool


def post(draft: Draft) -> Posted:
    """Post an entry in the caller's transaction.

    Raises: EntryInvalid, UnknownAccount, UnknownJournal, NoFiscalYear, PeriodClosed, SourceReused, NotYours; the month
    is looked at again at commit, under the lock that whoever closes it takes too.
    """
    entry = rules.plain(draft)
    head = (entry.source, entry.on, entry.journal, entry.label, entry.document, rules.fingerprint(entry))
    accounts = _numbers(line.account for line in entry.lines)
    with told():
        [(entry_id, is_new)] = call(_POST, (draft.enterprise_id, *head, accounts, *_columns(entry.lines)))
    return Posted(entry_id, is_new)


def post_many(drafts: Iterable[Draft]) -> list[Posted]:
    """Post entries in their order, all or nothing; gives them in that order.

    They are taken as they come: while the database has some, the next are made and looked at. So what makes them leaves
    the session alone.

    Raises: as `post`.
    """
    posted: list[Posted] = []
    with session.begin_nested():
        for enterprise_id, ours in groupby(_once(drafts), key=lambda draft: draft.enterprise_id):
            posted += _post_many(enterprise_id, map(rules.plain, ours))
    return posted


def post_plain(enterprise_id: int, entries: Iterable[PlainEntry]) -> list[Posted]:
    """Do as `post_many` with entries that have been looked at, each of another source.

    Raises: as `post`.
    """
    with session.begin_nested():
        return list(_post_many(enterprise_id, iter(entries)))


def reverse(enterprise_id: int, entry_id: int, on: date, reason: str, source: str | None = None) -> Posted:
    """Undo an entry by its exact mirror, dated in an open month; once (I7).

    Raises: NotFound, AlreadyReversed, ReversalOfReversal, ReversalBeforeOriginal, PeriodClosed, NoFiscalYear, and
    EntryOfDocument for what is undone with the document it comes from.
    """
    label = " ".join(reason.split())[: rules.LONGEST_LABEL] or "Extourne"
    key = source or f"reversal:{entry_id}"
    values = {
        "enterprise": enterprise_id,
        "entry": entry_id,
        "on": on,
        "label": label,
        "source": key,
        "fingerprint": hashlib.sha256(f"{entry_id}:{on}:{label}".encode()).hexdigest(),
    }
    with told():
        row = session.execute(_REVERSE, values).one()
    return Posted(row.entry_id, row.is_new)


def refresh_statistics() -> None:
    """Tell the planner what a large import has changed; else reports may be slow until autovacuum has been round."""
    session.execute(_STATISTICS)


def _once(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Refuse the same source twice."""
    seen: set[tuple[int, str]] = set()
    for draft in drafts:
        key = (draft.enterprise_id, draft.source)
        if key in seen:
            raise errors.SourceReused(source=draft.source)
        seen.add(key)
        yield draft


def _post_many(enterprise_id: int, entries: Iterator[PlainEntry]) -> Iterator[Posted]:
    """Hand the entries of one enterprise over, a thousand a call."""
    parts = iter(lambda: list(islice(entries, AT_A_TIME)), [])
    calls: Iterator[tuple[int | str, ...]] = ((enterprise_id, *_many(some)) for some in parts)
    with told():
        for rows in call_each(_POST_MANY, calls):
            found: dict[int, Posted] = {}
            for place, entry_id, is_new in rows:
                found.setdefault(place, Posted(entry_id, is_new))
            yield from (found[place] for place in sorted(found))


def _many(entries: list[PlainEntry]) -> tuple[str, ...]:
    """Column by column; a line says the places of its entry and its account, and its own place in the entry."""
    sources, days, journals, labels, documents, lines = zip(*entries, strict=True)
    sizes = list(map(len, lines))
    every_line = list(chain.from_iterable(lines))
    accounts: dict[str, int] = {}
    account_places = [accounts.setdefault(line.account, len(accounts) + 1) for line in every_line]
    return (
        _texts(sources),
        _numbers(days),
        _texts(journals),
        _texts(labels),
        _texts(documents),
        _numbers(map(rules.fingerprint, entries)),
        _texts([_numbers(sorted({line.activity_id for line in each})) for each in lines]),
        _numbers(accounts),
        _numbers(chain.from_iterable(map(repeat, count(1), sizes))),
        _numbers(chain.from_iterable(range(1, size + 1) for size in sizes)),
        _numbers(account_places),
        *_columns(every_line),
    )


def _columns(lines: Sequence[PlainLine]) -> tuple[str, ...]:
    """Write all that lines say but their accounts."""
    _, activities, debits, credits_, parties, due, labels = zip(*lines, strict=True)
    return (
        _numbers(activities),
        _numbers_or_none(parties),
        _numbers(debits),
        _numbers(credits_),
        _texts(labels),
        _numbers_or_none(due),
    )


def _numbers(values: Iterable[object]) -> str:
    """Write an array as PostgreSQL reads it: for thousands of values much quicker than binding each."""
    return "{" + ",".join(map(str, values)) + "}"


def _numbers_or_none(values: Iterable[object]) -> str:
    return _numbers(["null" if value is None else value for value in values])


def _texts(values: Sequence[str]) -> str:
    """Write an array of texts, of one at least; signs that an array means are looked for once for all."""
    written = '","'.join(values)
    if "\\" in written or written.count('"') > 2 * (len(values) - 1):
        written = '","'.join(value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return '{"' + written + '"}'


_POST = Query("""
    select made, is_new from ledger_post($1, $2, $3, $4, $5, $6, $7, $8::text[], $9::int[], $10::bigint[],
        $11::bigint[], $12::bigint[], $13::text[], $14::date[])
""")
_POST_MANY = Query("""
    select place, entry_id, is_new from ledger_post_many($1, $2::text[], $3::date[], $4::text[], $5::text[],
        $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::int[], $12::int[], $13::int[],
        $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], $18::date[])
""")
_STATISTICS = sa.text("select ledger_refresh_statistics()")
_REVERSE = sa.text(
    "select entry_id, is_new from ledger_reverse(:enterprise, :entry, :on, :label, :source, :fingerprint)"
)
