"""The one door by which entries come into the books, for one (`post`) and for thousands (`post_many`).

The database keeps the promises: it checks rights, resolves accounts, refuses closed months, and at commit balances,
numbers, chains and seals each entry (migration 0003). So the number of an entry is known only after the commit.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from ecp.accounting import errors, rules
from ecp.accounting.rules import Draft, DraftLine
from ecp.db import session, told

__all__ = ["Draft", "DraftLine", "Posted", "post", "post_many", "reverse"]


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
    return post_many([draft])[0]


def post_many(drafts: Sequence[Draft]) -> list[Posted]:
    """Post entries of one enterprise, in their order, all or nothing; gives them in that order.

    Raises: as `post`.
    """
    for draft in drafts:
        rules.check(draft)
    _refuse_twins(drafts)
    posted: list[Posted] = []
    for enterprise_id, some in groupby(drafts, key=lambda draft: draft.enterprise_id):
        posted += _post(enterprise_id, list(some))
    return posted


def reverse(enterprise_id: int, entry_id: int, on: date, reason: str, source: str | None = None) -> Posted:
    """Undo an entry by its exact mirror, dated in an open month; once (I7).

    Raises: NotFound, AlreadyReversed, ReversalOfReversal, ReversalBeforeOriginal, PeriodClosed, NoFiscalYear.
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


def _refuse_twins(drafts: Sequence[Draft]) -> None:
    seen: dict[tuple[int, str], None] = {}
    for draft in drafts:
        key = (draft.enterprise_id, draft.source)
        if key in seen:
            raise errors.SourceReused(source=draft.source)
        seen[key] = None


def _post(enterprise_id: int, drafts: list[Draft]) -> list[Posted]:
    """Hand the entries over in one call, column by column."""
    lines = [(place, line) for place, draft in enumerate(drafts, 1) for line in draft.lines]
    values: dict[str, Any] = {
        "enterprise": enterprise_id,
        "sources": [draft.source for draft in drafts],
        "days": _array(draft.on.isoformat() for draft in drafts),
        "journals": [draft.journal for draft in drafts],
        "labels": [draft.label for draft in drafts],
        "documents": [draft.document for draft in drafts],
        "fingerprints": _array(rules.fingerprint(draft) for draft in drafts),
        "line_entry": _array(place for place, _ in lines),
        "line_account": [line.account for _, line in lines],
        "line_activity": _array(line.activity_id for _, line in lines),
        "line_party": _array(line.party_id for _, line in lines),
        "line_debit": _array(int(line.debit.scaleb(2)) for _, line in lines),
        "line_credit": _array(int(line.credit.scaleb(2)) for _, line in lines),
        "line_label": [line.label for _, line in lines],
        "line_due": _array(line.due_on for _, line in lines),
    }
    with told():
        rows = session.execute(_POST, values).all()
    found: dict[int, Posted] = {}
    for place, entry_id, is_new in rows:
        found.setdefault(place, Posted(entry_id, is_new))
    return [found[place] for place in range(1, len(drafts) + 1)]


def _array(values: Iterable[object]) -> str:
    """Write an array as PostgreSQL reads it: for thousands of numbers much quicker than binding each."""
    return "{" + ",".join("null" if value is None else str(value) for value in values) + "}"


_POST = sa.text("""
    select place, entry_id, is_new from ledger_post(
        :enterprise, :sources, cast(cast(:days as text) as date[]), :journals, :labels, :documents,
        cast(cast(:fingerprints as text) as text[]), cast(cast(:line_entry as text) as int[]), :line_account,
        cast(cast(:line_activity as text) as int[]), cast(cast(:line_party as text) as bigint[]),
        cast(cast(:line_debit as text) as bigint[]), cast(cast(:line_credit as text) as bigint[]), :line_label,
        cast(cast(:line_due as text) as date[]))
""")
_REVERSE = sa.text(
    "select entry_id, is_new from ledger_reverse(:enterprise, :entry, :on, :label, :source, :fingerprint)"
)
