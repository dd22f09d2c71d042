"""Opening enterprises and activities, creating people."""

from datetime import date
from typing import Any

import click

from ecp.cli import options, output
from ecp.cli.application import books


@click.group("enterprise")
def enterprise() -> None:
    """Les entreprises collectives."""


@enterprise.command("create")
@click.argument("code", metavar="CODE")
@click.option("--name", required=True, metavar="NOM", help="Dénomination.")
@click.option("--ice", metavar="ICE", help="Identifiant commun de l’entreprise, 15 chiffres.")
@click.option("--tax-id", metavar="IF", help="Identifiant fiscal.")
@click.option("--rc", metavar="RC", help="Registre du commerce.")
@click.option("--cnss", metavar="CNSS", help="Affiliation à la CNSS.")
@click.option("--legal-form", metavar="FORME", help="Forme juridique.")
@click.option("--address", metavar="ADRESSE", help="Adresse.")
@click.option("--city", metavar="VILLE", help="Ville.")
@click.option("--vat-regime", type=click.Choice(["encaissement", "debits"]), default="encaissement", show_default=True)
@click.option("--language", type=click.Choice(["fr", "ar", "en"]), default="fr", show_default=True)
@click.option("--opened-on", type=options.Day(), metavar="JOUR", help="Premier jour des livres ; sinon ce 1er janvier.")
@output.format_option
def create_enterprise(code: str, opened_on: date | None, form: str, **given: str | None) -> None:
    """Ouvrir une entreprise : plan de comptes, journaux, exercice en cours, activité Structure."""
    fields = {name: value for name, value in given.items() if value is not None}
    with books():
        from ecp import clock
        from ecp.accounting import opening
        from ecp.db import transaction

        with transaction():
            day = opened_on or clock.today().replace(month=1, day=1)
            created = opening.open_enterprise(code=code, opened_on=day, **fields)
            _print({"code": created.code, "name": created.name, "opened_on": created.opened_on}, form)


@click.group("activity")
def activity() -> None:
    """Les activités d’une entreprise."""


@activity.command("create")
@click.argument("code", metavar="CODE")
@options.enterprise_named("enterprise_code")
@click.option("--name", metavar="NOM", help="Nom ; sinon le code.")
@click.option("--trade", metavar="MÉTIER", help="Métier.")
@click.option("--opened-on", type=options.Day(), metavar="JOUR", help="Premier jour ; sinon aujourd’hui.")
@click.option("--language", type=click.Choice(["fr", "ar", "en"]), default=None, help="Langue de ses documents.")
@output.format_option
def create_activity(code: str, enterprise_code: str, name: str | None, form: str, **given: Any) -> None:
    """Ajouter une activité à une entreprise."""
    fields = {key: value for key, value in given.items() if value is not None}
    with books():
        from ecp import enterprises
        from ecp.db import transaction

        with transaction():
            owner = enterprises.by_code(enterprise_code)
            created = enterprises.add_activity(owner.id, code=code, name=name or code, **fields)
            _print({"enterprise": owner.code, "code": created.code, "name": created.name}, form)


def _print(row: dict[str, object], form: str) -> None:
    titles = {"enterprise": "Entreprise", "code": "Code", "name": "Nom", "opened_on": "Ouverte le", "email": "Adresse"}
    if form == "json":
        output.one(row)
    else:
        output.table([row], {key: titles[key] for key in row})
