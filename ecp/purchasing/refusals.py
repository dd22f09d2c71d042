"""How the database says what a purchase refuses; importing this file is what makes `ecp.db` know it."""

import psycopg

from ecp.db import tells_refusals
from ecp.errors import DomainError
from ecp.purchasing.errors import ChangedMeanwhile, NoSuchStep, NotToPay, TooMuch

_OF_STATE: dict[str, type[DomainError]] = {
    "EC017": NoSuchStep,
    "EC018": NotToPay,
    "EC019": TooMuch,
    "EC021": ChangedMeanwhile,
}


@tells_refusals
def from_database(error: psycopg.Error) -> DomainError | None:
    """Give the error that a refusal of the database stands for, or None."""
    family = _OF_STATE.get(error.sqlstate or "")
    return family() if family else None
