"""Commands that end in every way a command can, to try the conventions of `ecp` on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import click

from ecp.cli import output
from ecp.errors import Invalid, Problem, Refused


class MonthClosed(Refused):
    """A refusal with its data."""

    message = "Le mois %(month)s est clôturé."


@dataclass(frozen=True)
class Balance:
    """A row as reports give them."""

    account: str
    title: str
    debit: Decimal
    ended_on: date | None


ROWS = [
    Balance("3421", "Clients", Decimal("1234567.5"), date(2026, 1, 31)),
    Balance("44551", "État، الدولة\n– TVA", Decimal("-0.05"), None),
]


@click.group()
def fake() -> None:
    """Fake commands."""


@fake.command()
@output.format_option
@click.option("--none", is_flag=True)
def rows(form: str, none: bool) -> None:  # noqa: FBT001
    """Print two rows."""
    titles = {"account": "compte", "title": "intitulé", "debit": "débit", "ended_on": "fin"}
    output.table([] if none else ROWS, titles, form)


@fake.command()
@click.argument("path")
def write(path: str) -> None:
    """Write a file."""
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("x")


@fake.command()
def refused() -> None:
    """Refuse."""
    raise MonthClosed(month="2026-01")


@fake.command()
def invalid() -> None:
    """Refuse with a list."""
    raise Invalid([Problem("le compte %(account)s n’existe pas", "12", (("account", "9999"),)), Problem("date", "14")])


@fake.command()
def bug() -> None:
    """Crash."""
    raise ZeroDivisionError("a bug")


@fake.command()
def interrupted() -> None:
    """Ctrl-C."""
    raise KeyboardInterrupt


@fake.command()
@click.argument("number", type=int)
@click.option("--code", required=True)
def strict(number: int, code: str) -> None:
    """Want things."""
    click.echo(f"{number} {code}")
