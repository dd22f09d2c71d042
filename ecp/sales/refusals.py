"""How the database says what a sale refuses; importing this file is what makes `ecp.db` know it."""

import json
from datetime import date

import psycopg

from ecp.db import tells_refusals
from ecp.errors import DomainError
from ecp.sales.errors import (
    BeforeLastIssued,
    ChangedMeanwhile,
    CreditExceedsInvoice,
    GivenBack,
    MoreThanOwed,
    MoreThanToGiveBack,
    NoSuchStep,
    NotToCancel,
    NotToCollect,
    ToBeApproved,
)

_OF_STATE: dict[str, type[DomainError]] = {
    "EC011": NoSuchStep,
    "EC012": ToBeApproved,
    "EC013": BeforeLastIssued,
    "EC014": NotToCollect,
    "EC015": MoreThanOwed,
    "EC016": CreditExceedsInvoice,
    "EC020": ChangedMeanwhile,
    "EC022": MoreThanToGiveBack,
    "EC025": NotToCancel,
    "EC026": GivenBack,
}


@tells_refusals
def from_database(error: psycopg.Error) -> DomainError | None:
    """Give the error that a refusal of the database stands for, or None."""
    family = _OF_STATE.get(error.sqlstate or "")
    if family is None:
        return None
    data = json.loads(error.diag.message_detail or "{}")
    if isinstance(data.get("day"), str):
        data["day"] = date.fromisoformat(data["day"])
    return family(**data)
