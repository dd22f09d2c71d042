"""Everything that the data can prove."""

import click

from ecp.cli import output
from ecp.cli.application import books

COLUMNS = {"promise": "Promesse", "checked": "Vérifiés", "fault": "Défaut"}


@click.command("verify")
@output.format_option
def verify(form: str) -> int:
    """Prouver les livres par les données : équilibre, numéros, scellés, soldes, documents, relevés.

    Nomme la première ligne altérée.
    """
    with books():
        from ecp import verifying
        from ecp.db import transaction

        with transaction():
            findings = verifying.run()
    output.table(findings, COLUMNS, form)
    return 1 if any(each.fault for each in findings) else 0
