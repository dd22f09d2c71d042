"""Entries in and out of the books, as files."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from ecp.cli import options, output
from ecp.cli.application import books


@click.group("entries")
def entries() -> None:
    """Les écritures."""


@entries.command("import")
@click.argument("file", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.enterprise
@click.option("--create-activities", is_flag=True, help="Ouvrir les activités que l’entreprise n’a pas encore.")
@output.format_option
def import_(file: Path, code: str, form: str, *, create_activities: bool) -> None:
    """Enregistrer un fichier CSV d’écritures, tout ou rien.

    Une ligne par mouvement : entry_ref,date,journal,activity,account,debit,credit,label et, au choix, party, document,
    due_on. Les exercices s’ouvrent selon les dates. Le même fichier deux fois n’est enregistré qu’une fois.
    """
    data = file.read_bytes()
    with books():
        from ecp import enterprises
        from ecp.accounting import entries_import, posting
        from ecp.db import transaction

        with transaction():
            enterprise = enterprises.by_code(code)
            done = entries_import.post(enterprise.id, data, create_activities=create_activities)
        if done.is_large:
            with transaction():
                posting.refresh_statistics()
    if form == "json":
        output.one(done)
    else:
        click.echo(f"Écritures enregistrées : {done.posted} ; déjà là : {done.already_there}.")


@click.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx", "hledger", "beancount"]), required=True)
@options.enterprise
@options.activity
@options.days
@options.output_file
def export(form: str, code: str, path: Path | None, **wanted: Any) -> None:
    """Écrire les livres dans un format que d’autres programmes lisent : csv, xlsx, hledger ou beancount."""
    if path is None and form == "xlsx" and sys.stdout.isatty():
        raise click.UsageError("Un classeur ne s’affiche pas : donnez un fichier avec -o.")
    with tempfile.TemporaryDirectory(prefix="ecp-export-", dir=path and path.absolute().parent) as place:
        written = Path(place) / "export"
        _write(form, code, written, **wanted)
        if path:
            written.replace(path)
        else:
            with written.open("rb") as content:
                shutil.copyfileobj(content, sys.stdout.buffer)


def _write(form: str, code: str, path: Path, *, activity_code: str | None = None, **days: Any) -> None:
    with books():
        from ecp import enterprises
        from ecp.accounting.exports import formats, reading
        from ecp.db import transaction

        with transaction():
            enterprise = enterprises.by_code(code)
            activity = enterprises.activity_by_code(enterprise.id, activity_code) if activity_code else None
            wanted = reading.Wanted(enterprise.id, activity_id=activity.id if activity else None, **days)
            formats.FORMATS[form].save(reading.book(wanted), reading.lines(wanted), path)
