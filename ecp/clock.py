"""The time. Nothing else in the project asks for it, so that tests can stop it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CASABLANCA = ZoneInfo("Africa/Casablanca")

_stopped: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _stopped or datetime.now(UTC)


def today() -> date:
    """The accounting day: the date in Casablanca."""
    return now().astimezone(CASABLANCA).date()


def stopped() -> datetime | None:
    """Give the moment the clock is held at; None where it runs."""
    return _stopped


def stop(moment: datetime | None) -> None:
    """Hold the clock at `moment` (aware), for tests and the demo; None lets it run again."""
    global _stopped  # noqa: PLW0603
    _stopped = moment
