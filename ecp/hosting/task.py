"""One thing that needs somebody today. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from ecp import money


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do: its kind, whom it is about or how many, how much and for how long."""

    kind: str
    party: str = ""
    party_id: int | None = None
    document: str = ""
    amount: Decimal = money.ZERO
    days: int = 0
    count: int = 1
