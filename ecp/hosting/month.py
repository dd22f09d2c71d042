"""The month run: levies posted, the period closed, figures frozen, one statement an activity (DESIGN P9).

    month.start(enterprise_id, first, by=person_id)
    while month.advance(enterprise_id, first).goes_on: ...        # a transaction each

`advance` does one slice of work in the caller's transaction and notes how far the run is in the same one. Wherever it
is cut, the next call goes on from the last commit; a slice done twice changes nothing, because levies post by source
and frozen figures are written once. What fails for one activity is noted with its reason and stops none of the others;
the period closes once all are done. Decision 0052.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ecp import clock, enterprises
from ecp.accounting import month_readings, periods
from ecp.accounting.errors import EarlierMonthOpen
from ecp.db import session
from ecp.errors import DomainError
from ecp.hosting import cash, contribution, errors, figures, hosted, monthly_statement, portfolio, snapshot

CLOSE = "hosting.close_month"
"""The job that runs a month: `key(run)` names it."""

CHUNK = 100
LEVIES, STATEMENTS = "levies", "statements"
MOVING = frozenset({LEVIES, "closing", STATEMENTS})

_YEAR, _MONTH = 4, 2

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Run:
    """How far a month is: `levies`, `closing`, `statements`, `printing`, `done`; or `incomplete`, where some failed."""

    enterprise_id: int
    month: date
    state: str
    attempt: int
    done: int
    total: int
    reason: str
    requested_by: int | None
    started_at: datetime
    finished_at: datetime | None

    @property
    def goes_on(self) -> bool:
        """Whether `advance` has more to do."""
        return self.state in MOVING


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an activity in a run."""

    activity_id: int
    stage: str
    state: str
    reason: str


def refusal(enterprise_id: int, month: date) -> DomainError | None:
    """Tell why a month cannot be closed now, or None where it can."""
    month = month.replace(day=1)
    last = month_readings.last_day(month)
    if clock.today() <= last:
        return errors.MonthNotOver(month=f"{month:%m/%Y}", day=f"{last + timedelta(days=1):%d/%m/%Y}")
    if not any(each.month == month for each in periods.all_of(enterprise_id)):
        return errors.MonthWithoutPeriod()
    earlier = periods.first_open(enterprise_id)
    if earlier is not None and earlier < month:
        return EarlierMonthOpen(month=f"{earlier:%m/%Y}")
    return None


def start(enterprise_id: int, month: date, *, by: int | None = None) -> Run:
    """Ask for a month to be closed, or for one that is incomplete to be tried again; a run that goes on is left alone.

    MonthNotOver before its end; MonthWithoutPeriod outside of the exercises; EarlierMonthOpen where a month before it
    was left open.
    """
    month = month.replace(day=1)
    refused = refusal(enterprise_id, month)
    if refused is not None:
        raise refused
    values = {"enterprise_id": enterprise_id, "month": month, "by": by, "at": clock.now()}
    session.execute(_START, {**values, "total": len(hosted.in_month(enterprise_id, month))})
    return of(enterprise_id, month)


def key(run: Run) -> str:
    """Name the job of a run: one for each time somebody asked."""
    return f"{run.enterprise_id}:{run.month:%Y-%m}:{run.attempt}"


def parse(text: str) -> date:
    """Read a month as it is written in addresses and commands; ValueError otherwise.

    >>> parse("2026-10")
    datetime.date(2026, 10, 1)
    """
    year, _, number = text.partition("-")
    if not (len(year) == _YEAR and len(number) == _MONTH and (year + number).isdecimal() and text.isascii()):
        raise ValueError(text)
    return date(int(year), int(number), 1)


def of(enterprise_id: int, month: date) -> Run:
    """Give the run of a month; RunNotFound where nobody asked for it."""
    run = found(enterprise_id, month)
    if run is None:
        raise errors.RunNotFound
    return run


def found(enterprise_id: int, month: date) -> Run | None:
    """Give the run of a month, or None where nobody asked for it."""
    row = session.execute(_OF, {"enterprise_id": enterprise_id, "month": month}).one_or_none()
    return Run(**row._mapping) if row else None  # noqa: SLF001 (SQLAlchemy's public name)


def runs(enterprise_id: int) -> list[Run]:
    """List the runs of an enterprise, the newest month first."""
    rows = session.execute(_RUNS, {"enterprise_id": enterprise_id})
    return [Run(**row._mapping) for row in rows]  # noqa: SLF001


