"""What the books say: trial balance and general ledger."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from ecp.cli import options, output
from ecp.cli.application import books

BALANCE = {"account": "Compte", "title": "Intitulé", "debit": "Débit", "credit": "Crédit", "balance": "Solde"}
LEDGER = {
    "account": "Compte",
    "date": "Date",
    "journal": "Journal",
    "number": "N°",
    "document": "Pièce",
    "activity": "Activité",
    "label": "Libellé",
    "debit": "Débit",
    "credit": "Crédit",
    "balance": "Solde",
}
_NAMES = {"date": "on"}
_AT_A_TIME = 1000


@click.command("trial-balance")
@options.enterprise
@options.activity
@options.days
@output.format_option
def trial_balance(code: str, activity_code: str | None, from_on: date | None, to_on: date | None, form: str) -> None:
    """Afficher la balance : débits, crédits et solde de chaque compte.

    Avec --from, les débits et crédits sont ceux depuis ce jour, le solde tient compte de ce qui précède.
    """
    with books():
        from ecp.accounting import ledger
        from ecp.db import transaction

        with transaction():
            enterprise_id, activity_id = _whose(code, activity_code)
            rows = ledger.trial_balance(enterprise_id, activity_id=activity_id, from_on=from_on, to_on=to_on)
    columns = dict(BALANCE)
    if from_on:
        columns = {"account": "Compte", "title": "Intitulé", "opening": "Solde initial", **columns}
    output.table(rows, columns, form)


@click.command("ledger")
@options.enterprise
@options.activity
@click.option("--account", metavar="COMPTE", help="Un compte ; sinon tous ceux qui ont servi.")
@options.days
@output.format_option
def general_ledger(code: str, activity_code: str | None, account: str | None, form: str, **days: Any) -> None:
    """Afficher le grand livre : chaque ligne des comptes, avec le solde après elle."""
    with books():
        from ecp.db import transaction

        with transaction():
            enterprise_id, activity_id = _whose(code, activity_code)
            output.table(_lines(enterprise_id, activity_id, account, **days), LEDGER, form)


def _lines(enterprise_id: int, activity_id: int | None, account: str | None, **days: Any) -> Iterator[dict[str, Any]]:
    from ecp.accounting import ledger

    accounts = [account] if account else sorted(ledger.balances(enterprise_id, activity_id=activity_id))
    for each in accounts:
        after = None
        while True:
            page = ledger.general_ledger(
                enterprise_id, account=each, activity_id=activity_id, after=after, limit=_AT_A_TIME, **days
            )
            for row in page.rows:
                yield {name: each if name == "account" else getattr(row, _NAMES.get(name, name)) for name in LEDGER}
            after = page.next
            if after is None:
                break


def _whose(code: str, activity_code: str | None) -> tuple[int, int | None]:
    from ecp import enterprises

    enterprise = enterprises.by_code(code)
    if not activity_code:
        return enterprise.id, None
    return enterprise.id, enterprises.activity_by_code(enterprise.id, activity_code).id
