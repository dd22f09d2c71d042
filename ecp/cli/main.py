"""The commands' table, exit statuses and messages."""

import gettext
import importlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

import config
from ecp.errors import DomainError

REFUSED = 1
MISUSED = 2
INTERRUPTED = 130
LOCALE = Path(__file__).parent / "locale"

COMMANDS: dict[str, tuple[str, str]] = {
    "activity": ("ecp.cli.enterprises:activity", "Ajouter une activité à une entreprise."),
    "backup": ("ecp.cli.serve:backup", "Sauvegarder tout, en un fichier vérifié."),
    "database": ("ecp.cli.serve:database", "Amener la base à la version du programme."),
    "demo": ("ecp.cli.demo:demo", "Charger la démonstration."),
    "enterprise": ("ecp.cli.enterprises:enterprise", "Ouvrir une entreprise collective."),
    "entries": ("ecp.cli.entries:entries", "Importer des écritures."),
    "export": ("ecp.cli.entries:export", "Sortir les livres : csv, xlsx, hledger, beancount."),
    "ledger": ("ecp.cli.reports:general_ledger", "Afficher le grand livre."),
    "month": ("ecp.cli.hosting:months", "Clôturer un mois."),
    "monthly-statement": ("ecp.cli.hosting:monthly_statement", "Écrire un relevé mensuel."),
    "restore": ("ecp.cli.serve:restore", "Rétablir une sauvegarde dans une base vide."),
    "serve": ("ecp.cli.serve:serve", "Tout faire tourner jusqu’à Ctrl-C."),
    "trial-balance": ("ecp.cli.reports:trial_balance", "Afficher la balance."),
    "user": ("ecp.cli.people:user", "Créer une personne et son rôle."),
    "verify": ("ecp.cli.verify:verify", "Prouver les livres par les données."),
}
"""Name -> where the click command is, and what it does in one sentence."""


_REASONS: dict[type[OSError], str] = {
    FileNotFoundError: "ce dossier n’existe pas",
    NotADirectoryError: "ce n’est pas un dossier",
    IsADirectoryError: "c’est un dossier",
    PermissionError: "l’accès est refusé",
}


class Commands(click.Group):
    """The table above as a group: only the command that is called gets imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of `ecp --help`, from the table alone."""
        with formatter.section("Commandes"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 (click's call)
    if value:
        click.echo(f"ecp {config.version()}")
        ctx.exit()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Afficher la version."
)
def ecp() -> None:
    """L’application sans navigateur : comptabilité, ventes et gestion d’une entreprise collective partagée.

    Les serveurs nécessaires sont démarrés s’ils ne tournent pas, puis arrêtés. ECP_DATA=DOSSIER garde une autre copie
    de tout dans DOSSIER. Code de sortie : 0 fait, 1 refusé (raison sur la sortie d’erreur), 2 mauvais emploi.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status; whatever is refused becomes a message."""
    with _in_french():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = ecp.main(args=arguments, prog_name="ecp", standalone_mode=False)
    except DomainError as error:
        return _say(str(error), REFUSED)
    except click.UsageError as error:
        error.show()
        return MISUSED
    except click.ClickException as error:
        error.show()
        return REFUSED
    except OSError as error:
        if error.filename is None:
            raise
        return _say(f"{error.filename} : {_REASONS.get(type(error), error.strerror)}.", REFUSED)
    except (click.Abort, KeyboardInterrupt):
        return _say("Abandonné.", INTERRUPTED)
    return result if isinstance(result, int) else 0


def _say(text: str, status: int) -> int:
    click.echo(text, err=True)
    return status


@contextmanager
def _in_french() -> Iterator[None]:
    """Let click's own words be French too: it asks gettext, and gettext the environment."""
    before = os.environ.get("LANGUAGE")
    os.environ["LANGUAGE"] = "fr"
    gettext.bindtextdomain("click", LOCALE)
    domain = gettext.textdomain()
    gettext.textdomain("click")
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before
