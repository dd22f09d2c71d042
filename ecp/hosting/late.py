"""Who is late, each told once: what they owe that is past its day, and for how long. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, Protocol, TypeVar


class Item(Protocol):
    """What is left to pay of a document."""

    @property
    def party(self) -> str: ...  # noqa: D102
    @property
    def document(self) -> str: ...  # noqa: D102
    @property
    def due_on(self) -> date: ...  # noqa: D102
    @property
    def amount(self) -> Decimal: ...  # noqa: D102


Owed = TypeVar("Owed", bound=Item)


@dataclass(frozen=True, kw_only=True)
class Late(Generic[Owed]):
    """A customer or supplier who is late: what fell due first, all that did (dirhams), days since the first."""

    first: Owed
    amount: Decimal
    days: int


def by_party(owed: Iterable[Owed], on: date) -> list[Late[Owed]]:
    """Sort what fell due before a day by who owes it, the longest first; without a name, each document is alone."""
    found: dict[str, list[Owed]] = {}
    for each in sorted((each for each in owed if each.due_on < on), key=lambda item: (item.due_on, item.document)):
        found.setdefault(each.party or f"\0{each.document}", []).append(each)
    return [
        Late(first=items[0], amount=sum((each.amount for each in items), Decimal(0)), days=(on - items[0].due_on).days)
        for items in found.values()
    ]