def outcomes(enterprise_id: int, month: date) -> list[Outcome]:
    """List what became of each activity."""
    rows = session.execute(_OUTCOMES, {"enterprise_id": enterprise_id, "month": month})
    return [Outcome(**row._mapping) for row in rows]  # noqa: SLF001


def advance(enterprise_id: int, month: date) -> Run:
    """Do the next slice of a run in the caller's transaction; give how far it is."""
    session.execute(_LOCK, {"enterprise_id": enterprise_id, "month": month})
    run = of(enterprise_id, month)
    if run.state == LEVIES:
        _slice(run, LEVIES, _take_levies, following="closing")
    elif run.state == "closing":
        _close(run)
    elif run.state == STATEMENTS:
        _slice(run, STATEMENTS, _freeze, following="printing")
    return of(enterprise_id, month)


def _slice(run: Run, stage: str, work: Callable[[Run, Sequence[int]], None], *, following: str) -> None:
    """Do a stage for some of the activities that this attempt has not seen; after the last, go on or stop."""
    values = {"enterprise_id": run.enterprise_id, "month": run.month}
    here = [each.id for each in hosted.in_month(run.enterprise_id, run.month)]
    seen = set(session.execute(_SEEN, {**values, "stage": stage, "attempt": run.attempt}).scalars())
    pending = [activity_id for activity_id in here if activity_id not in seen]
    chunk = pending[:CHUNK]
    if chunk:
        failed = _each(chunk, lambda ids: work(run, ids))
        _note(run, stage, chunk, failed)
        _move(run, state=stage, done=len(here) - len(pending) + len(chunk), total=len(here))
        return
    count = session.execute(_FAILED, {**values, "stage": stage}).scalar_one()
    if count and stage == LEVIES:
        _stop(run, errors.ActivitiesFailed(count=count))
    else:
        _move(run, state=following, done=0, total=len(here))


def _take_levies(run: Run, activity_ids: Sequence[int]) -> None:
    exercise = cash.exercise_of(run.enterprise_id, run.month)
    dues = contribution.compute(run.enterprise_id, activity_ids, run.month, exercise)
    structure_id = enterprises.structure(run.enterprise_id).id
    contribution.post(run.enterprise_id, [due for found in dues.values() for due in found], structure_id=structure_id)


def _close(run: Run) -> None:
    """Close the period; what the books refuse is told, and the run may be tried again."""
    if periods.is_closed(run.enterprise_id, run.month):
        _move(run, state=STATEMENTS, done=0, total=run.total)
        return
    try:
        with session.begin_nested():
            periods.close(run.enterprise_id, run.month)
    except DomainError as error:
        _stop(run, error)
    else:
        _move(run, state=STATEMENTS, done=0, total=run.total)


def _freeze(run: Run, activity_ids: Sequence[int]) -> None:
    """Freeze the figures of activities that have none yet: once written they never change."""
    values = {"enterprise_id": run.enterprise_id, "month": run.month}
    frozen = set(session.execute(_FROZEN, values).scalars())
    subjects = hosted.subjects(run.enterprise_id, [each for each in activity_ids if each not in frozen])
    if not subjects:
        return
    exercise = cash.exercise_of(run.enterprise_id, run.month)
    head = hosted.letterhead(run.enterprise_id)
    made = figures.snapshots(run.enterprise_id, subjects, run.month, exercise, head)
    rows = [_row(run, activity_id, each) for activity_id, each in made.items()]
    session.execute(_FREEZE, rows)
    session.execute(_TO_PRINT, values)
    portfolio.write(run.enterprise_id, made)


def _row(run: Run, activity_id: int, made: snapshot.Snapshot) -> dict[str, Any]:
    """Write figures as a row; ValueError where they do not add up, before anything is frozen."""
    at = clock.now().replace(microsecond=0)  # typst dates papers to the second
    monthly_statement.document(made, made_at=at, language="fr")
    plain = snapshot.written(made)
    return {
        "enterprise_id": run.enterprise_id,
        "activity_id": activity_id,
        "month": run.month,
        "figures": json.dumps(plain, ensure_ascii=False, sort_keys=True),
        "digest": snapshot.digest(plain),
        "at": at,
    }


