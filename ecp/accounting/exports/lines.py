"""What every format writes: lines in the order of the books. Pure; amounts are dirhams, never negative."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

_KINDS = {"2": "Assets", "3": "Assets", "4": "Liabilities", "5": "Assets", "6": "Expenses", "7": "Income"}
_KINDS |= {"14": "Liabilities", "15": "Liabilities", "55": "Liabilities", "92": "Expenses", "97": "Income"}
_OTHERS = "Equity"


class Line(NamedTuple):
    """A posted line with its entry's head."""

    ref: str
    on: date
    journal: str
    activity: str
    account: str
    debit: Decimal
    credit: Decimal
    label: str
    party: str = ""
    document: str = ""
    due_on: date | None = None


class Book(NamedTuple):
    """Whose books: accounts in use with their titles, in order; `first_on` is the day of the first entry."""

    code: str
    name: str
    first_on: date
    accounts: list[tuple[str, str]]


def entries(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Gather the lines of each entry, which follow each other."""
    for _, group in groupby(lines, key=lambda line: (line.ref, line.journal, line.on)):
        yield list(group)


def kind(account: str) -> str:
    """Which of the five kinds that plain-text tools know an account of the PCGE belongs to.

    >>> kind("3421"), kind("1481"), kind("7121")
    ('Assets', 'Liabilities', 'Income')
    """
    return _KINDS.get(account[:2]) or _KINDS.get(account[:1], _OTHERS)
