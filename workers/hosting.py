"""Jobs of hosting: the month run, the paper of statements, the coordinator's portfolio."""

from flask import current_app

from ecp import clock, jobs, outgoing, walls
from ecp.db import transaction
from ecp.hosting import hosted, month, portfolio, printing
from ecp.hosting.month import CLOSE
from ecp.hosting.printing import PRINT, Statement
from ecp.jobs import Job
from workers import running


@running.handles(CLOSE, owns_transactions=True)
def close_month(job: Job) -> None:
    """Go on with a month run until its figures are frozen, then have them printed."""
    assert job.enterprise_id is not None  # noqa: S101 (who asked for it named one)
    first = month.parse(job.payload["month"])
    goes_on = True
    while goes_on:
        with transaction():
            run = month.advance(job.enterprise_id, first)
            jobs.progress(job, done=run.done, total=run.total)
        goes_on = run.goes_on
    jobs.nudge(PRINT, times=current_app.config["SETTINGS"].job_workers)


@running.finds(PRINT)
def print_statements() -> int:
    """Print all statements that have no paper yet, a batch in each transaction, and send them."""
    count = 0
    while printed := _print_some():
        count += printed
    with walls.system(), transaction():
        printing.settle()
    if count:
        jobs.nudge(outgoing.SEND)
    return count


def _print_some() -> int:
    with walls.system(), transaction():
        return printing.print_some(link=link)


def link(statement: Statement) -> str:
    """Say where a statement is read."""
    return printing.address(current_app.config["SETTINGS"].root, statement)


@running.handles("hosting.refresh_portfolio", owns_transactions=True)
def refresh_portfolio(_job: Job) -> None:
    """Write the summaries of the months under way, an enterprise in each transaction."""
    today = clock.today()
    for enterprise in hosted.hosts():
        with transaction():
            portfolio.refresh_open(enterprise.id, today)