def _each(activity_ids: Sequence[int], work: Callable[[Sequence[int]], None]) -> dict[int, Exception]:
    """Do the work of all at once; where it is refused, halve until those who cannot are known, with the reason."""
    try:
        with session.begin_nested():
            work(activity_ids)
    except (DomainError, ValueError, ArithmeticError, sa.exc.IntegrityError, sa.exc.InternalError) as error:
        if len(activity_ids) == 1:
            log.warning("activity %s failed: %r", activity_ids[0], error)
            return {activity_ids[0]: error}
        middle = len(activity_ids) // 2
        return _each(activity_ids[:middle], work) | _each(activity_ids[middle:], work)
    return {}


def _note(run: Run, stage: str, activity_ids: Sequence[int], failed: dict[int, Exception]) -> None:
    rows = [
        {
            "enterprise_id": run.enterprise_id,
            "month": run.month,
            "activity_id": activity_id,
            "stage": stage,
            "state": "failed" if activity_id in failed else "done",
            "reason": str(failed.get(activity_id, ""))[:1000],
            "attempt": run.attempt,
            "at": clock.now(),
        }
        for activity_id in activity_ids
    ]
    session.execute(_NOTE, rows)


def _move(run: Run, *, state: str, done: int, total: int) -> None:
    values = {"enterprise_id": run.enterprise_id, "month": run.month, "state": state, "done": done, "total": total}
    session.execute(_MOVE, values)


def _stop(run: Run, error: DomainError) -> None:
    values = {"enterprise_id": run.enterprise_id, "month": run.month, "reason": str(error), "at": clock.now()}
    session.execute(_STOP, values)


_COLUMNS = """
    enterprise_id, month, state, attempt, total, reason, requested_by, started_at, finished_at,
    case when state = 'printing' then (
        select cast(count(p.printed_at) as int) from statement_print p
        join monthly_statement s on s.enterprise_id = p.enterprise_id and s.id = p.statement_id
        where s.enterprise_id = r.enterprise_id and s.month = r.month) else done end as done
"""
_WHICH = "enterprise_id = :enterprise_id and month = :month"
_START = sa.text("""
    insert into month_run as run (enterprise_id, month, state, total, requested_by, started_at)
    values (:enterprise_id, :month, 'levies', :total, :by, :at)
    on conflict (enterprise_id, month) do update
    set state = 'levies', attempt = run.attempt + 1, done = 0, reason = '', finished_at = null,
        requested_by = excluded.requested_by
    where run.state = 'incomplete'
""")
_OF = sa.text(f"select {_COLUMNS} from month_run r where {_WHICH}")
_LOCK = sa.text(f"select 1 from month_run where {_WHICH} for update")
_RUNS = sa.text(f"select {_COLUMNS} from month_run r where enterprise_id = :enterprise_id order by month desc")
_OUTCOMES = sa.text(f"""
    select activity_id, stage, state, reason from month_outcome where {_WHICH}
    order by state desc, activity_id, stage
""")
_SEEN = sa.text(f"""
    select activity_id from month_outcome where {_WHICH} and stage = :stage and attempt >= :attempt
""")
_FAILED = sa.text(f"select count(*) from month_outcome where {_WHICH} and stage = :stage and state = 'failed'")
_FROZEN = sa.text(f"select activity_id from monthly_statement where {_WHICH}")
_FREEZE = sa.text("""
    insert into monthly_statement (enterprise_id, activity_id, month, figures, digest, made_at)
    values (:enterprise_id, :activity_id, :month, cast(:figures as jsonb), :digest, :at)
""")
_TO_PRINT = sa.text(f"""
    insert into statement_print (enterprise_id, statement_id)
    select enterprise_id, id from monthly_statement s where {_WHICH}
    and not exists (select 1 from statement_print p where p.statement_id = s.id)
""")
_NOTE = sa.text("""
    insert into month_outcome (enterprise_id, month, activity_id, stage, state, reason, attempt, noted_at)
    values (:enterprise_id, :month, :activity_id, :stage, :state, :reason, :attempt, :at)
    on conflict (enterprise_id, month, activity_id, stage) do update
    set state = excluded.state, reason = excluded.reason, attempt = excluded.attempt, noted_at = excluded.noted_at
""")
_MOVE = sa.text(f"update month_run set state = :state, done = :done, total = :total where {_WHICH}")
_STOP = sa.text(f"update month_run set state = 'incomplete', reason = :reason, finished_at = :at where {_WHICH}")
