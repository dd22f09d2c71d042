"""What commands print: tables for people, JSON for programs. Amounts are `1234.56` in both, keys English in JSON."""

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

import click

CENTIMES = -2

F = TypeVar("F", bound=Callable[..., Any])


def format_option(command: F) -> F:
    """`--format table|json`, given to the command as `form`."""
    choice = click.Choice(["table", "json"])
    option = click.option("--format", "form", type=choice, default="table", show_default=True, help="Tableau ou JSON.")
    return option(command)


def table(rows: Iterable[Any], columns: Mapping[str, str], form: str = "table") -> None:
    """Print rows (mappings or dataclasses). `columns`: key -> title, in order; JSON has keys, the table has titles."""
    picked = ([_pick(row, key) for key in columns] for row in rows)
    if form == "json":
        _print_json(columns, picked)
    else:
        _print_table(list(columns.values()), list(picked))


def _pick(row: Any, key: str) -> Any:
    return row[key] if isinstance(row, Mapping) else getattr(row, key)


def one(record: Any) -> None:
    """Print one JSON object: a mapping or a dataclass."""
    values = asdict(record) if is_dataclass(record) and not isinstance(record, type) else dict(record)
    click.echo(json.dumps(values, ensure_ascii=False, indent=2, default=plain))


def plain(value: Any) -> Any:
    """A value as JSON knows it: exact amounts are text, never floats.

    >>> plain(Decimal("1234.5")), plain(date(2026, 1, 31)), plain(Decimal("0.125"))
    ('1234.50', '2026-01-31', '0.125')
    """
    if isinstance(value, Decimal):
        return amount(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool | list | dict):
        return value
    raise TypeError(f"{type(value).__name__} has no place in a table")


def amount(value: Decimal) -> str:
    """Two decimals at least, no exponent, no sign on zero.

    >>> amount(Decimal("-0")), amount(Decimal("1E+3")), amount(Decimal("12.345"))
    ('0.00', '1000.00', '12.345')
    """
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent > CENTIMES:
        value = value.quantize(Decimal("0.01"))
    return format(value or abs(value), "f")


def _print_json(keys: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    """A list of objects, one a line, written as they come."""
    names = list(keys)
    lead = "["
    for row in rows:
        values = dict(zip(names, map(plain, row), strict=True))
        click.echo(lead + "\n" + json.dumps(values, ensure_ascii=False), nl=False)
        lead = ","
    click.echo("[]" if lead == "[" else "\n]")


def _print_table(titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Aligned columns; numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(titles, *cells, strict=True)]
    right = [bool(rows) and all(_is_number(row[i]) for row in rows) for i in range(len(titles))]
    for line in [titles, ["─" * size for size in widths], *cells]:
        padded = [_pad(text, size, right=end) for text, size, end in zip(line, widths, right, strict=True)]
        click.echo("  ".join(padded).rstrip())


def _cell(value: Any) -> str:
    known = plain(value)
    if known is None:
        return ""
    if isinstance(known, bool):
        return "oui" if known else "non"
    return " ".join(str(known).split())


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, Decimal | int) and not isinstance(value, bool))


def _pad(text: str, size: int, *, right: bool) -> str:
    blank = " " * (size - width(text))
    return blank + text if right else text + blank


def width(text: str) -> int:
    """How many columns a text takes on a terminal.

    >>> width("été"), width("سعيد"), width("e\u0301")
    (3, 4, 1)
    """
    return sum(
        0
        if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf"
        else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )
