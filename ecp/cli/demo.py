"""The demonstration."""

import click

from ecp.cli.application import application


@click.command("demo")
def demo() -> None:
    """Charger la démonstration : deux entreprises inventées, toujours les mêmes."""
    with application() as app:
        from ecp.demo import loading

        lines = loading.fill(app)
    for line in lines or ["De vraies données vivent ici : la démonstration n’est pas chargée."]:
        click.echo(line)
