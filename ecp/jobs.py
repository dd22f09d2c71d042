"""Work done later: a table is the truth, Celery only wakes workers up (RELIABILITY 5.2).

    with transaction():
        run = month.start(enterprise_id, first, by=7)
        jobs.enqueue("hosting.close_month", key=month.key(run), enterprise_id=1, requested_by=7, payload=...)
    jobs.nudge("hosting.close_month")

A job is written in the caller's transaction: it exists exactly where the work it follows exists, once for a name and a
key. A nudge carries no data and may be lost, repeated or late; a sweep each minute finds what no nudge announced. So
Redis may be down: the books still post, jobs wait. `workers` runs jobs; this file knows none of them.
"""

import json
import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from celery import Celery
from kombu.exceptions import OperationalError

from ecp import clock
from ecp.db import session

RUN = "jobs.run"
SWEEP = "jobs.sweep"
ATTEMPTS = 5
VISIBILITY_TIMEOUT = 3600  # after which Redis gives a message out again
TIME_LIMIT = 3000  # of a job; below the visibility timeout
_FIRST_DELAY = timedelta(seconds=10)
_LONGEST_ERROR = 2000
_REDIS_PORT, _KNOCK_SECONDS = 6379, 0.5

log = logging.getLogger(__name__)
celery = Celery("ecp")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of work, as a worker receives it."""

    id: int
    name: str
    key: str
    enterprise_id: int | None
    requested_by: int | None
    payload: Mapping[str, Any]
    attempts: int


def configure(redis_url: str) -> None:
    """Point Celery at the broker; acknowledged late, one at a time, lost workers' messages given out again."""
    celery.conf.update(
        broker_url=redis_url,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "socket_connect_timeout": 1,
            "socket_timeout": 5,
            "retry_on_timeout": False,
        },
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_time_limit=TIME_LIMIT,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        task_publish_retry=False,
        timezone="Africa/Casablanca",
    )


def enqueue(  # noqa: PLR0913 (what a job says)
    name: str,
    *,
    key: str,
    enterprise_id: int | None = None,
    requested_by: int | None = None,
    payload: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
) -> None:
    """Write a job in the caller's transaction; the same name and key again change nothing.

    `requested_by` is the person whose rights the job will have, in that enterprise only; without one it acts for the
    system. A person can ask in their own name only (row-level security).
    """
    session.execute(
        _ENQUEUE,
        {
            "name": name,
            "key": key,
            "enterprise_id": enterprise_id,
            "requested_by": requested_by,
            "payload": json.dumps(dict(payload or {})),
            "due_at": due_at or clock.now(),
        },
    )


def nudge(name: str, *, times: int = 1) -> None:
    """Wake workers up for a kind of job, after the commit; never fails: what is not announced is swept up."""
    try:
        _knock()
        for _ in range(times):
            celery.send_task(RUN, args=[name], retry=False)
    except (OperationalError, OSError) as error:
        log.warning("no broker to announce %s: the sweep will find it (%s)", name, error)


def _knock() -> None:
    """Fail at once where nobody listens: the client would try again for six seconds while a page waits."""
    parts = urlsplit(str(celery.conf.broker_url))
    if parts.hostname:
        socket.create_connection((parts.hostname, parts.port or _REDIS_PORT), timeout=_KNOCK_SECONDS).close()
        return
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(_KNOCK_SECONDS)
        door.connect(parts.path)


def again(name: str, key: str, enterprise_id: int | None = None) -> None:
    """Let a job that is done or was given up run once more, with fresh attempts."""
    session.execute(_AGAIN, {"name": name, "key": key, "enterprise_id": enterprise_id, "now": clock.now()})


def due(name: str | None, tried: list[int]) -> Job | None:
    """Lock the next job that is due, for the caller's transaction; `tried` ones are left alone."""
    row = session.execute(_DUE, {"name": name, "tried": tried, "now": clock.now()}).one_or_none()
    return Job(**row._mapping) if row else None  # noqa: SLF001


def attempt(job: Job) -> None:
    """Count an attempt before the work starts: a job that kills its worker is given up one day."""
    session.execute(_ATTEMPT, {"id": job.id, "now": clock.now()})


def finish(job: Job) -> None:
    """Mark a job done, in the transaction of its effect."""
    changed = session.execute(_FINISH, {"id": job.id, "now": clock.now()})
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise RuntimeError(f"job {job.id} is not there to be marked")


def fail(job: Job, error: str) -> None:
    """Note what went wrong and when to try again: later each time, never after the last attempt."""
    attempts = job.attempts + 1
    session.execute(
        _FAIL,
        {
            "id": job.id,
            "error": error[:_LONGEST_ERROR],
            "state": "failed" if attempts >= ATTEMPTS else "waiting",
            "due_at": clock.now() + _FIRST_DELAY * attempts**2,
        },
    )


def progress(job: Job, *, done: int, total: int) -> None:
    """Tell how far the work is, for those who wait for it; a job that gets on is not one that kills its worker."""
    session.execute(_PROGRESS, {"id": job.id, "done": done, "total": total})


_ENQUEUE = sa.text("""
    insert into job (name, key, enterprise_id, requested_by, payload, due_at)
    values (:name, :key, :enterprise_id, :requested_by, cast(:payload as jsonb), :due_at)
    on conflict do nothing
""")
_AGAIN = sa.text("""
    update job set state = 'waiting', attempts = 0, due_at = :now, error = '', finished_at = null
    where name = :name and key = :key and enterprise_id is not distinct from :enterprise_id
      and state in ('done', 'failed')
""")
_DUE = sa.text("""
    select id, name, key, enterprise_id, requested_by, payload, attempts from job
    where state = 'waiting' and due_at <= :now
      and (cast(:name as text) is null or name = :name) and id <> all(cast(:tried as bigint[]))
    order by due_at, id limit 1 for update skip locked
""")
_ATTEMPT = sa.text("update job set attempts = attempts + 1, started_at = :now where id = :id")
_FINISH = sa.text("update job set state = 'done', finished_at = :now, error = '' where id = :id and state = 'waiting'")
_FAIL = sa.text("update job set state = :state, error = :error, due_at = :due_at where id = :id")
_PROGRESS = sa.text("update job set done = :done, total = :total, attempts = least(attempts, 1) where id = :id")
