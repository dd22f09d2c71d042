"""Statements on paper: one PDF for each language its people read, kept with the statement, and the mail that brings it.

Workers find the statements that have no paper yet, each taking some that nobody else holds; so several print at once
and one that is killed leaves its share to the others. Rendering needs no database: it is given to `render`, which may
spread it over processes (typst compiles one document at a time in a process).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ecp import clock, documents, outgoing
from ecp.db import session
from ecp.hosting import advice, errors, hosted, monthly_statement, snapshot
from ecp.hosting.hosted import Reader
from ecp.hosting.snapshot import Snapshot

PRINT = "hosting.print_statements"
"""The job that prints: nudge it once the figures are frozen."""

BATCH = 20
MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A frozen statement."""

    id: int
    enterprise_id: int
    activity_id: int
    code: str
    language: str
    month: date
    made_at: datetime
    digest: str
    figures: Snapshot


@dataclass(frozen=True)
class Sheet:
    """One PDF to make."""

    statement: Statement
    language: str


Render = Callable[[Sequence[Sheet]], list[bytes]]


def rendered(sheets: Sequence[Sheet]) -> list[bytes]:
    """Make PDFs one after the other, here."""
    return [render(sheet) for sheet in sheets]


def render(sheet: Sheet) -> bytes:
    """Make one PDF: the same figures give the same bytes."""
    statement, language = sheet.statement, sheet.language
    document = monthly_statement.document(statement.figures, made_at=statement.made_at, language=language)
    return documents.pdf(document, language=language)


def print_some(*, link: Callable[[Statement], str], render: Render = rendered, batch: int = BATCH) -> int:
    """Print a batch of statements that have no paper yet, in the caller's transaction; give how many.

    `link` tells where a statement is read.
    """
    waiting = [_statement(dict(row._mapping)) for row in session.execute(_WAITING, {"limit": batch})]  # noqa: SLF001
    if not waiting:
        return 0
    readers = _readers(waiting)
    sheets = [Sheet(each, language) for each in waiting for language in _languages(each, readers)]
    files: dict[tuple[int, str], int] = {}
    for sheet, content in zip(sheets, render(sheets), strict=True):
        files[sheet.statement.id, sheet.language] = _keep(sheet, content)
    for each in waiting:
        for reader in readers.get((each.enterprise_id, each.activity_id), ()):
            _mail(each, reader, files[each.id, reader.language], link(each))
    session.execute(_PRINTED, {"ids": [each.id for each in waiting], "at": clock.now()})
    return len(waiting)


def address(root: str, statement: Statement) -> str:
    """Say where a statement is read."""
    return f"{root}/releves/{statement.month:%Y-%m}?activite={statement.activity_id}"


def settle() -> None:
    """Note the runs whose statements are all printed, in the caller's transaction."""
    session.execute(_SETTLE, {"at": clock.now()})


def one(enterprise_id: int, activity_id: int, month: date) -> Statement:
    """Give a statement; StatementNotFound where there is none for this person."""
    values = {"enterprise_id": enterprise_id, "activity_id": activity_id, "month": month.replace(day=1)}
    row = session.execute(_ONE, values).one_or_none()
    if row is None:
        raise errors.StatementNotFound
    return _statement(dict(row._mapping))  # noqa: SLF001


def pdf(statement: Statement, language: str) -> bytes:
    """Give the paper of a statement: as it was kept, or made now in a language nobody had asked for."""
    row = session.execute(_KEPT, {"id": statement.id, "language": language}).scalar_one_or_none()
    return bytes(row) if row is not None else render(Sheet(statement, language))


def listed(enterprise_id: int, activity_id: int, *, limit: int | None = None) -> list[tuple[date, Snapshot]]:
    """List the statements of an activity, the newest first."""
    values = {"enterprise_id": enterprise_id, "activity_id": activity_id, "limit": limit}
    return [(row.month, snapshot.read(row.figures)) for row in session.execute(_LISTED, values)]


