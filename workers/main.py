"""The worker's door: `celery -A workers.main:celery worker` (or `beat`)."""

from typing import Any

from celery.signals import worker_process_init

from ecp import create_app, jobs, walls
from ecp.db import database, transaction
from ecp.jobs import celery
from workers import books, hosting, mails, running, schedule

__all__ = ["celery"]

AREAS = (books, hosting, mails)
"""The files that say which function does which job; importing them is what makes the jobs known."""

app = create_app(patient=True)
celery.conf.beat_schedule = {
    "sweep": {
        "task": jobs.SWEEP,
        "schedule": schedule.SWEEP_SECONDS,
        "options": {"expires": schedule.SWEEP_SECONDS},  # a sweep that comes late is not made up: the next one sees all
    }
}


@worker_process_init.connect
def _own_connections(**_: Any) -> None:
    """A child process must not share its parent's connections."""
    with app.app_context():
        database.engine.dispose(close=False)


@celery.task(name=jobs.RUN)
def run(name: str) -> int:
    """Do the jobs of a kind that wait."""
    with app.app_context():
        return running.drain(name)


@celery.task(name=jobs.SWEEP)
def sweep() -> int:
    """Write the periodic jobs that are due, then do all that waits, announced or not."""
    with app.app_context():
        with walls.system(), transaction():
            schedule.announce()
        return running.drain()
