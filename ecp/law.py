"""What Moroccan law fixes by date: rates, ceilings, thresholds, read from data/params.yaml.

Pure: the caller gives the day.

No rate stands in the code, so that a finance law changes one line of data and old documents keep the rate of their day.
Each value carries a mark of how sure we are of it; what is not "high" is to be confirmed by an expert-comptable.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from ecp.errors import Invalid

LEAVES = ("value", "rate", "rates", "brackets")  # the names under which an item of the file holds its value


class NotInForce(Invalid):
    """The law we hold says nothing of that parameter on that day."""

    message = "Le paramètre légal « %(path)s » n’est pas connu à la date du %(on)s."


@dataclass(frozen=True)
class Parameter:
    """One value of the law: what it is, since when (None: on any day we know of), and how sure we are of it.

    `value` is a Decimal, a text, or a tuple of these or of mappings (a scale). `confidence` is "high", "medium",
    "low", or "unmarked" where the source gave no mark.
    """

    path: str
    value: Any
    since: date | None = None
    confidence: str = "unmarked"
    note: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether it may be relied on without asking an expert-comptable first."""
        return self.confidence == "high"


def value(path: str, *, on: date) -> Decimal:
    """Give the number in force on a day; NotInForce where there is none, LookupError for a name that does not exist.

    >>> value("cash.stamp_rate_on_cash_receipts", on=date(2026, 3, 1))
    Decimal('0.0025')
    >>> value("minimum_wage.smig_hour", on=date(2025, 12, 31)), value("minimum_wage.smig_hour", on=date(2026, 1, 1))
    (Decimal('17.10'), Decimal('17.92'))
    """
    found = parameter(path, on=on).value
    if isinstance(found, Decimal):
        return found
    raise LookupError(f"{path} is not a number")


def parameter(path: str, *, on: date) -> Parameter:
    """Give the value in force on a day with its marks; errors as `value`.

    >>> parameter("vat.cheque_collected_on", on=date(2026, 3, 1)).is_settled
    False
    """
    found = Parameter(path, None)
    node: Any = _file()
    for key in path.split("."):
        if not isinstance(node, Mapping) or key not in node:
            raise LookupError(path)
        node, found = _in_force(node[key], found, on)
    return replace(found, value=_leaf(node, path))


@cache
def paths() -> tuple[str, ...]:
    """Name every parameter that `parameter` can give: the tests read the whole file by it."""
    return tuple(_paths(_file(), ""))


def _in_force(node: Any, found: Parameter, on: date) -> tuple[Any, Parameter]:
    """Step into a node: take the dated item of that day, and the marks it carries."""
    if _is_dated(node):
        past = [item for item in node if item["from"] <= on]
        if not past:
            raise NotInForce(path=found.path, on=on)
        node = max(past, key=lambda item: item["from"])
    if isinstance(node, Mapping):
        since = node.get("from", found.since)
        if since and since > on:
            raise NotInForce(path=found.path, on=on)
        found = replace(
            found, since=since, confidence=node.get("conf", found.confidence), note=node.get("note", found.note)
        )
    return node, found


def _is_dated(node: Any) -> bool:
    return isinstance(node, tuple) and bool(node) and all(isinstance(item, Mapping) and "from" in item for item in node)


def _leaf(node: Any, path: str) -> Any:
    if not isinstance(node, Mapping):
        return node
    held = [node[key] for key in LEAVES if key in node]
    if len(held) != 1:
        raise LookupError(f"{path} is a group of parameters")
    return held[0]


def _paths(node: Any, path: str) -> list[str]:
    if _is_dated(node):
        return list(dict.fromkeys(found for item in node for found in _paths(item, path)))
    if not isinstance(node, Mapping):
        return [path]
    here = [path] if sum(key in node for key in LEAVES) == 1 else []
    inside = [key for key in node if key not in {"from", "conf", "note", *(LEAVES if here else ())}]
    return here + [found for key in inside for found in _paths(node[key], f"{path}.{key}".lstrip("."))]


@cache
def _file() -> Any:
    return yaml.load(resources.files("ecp").joinpath("data/params.yaml").read_text("utf-8"), _Reader)  # noqa: S506 - a SafeLoader


class _Reader(yaml.SafeLoader):
    """YAML with exact numbers: never a float; sequences become tuples, since what is cached must not change."""


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


def _sequence(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> tuple[Any, ...]:
    return tuple(loader.construct_object(item, deep=True) for item in node.value)


_Reader.add_constructor("tag:yaml.org,2002:float", _number)
_Reader.add_constructor("tag:yaml.org,2002:int", _number)
_Reader.add_constructor("tag:yaml.org,2002:seq", _sequence)
