"""Running the stack, and looking after the database it stands on."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from config import Settings
from ecp import servers


@click.command("serve")
@click.option(
    "--only", "names", multiple=True, type=click.Choice(["web", "worker", "beat"]), help="Cette partie seulement."
)
def serve(names: Sequence[str]) -> None:
    """Tout faire tourner : serveurs, pages, tâches de fond, programmateur. Ctrl-C arrête tout."""
    from ecp import database, supervisor

    settings = Settings()
    preparation = supervisor.Preparation(ready=database.is_ready, prepare=database.prepare, fill=_fill(names))
    supervisor.serve(settings, preparation, supervisor.only(settings, names) if names else None)


def _fill(names: Sequence[str]) -> Callable[[Settings], Sequence[str]]:
    """Load the demo where nothing lives yet, unless parts of a real deployment are started one by one."""

    def fill(settings: Settings) -> Sequence[str]:
        if names or settings.production:
            return []
        from ecp import create_app
        from ecp.demo import loading

        return loading.fill(create_app(settings))

    return fill


@click.group("database")
def database() -> None:
    """La base de données."""


@database.command("upgrade")
@click.option(
    "--new-secret", is_flag=True, help="L’ancien SECRET_KEY est perdu : la base répond désormais à celui d’ici."
)
def upgrade(*, new_secret: bool) -> None:
    """Amener la base à la version du programme."""
    from ecp import database as base

    with servers.running(Settings(), redis=False) as addresses:
        base.prepare(servers.reached(Settings(), addresses), takes_over=new_secret)
    click.echo("La base est à jour.")


@database.command("revision")
@click.argument("title", metavar="TITRE")
def revision(title: str) -> None:
    """Commencer une migration numérotée."""
    from ecp import database as base

    click.echo(base.revision(title))


@click.command("backup")
@click.argument("file", metavar="[FICHIER]", required=False, type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path | None) -> None:
    """Sauvegarder tout, en un fichier vérifié ; sans nom, dans le dossier des sauvegardes."""
    from ecp import backup as archive
    from ecp import clock

    settings = Settings()
    target = file or settings.data_dir / "backups" / archive.default_name(clock.now())
    with servers.running(settings, redis=False) as addresses:
        reached = servers.reached(settings, addresses)
        assert reached.database_url  # noqa: S101 (reached by it)
        manifest = archive.make(reached.database_url, target.absolute(), settings.data_dir / "files")
    click.echo(f"{target} : {manifest.rows} lignes de {len(manifest.tables)} tables, {len(manifest.files)} fichiers.")


@click.command("restore")
@click.argument("file", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Rétablir une sauvegarde dans une base vide, tout ou rien."""
    from ecp import backup as archive
    from ecp import database as base

    settings = Settings()
    with servers.running(settings, redis=False) as addresses:
        reached = servers.reached(settings, addresses)
        assert reached.database_url  # noqa: S101
        base.create(reached)
        manifest = archive.restore(reached.database_url, file.absolute(), settings.data_dir / "files")
        base.prepare(reached, takes_over=True)
    click.echo(f"{file} : {manifest.rows} lignes rétablies ; « ecp verify » en fait la preuve.")
