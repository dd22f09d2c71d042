"""The words of statements in each language, a table a kind (terms, sales, moves, steps): words/statement.toml."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources

from ecp import formats
from ecp.hosting.levies import Step


def of(language: str, kind: str) -> Mapping[str, str]:
    """Give the words of a kind; KeyError for another language or kind.

    >>> of("fr", "costs")["rent"]
    'Loyer'
    """
    return _table()[language][kind]


def step(each: Step, language: str) -> str:
    """Tell one line of a levy's computation, its figures written as people here do.

    >>> step(Step("%(part)s × %(bracket_rate)s", Decimal("8.00"),
    ...     (("part", Decimal("100.00")), ("bracket_rate", Decimal("0.08")))), "en")
    '100.00 × 8%'
    """
    text = of(language, "steps").get(each.message, each.message)
    return text % {name: figure(name, value, language) for name, value in each.figures} if each.figures else text


def figure(name: str, value: Decimal, language: str) -> str:
    """Write a figure by what its name says: a rate, days, or dirhams."""
    if name.endswith("_rate"):
        return formats.rate(value, language)
    if name.endswith("days"):
        return formats.quantity(value, language)
    return formats.amount(value, language)


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(resources.files("ecp.hosting").joinpath("words/statement.toml").read_text("utf-8"))
