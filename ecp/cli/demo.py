"""The demonstration."""

import click

from config import Settings
from ecp.cli.application import application


@click.command("demo")
def demo() -> None:
    """Charger la démonstration : deux entreprises inventées, toujours les mêmes."""
    if Settings().production:
        raise click.ClickException("En production, la démonstration ne se charge pas : ses mots de passe sont publics.")
    with application() as app:
        from ecp.demo import loading

        lines = loading.fill(app)
    for line in lines or ["De vraies données vivent ici : la démonstration n’est pas chargée."]:
        click.echo(line)