def _statement(row: Mapping[str, Any]) -> Statement:
    return Statement(**{**row, "figures": snapshot.read(row["figures"])})


def _readers(statements: Sequence[Statement]) -> dict[tuple[int, int], list[Reader]]:
    found: dict[tuple[int, int], list[Reader]] = {}
    for enterprise_id in {each.enterprise_id for each in statements}:
        ids = [each.activity_id for each in statements if each.enterprise_id == enterprise_id]
        for reader in hosted.readers(enterprise_id, ids):
            found.setdefault((enterprise_id, reader.activity_id), []).append(reader)
    return found


def _languages(statement: Statement, readers: Mapping[tuple[int, int], Sequence[Reader]]) -> list[str]:
    """The languages of those who read it, each once; the activity's where nobody does."""
    ours = readers.get((statement.enterprise_id, statement.activity_id), ())
    return list(dict.fromkeys(reader.language for reader in ours)) or [statement.language]


def _keep(sheet: Sheet, content: bytes) -> int:
    statement = sheet.statement
    file_id = outgoing.store(
        enterprise_id=statement.enterprise_id,
        activity_id=statement.activity_id,
        name=monthly_statement.file_name(statement.figures, statement.code, sheet.language),
        media_type=MEDIA_TYPE,
        content=content,
    )
    values = {"enterprise_id": statement.enterprise_id, "id": statement.id, "language": sheet.language}
    session.execute(_KEEP, {**values, "file_id": file_id})
    return file_id


def _mail(statement: Statement, reader: Reader, file_id: int, link: str) -> None:
    told = advice.of(statement.figures)[0]
    data = {
        "name": reader.name,
        "activity": statement.figures.activity,
        "month": statement.month,
        "available": statement.figures.available,
        "next_step": "" if told.key == "in_order" else advice.sentence(told, reader.language),
        "link": link,
    }
    outgoing.write(
        key=f"statement:{statement.id}:{reader.person_id}",
        recipient=reader.email,
        mail=documents.mail("monthly_statement", data, reader.language),
        enterprise_id=statement.enterprise_id,
        activity_id=statement.activity_id,
        person_id=reader.person_id,
        file_ids=[file_id],
    )


_COLUMNS = """
    s.id, s.enterprise_id, s.activity_id, a.code, a.language, s.month, s.made_at, s.digest, s.figures
    from monthly_statement s join activity a on a.enterprise_id = s.enterprise_id and a.id = s.activity_id
"""
_WAITING = sa.text(f"""
    select {_COLUMNS} join statement_print p on p.statement_id = s.id
    where p.printed_at is null order by s.id limit :limit for update of p skip locked
""")
_PRINTED = sa.text("update statement_print set printed_at = :at where statement_id = any(:ids)")
_ONE = sa.text(f"""
    select {_COLUMNS}
    where s.enterprise_id = :enterprise_id and s.activity_id = :activity_id and s.month = :month
""")
_KEEP = sa.text("""
    insert into statement_file (enterprise_id, statement_id, language, file_id)
    values (:enterprise_id, :id, :language, :file_id)
""")
_KEPT = sa.text("""
    select f.content from statement_file p
    join stored_file f on f.enterprise_id = p.enterprise_id and f.id = p.file_id
    where p.statement_id = :id and p.language = :language
""")
_LISTED = sa.text("""
    select month, figures from monthly_statement
    where enterprise_id = :enterprise_id and activity_id = :activity_id order by month desc limit :limit
""")
_SETTLE = sa.text("""
    update month_run r
    set finished_at = :at,
        state = case when exists (select 1 from month_outcome o where o.enterprise_id = r.enterprise_id
                and o.month = r.month and o.state = 'failed') then 'incomplete' else 'done' end,
        done = r.total
    where r.state = 'printing' and not exists (
        select 1 from statement_print p join monthly_statement s on s.id = p.statement_id
        where s.enterprise_id = r.enterprise_id and s.month = r.month and p.printed_at is null)
""")
