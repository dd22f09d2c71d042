"""Jobs of the books that nobody asks for: the next exercise, and the proof of every night."""

import logging
from datetime import timedelta

from ecp import clock, jobs, outgoing, verifying
from ecp.accounting import opening
from ecp.db import transaction
from ecp.jobs import Job
from workers import running

AHEAD = timedelta(days=31)

log = logging.getLogger(__name__)


@running.handles("books.open_exercises")
def open_exercises(_job: Job) -> None:
    """See to it that every enterprise has the exercise of today, and of a month from now."""
    for day in (clock.today(), clock.today() + AHEAD):
        opening.open_exercises(day)


@running.handles("books.verify", owns_transactions=True)
def verify(_job: Job) -> None:
    """Prove the books as `ecp verify` does; administrators are written to where something is not proved."""
    with transaction():
        faults = verifying.tell(verifying.run(), clock.today())
    for each in faults:
        log.error("not proved: %s: %s", each.promise, each.fault)
    if faults:
        jobs.nudge(outgoing.SEND)
