"""The figures of one activity's month as they are frozen: data only, without a language. Pure.

Amounts are dirhams. Money in is positive, money out negative, in terms and moves; sales, costs, levies and debts are
positive as people say them. `written` gives plain JSON, always the same for the same figures, and `digest` its
fingerprint: what was told once can be proved later. `read` is its inverse.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ecp import money
from ecp.hosting.levies import Step

VERSION = 1


@dataclass(frozen=True)
class Keyed:
    """An amount and the key of its words (words/statement.toml)."""

    key: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Row:
    """A kind of sale or cost, a levy: the month beside the year so far and the same month a year ago.

    `key` is `channel:shop`, `sales:made`, `costs:rent` or `levy:contribution`; `label` is what people typed, if any.
    """

    key: str
    label: str = ""
    month: Decimal = money.ZERO
    year_to_date: Decimal = money.ZERO
    last_year: Decimal | None = None


@dataclass(frozen=True)
class Computed:
    """How a levy was found."""

    label: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What is left to pay of a document: whose it is, since when and due when."""

    party: str
    document: str
    since_on: date
    due_on: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One activity's month."""

    month: date
    """The first of the month."""
    last_day: date
    year_opens_on: date
    enterprise: Mapping[str, Any] = field(default_factory=dict)
    """Name and identifiers as the letterhead shows them."""
    activity: str
    people: tuple[str, ...] = ()

    terms: tuple[Keyed, ...] = ()
    to_come: tuple[Keyed, ...] = ()
    sales: tuple[Row, ...] = ()
    costs: tuple[Row, ...] = ()
    levies: tuple[Row, ...] = ()
    computations: tuple[Computed, ...] = ()
    history: tuple[tuple[date, Decimal], ...] = ()
    cash_opening: Decimal = money.ZERO
    cash_moves: tuple[Keyed, ...] = ()
    cash_closing: Decimal = money.ZERO
    receivables: tuple[Owed, ...] = ()
    payables: tuple[Owed, ...] = ()

    @property
    def available(self) -> Decimal:
        """Available cash: the sum of its terms."""
        return total(self.terms)

    @property
    def result(self) -> Decimal:
        """What is left of the month's sales after costs and levies."""
        return month_of(self.sales) - month_of(self.costs) - month_of(self.levies)

    @property
    def turnover(self) -> Decimal:
        """The month's sales as a whole."""
        return month_of(self.sales)


def total(figures: Sequence[Keyed]) -> Decimal:
    """Add up amounts."""
    return sum((each.amount for each in figures), money.ZERO)


def month_of(rows: Sequence[Row]) -> Decimal:
    """Add up the month's column."""
    return sum((row.month for row in rows), money.ZERO)


def written(snapshot: Snapshot) -> dict[str, Any]:
    """Turn a snapshot into plain JSON: amounts as text, days as ISO dates."""
    return {"version": VERSION, **{name: _plain(value) for name, value in vars(snapshot).items()}}


def digest(plain: Mapping[str, Any]) -> str:
    """Give the fingerprint of written figures.

    >>> digest({"b": "1", "a": "2"}) == digest({"a": "2", "b": "1"})
    True
    """
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read(plain: Mapping[str, Any]) -> Snapshot:
    """Turn written figures into a snapshot again; ValueError for a version this code does not know."""
    if plain.get("version") != VERSION:
        raise ValueError(f"figures of version {plain.get('version')}")
    return Snapshot(
        month=date.fromisoformat(plain["month"]),
        last_day=date.fromisoformat(plain["last_day"]),
        year_opens_on=date.fromisoformat(plain["year_opens_on"]),
        enterprise=plain["enterprise"],
        activity=plain["activity"],
        people=tuple(plain["people"]),
        terms=_keyed(plain["terms"]),
        to_come=_keyed(plain["to_come"]),
        sales=_rows(plain["sales"]),
        costs=_rows(plain["costs"]),
        levies=_rows(plain["levies"]),
        computations=tuple(Computed(each["label"], steps_from(each["steps"])) for each in plain["computations"]),
        history=tuple((date.fromisoformat(month), Decimal(amount)) for month, amount in plain["history"]),
        cash_opening=Decimal(plain["cash_opening"]),
        cash_moves=_keyed(plain["cash_moves"]),
        cash_closing=Decimal(plain["cash_closing"]),
        receivables=_owed(plain["receivables"]),
        payables=_owed(plain["payables"]),
    )


def steps_written(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Turn the steps of a levy into plain JSON."""
    return [_plain(each) for each in steps]


def steps_from(plain: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Turn written steps into steps again."""
    return tuple(
        Step(
            each["message"],
            Decimal(each["amount"]),
            tuple((name, Decimal(value)) for name, value in each["figures"]),
        )
        for each in plain
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def _keyed(plain: Sequence[Mapping[str, Any]]) -> tuple[Keyed, ...]:
    return tuple(Keyed(each["key"], Decimal(each["amount"])) for each in plain)


def _rows(plain: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    return tuple(
        Row(
            key=each["key"],
            label=each["label"],
            month=Decimal(each["month"]),
            year_to_date=Decimal(each["year_to_date"]),
            last_year=None if each["last_year"] is None else Decimal(each["last_year"]),
        )
        for each in plain
    )


def _owed(plain: Sequence[Mapping[str, Any]]) -> tuple[Owed, ...]:
    return tuple(
        Owed(
            party=each["party"],
            document=each["document"],
            since_on=date.fromisoformat(each["since_on"]),
            due_on=date.fromisoformat(each["due_on"]),
            amount=Decimal(each["amount"]),
        )
        for each in plain
    )
