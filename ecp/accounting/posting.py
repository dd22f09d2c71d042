"""The one door by which entries come into the books, for one (`post`) and for thousands (`post_many`).

The database keeps the promises: it checks rights, resolves accounts, refuses closed months, and at commit balances,
numbers, chains and seals each entry (migration 0003). So the number of an entry is known only after the commit.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice

import sqlalchemy as sa

from ecp.accounting import errors, rules
from ecp.accounting.rules import Draft, DraftLine
from ecp.db import call, call_each, session, told

__all__ = ["Draft", "DraftLine", "Posted", "post", "post_many", "refresh_statistics", "reverse"]

AT_A_TIME = 2000
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
    rules.check(draft)
    head = (draft.source, draft.on, draft.journal, draft.label, draft.document, rules.fingerprint(draft))
    with told():
        [(entry_id, is_new)] = call(_POST, (draft.enterprise_id, *head, *_columns(draft.lines)))
    return Posted(entry_id, is_new)


def post_many(drafts: Iterable[Draft]) -> list[Posted]:
    """Post entries in their order, all or nothing; gives them in that order.

    They are taken as they come: while the database has some, the next are made and looked at. So what makes them leaves
    the session alone.

    Raises: as `post`.
    """
    posted: list[Posted] = []
    with session.begin_nested():
        for enterprise_id, ours in groupby(_looked_at(drafts), key=lambda draft: draft.enterprise_id):
            posted += _post_many(enterprise_id, ours)
    return posted


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


def _looked_at(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Refuse what no book can hold, and the same source twice."""
    seen: set[tuple[int, str]] = set()
    for draft in drafts:
        rules.check(draft)
        key = (draft.enterprise_id, draft.source)
        if key in seen:
            raise errors.SourceReused(source=draft.source)
        seen.add(key)
        yield draft


def _post_many(enterprise_id: int, drafts: Iterator[Draft]) -> Iterator[Posted]:
    """Hand the entries of one enterprise over, some thousands a call."""
    calls = ((enterprise_id, *_many(some)) for some in iter(lambda: list(islice(drafts, AT_A_TIME)), []))
    with told():
        for rows in call_each(_POST_MANY, calls):
            found: dict[int, Posted] = {}
            for place, entry_id, is_new in rows:
                found.setdefault(place, Posted(entry_id, is_new))
            yield from (found[place] for place in sorted(found))


def _many(drafts: list[Draft]) -> tuple[object, ...]:
    """Column by column."""
    heads = (
        _texts(draft.source for draft in drafts),
        _numbers(draft.on for draft in drafts),
        _texts(draft.journal for draft in drafts),
        _texts(draft.label for draft in drafts),
        _texts(draft.document for draft in drafts),
        _numbers(rules.fingerprint(draft) for draft in drafts),
        _numbers(place for place, draft in enumerate(drafts, 1) for _ in draft.lines),
        _numbers(position for draft in drafts for position in range(1, len(draft.lines) + 1)),
    )
    return (*heads, *_columns([line for draft in drafts for line in draft.lines]))


def _columns(lines: Sequence[DraftLine]) -> tuple[str, ...]:
    return (
        _numbers(line.account for line in lines),
        _numbers(line.activity_id for line in lines),
        _numbers(line.party_id for line in lines),
        _numbers(int(line.debit.scaleb(2)) for line in lines),
        _numbers(int(line.credit.scaleb(2)) for line in lines),
        _texts(line.label for line in lines),
        _numbers(line.due_on for line in lines),
    )


def _numbers(values: Iterable[object]) -> str:
    """Write an array as PostgreSQL reads it: for thousands of values much quicker than binding each."""
    return "{" + ",".join("null" if value is None else str(value) for value in values) + "}"


def _texts(values: Iterable[str]) -> str:
    return "{" + ",".join(map(_quoted, values)) + "}"


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


_COLUMNS = "%s::text[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::date[]"
_POST = f"select made, is_new from ledger_post(%s, %s, %s, %s, %s, %s, %s, {_COLUMNS})"
_POST_MANY = f"""
    select place, entry_id, is_new from ledger_post_many(%s, %s::text[], %s::date[], %s::text[], %s::text[],
        %s::text[], %s::text[], %s::int[], %s::int[], {_COLUMNS})
"""
_STATISTICS = sa.text("select ledger_refresh_statistics()")
_REVERSE = sa.text(
    "select entry_id, is_new from ledger_reverse(:enterprise, :entry, :on, :label, :source, :fingerprint)"
)
