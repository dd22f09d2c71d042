"""How jobs are run: claimed one at a time, with the rights of who asked, effect and mark in one transaction.

A job is held by an advisory lock of a connection of its own. A worker that is killed loses the connection, hence the
lock, and another one takes the job at once: no lease to wait for. Attempts are counted before the work, so that a job
that kills its worker each time is given up after `jobs.ATTEMPTS`.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from ecp import jobs, walls
from ecp.db import own_connection, transaction
from ecp.errors import DomainError
from ecp.jobs import Job

Handler = Callable[[Job], None]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Kind:
    handler: Handler
    owns_transactions: bool


_KINDS: dict[str, _Kind] = {}
_FINDERS: dict[str, Callable[[], int]] = {}


def handles(name: str, *, owns_transactions: bool = False) -> Callable[[Handler], Handler]:
    """Say which function does a kind of job: in one transaction with its mark, or in several of its own.

    One that owns its transactions must come to the same whenever it is cut and started again.
    """

    def register(handler: Handler) -> Handler:
        _KINDS[name] = _Kind(handler, owns_transactions)
        return handler

    return register


def finds(name: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Say which function finds its own work in the tables of its area, at each nudge and each sweep; gives how much."""

    def register(finder: Callable[[], int]) -> Callable[[], int]:
        _FINDERS[name] = finder
        return finder

    return register


def drain(name: str | None = None) -> int:
    """Run all due jobs of a kind (or of any) that nobody else runs; give how many were tried."""
    tried = [] if name in _FINDERS else _drain_rows(name)
    found = [finder() for known, finder in _FINDERS.items() if name in {None, known}]
    return len(tried) + sum(found)


def _drain_rows(name: str | None) -> list[int]:
    """Run the jobs that are rows of the outbox."""
    tried: list[int] = []
    with own_connection() as keeper:
        while job := _claimed(name, tried, keeper):
            try:
                _run(job)
            finally:
                keeper.execute(_UNLOCK, {"id": job.id})
    return tried


def _claimed(name: str | None, tried: list[int], keeper: sa.Connection) -> Job | None:
    """Find a due job, hold it, and count the attempt; None when nothing is left."""
    while True:
        with walls.system(), transaction():
            job = jobs.due(name, tried)
            if job is None:
                return None
            tried.append(job.id)
            if not keeper.execute(_LOCK, {"id": job.id}).scalar_one():
                continue
            jobs.attempt(job)
        return job


def _run(job: Job) -> None:
    """Do a job; whatever goes wrong is noted in its row."""
    try:
        _do(job)
    except Exception as error:
        if not isinstance(error, DomainError):
            log.exception("job %s %s", job.name, job.key)
        with walls.system(), transaction():
            jobs.fail(job, str(error) if isinstance(error, DomainError) else f"{type(error).__name__}: {error}")


def _do(job: Job) -> None:
    """Do a job with the rights of who asked, and mark it done."""
    kind = _KINDS.get(job.name)
    if job.attempts >= jobs.ATTEMPTS:
        raise JobGivenUp(name=job.name)
    if kind is None:
        raise JobUnknown(name=job.name)
    with _rights(job):
        if kind.owns_transactions:
            kind.handler(job)
        with transaction():
            if not kind.owns_transactions:
                kind.handler(job)
            jobs.finish(job)


@contextmanager
def _rights(job: Job) -> Iterator[None]:
    """Act for the person who asked, in that enterprise only; for the system where nobody asked."""
    if job.requested_by is None:
        with walls.system():
            yield
    else:
        with walls.person(job.requested_by, job.enterprise_id):
            yield


class JobUnknown(DomainError):
    """No worker knows this kind of job."""

    message = "Cette tâche est inconnue : %(name)s."


class JobGivenUp(DomainError):
    """It was tried as often as is reasonable."""

    message = "Cette tâche a été abandonnée après plusieurs essais : %(name)s."


_LOCK = sa.text("select pg_try_advisory_lock(hashtextextended('job:' || :id, 0))")
_UNLOCK = sa.text("select pg_advisory_unlock(hashtextextended('job:' || :id, 0))")
