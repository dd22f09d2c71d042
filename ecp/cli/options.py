"""What commands take in common: enterprises and activities by code, days, files."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A day written 2026-01-31."""

    name = "jour"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it, or end as a misuse."""
        text = str(value)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or text != day.isoformat():
            self.fail(f"« {text} » n’est pas un jour : écrivez par exemple 2026-01-31.", param, ctx)
        return day


def enterprise_named(parameter: str) -> Callable[[F], F]:
    """`--enterprise CODE`, given to the command under a name."""
    return click.option("--enterprise", parameter, required=True, metavar="CODE", help="Code de l’entreprise.")


def enterprise(command: F) -> F:
    """`--enterprise CODE`, given to the command as `code`."""
    return enterprise_named("code")(command)


def activity(command: F) -> F:
    """`--activity CODE`."""
    option = click.option("--activity", "activity_code", metavar="CODE", help="Code d’une activité ; sinon toutes.")
    return option(command)


def days(command: F) -> F:
    """`--from` and `--to`."""
    first = click.option("--from", "from_on", type=Day(), metavar="JOUR", help="Premier jour ; sinon depuis le début.")
    last = click.option("--to", "to_on", type=Day(), metavar="JOUR", help="Dernier jour ; sinon jusqu’à la fin.")
    return first(last(command))


def output_file(command: F) -> F:
    """`-o FILE`."""
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option("-o", "--output", "path", type=kind, metavar="FICHIER", help="Où écrire.")(command)
