"""Month-end and monthly statements from the command line."""

import os
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click

from config import Settings
from ecp.cli import output
from ecp.cli.application import books
from ecp.db import transaction
from ecp.hosting import errors, hosted, month, printing
from ecp.hosting.hosted import Host
from ecp.hosting.printing import Sheet, Statement

PROCESSES = 2
_SHARE = 5


class MonthType(click.ParamType[date]):
    """A month written 2026-10."""

    name = "mois"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it, or end as a misuse."""
        if isinstance(value, date):
            return value
        try:
            return month.parse(str(value))
        except ValueError:
            self.fail(f"« {value} » n’est pas un mois : écrivez par exemple 2026-10.", param, ctx)


@click.group("month")
def months() -> None:
    """Les mois d’une entreprise."""


@months.command("close")
@click.argument("of", metavar="MOIS", type=MonthType())
@click.option("--enterprise", "code", metavar="CODE", help="Code de l’entreprise ; inutile s’il n’y en a qu’une.")
@output.format_option
def close(of: date, code: str | None, form: str) -> int:
    """Clôturer un mois : contributions, clôture de la période, relevés.

    Interrompue, la même commande reprend là où elle s’est arrêtée.
    """
    with books():
        with transaction():
            enterprise = _host(code)
            month.start(enterprise.id, of)
        _run(enterprise.id, of)
        with transaction():
            run = month.of(enterprise.id, of)
            failed = [each for each in month.outcomes(enterprise.id, of) if each.state == "failed"]
            codes = {each.id: each.code for each in hosted.in_month(enterprise.id, of)}
    rows = [{"activity": codes[each.activity_id], "stage": each.stage, "reason": each.reason} for each in failed]
    summary = {"month": f"{of:%Y-%m}", "state": run.state, "done": run.done, "total": run.total, "reason": run.reason}
    if form == "json":
        output.one({**summary, "failed": rows})
    else:
        output.table([summary], {"month": "Mois", "state": "État", "done": "Faites", "total": "Activités"})
        if rows:
            output.table(rows, {"activity": "Activité", "stage": "Étape", "reason": "Raison"})
    if run.state != "done":
        click.echo(run.reason or "Certaines activités restent à traiter.", err=True)
        return 1
    return 0


def _host(code: str | None) -> Host:
    """The enterprise of a code, or the only one there is."""
    found = [each for each in hosted.hosts() if code is None or each.code == code]
    if len(found) != 1:
        raise errors.CodeAmbiguous(code=code or "", count=len(found))
    return found[0]


def _run(enterprise_id: int, of: date) -> None:
    """Take the run to its end here, printing on several processes."""
    goes_on = True
    while goes_on:
        with transaction():
            goes_on = month.advance(enterprise_id, of).goes_on
    settings = Settings()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        spread = partial(_spread, pool)
        printed = 1
        while printed:
            with transaction():
                printed = printing.print_some(
                    link=partial(_link, settings), render=spread, batch=printing.BATCH * PROCESSES
                )
    with transaction():
        printing.settle()


def _spread(pool: ProcessPoolExecutor, sheets: list[Sheet]) -> list[bytes]:
    return list(pool.map(printing.render, sheets, chunksize=_SHARE))


def _link(settings: Settings, statement: Statement) -> str:
    return printing.address(settings.root, statement)


@click.command("monthly-statement")
@click.option("--enterprise", "code", metavar="CODE", help="Code de l’entreprise ; inutile s’il n’y en a qu’une.")
@click.option("--activity", "activity_code", required=True, help="Code de l’activité.")
@click.option("--month", "of", required=True, type=MonthType(), help="Le mois, par exemple 2026-10.")
@click.option("--language", type=click.Choice(["fr", "ar", "en"]), default=None, help="Langue du relevé.")
@click.option(
    "-o", "--output", "path", required=True, metavar="FICHIER", type=click.Path(dir_okay=False, path_type=Path)
)
def monthly_statement(code: str | None, activity_code: str, of: date, language: str | None, path: Path) -> None:
    """Écrire le relevé mensuel d’une activité en PDF."""
    with books(), transaction():
        found = hosted.by_code(activity_code, _host(code).id if code else None)
        if len(found) != 1:
            raise errors.CodeAmbiguous(code=activity_code, count=len(found))
        statement = printing.one(found[0].enterprise_id, found[0].id, of)
        content = printing.pdf(statement, language or statement.language)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)
