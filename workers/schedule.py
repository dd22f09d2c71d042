"""What runs by itself, and when: one table. A row is written once for a job and a period, however many schedulers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ecp import clock, jobs

SWEEP_SECONDS = 60.0


@dataclass(frozen=True)
class Periodic:
    """A job, and the name of the period a moment falls in; no name: not now."""

    name: str
    period: Callable[[datetime], str | None]


def nightly(hour: int) -> Callable[[datetime], str | None]:
    """Once a day, from an hour of Casablanca on: a day that was missed is not made up, the next one is."""

    def period(local: datetime) -> str | None:
        return f"{local:%Y-%m-%d}" if local.hour >= hour else None

    return period


def hourly(local: datetime) -> str:
    """Once an hour; the offset keeps the hour that is told twice apart when clocks change."""
    return f"{local:%Y-%m-%dT%H%z}"


SCHEDULE = (
    Periodic("books.open_exercises", nightly(0)),
    Periodic("books.verify", nightly(3)),
    Periodic("hosting.refresh_portfolio", hourly),
)


def announce() -> None:
    """Write the periodic jobs that are due, in the caller's transaction."""
    local = clock.now().astimezone(clock.CASABLANCA)
    for each in SCHEDULE:
        period = each.period(local)
        if period:
            jobs.enqueue(each.name, key=period)
