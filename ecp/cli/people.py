"""Creating people, and letting them in again."""

import click

from ecp.cli import options, output
from ecp.cli.application import books

_password = click.option(
    "--password", prompt="Mot de passe", hide_input=True, confirmation_prompt=True, help="Sinon, demandé."
)


@click.group("user")
def user() -> None:
    """Les personnes."""


@user.command("create")
@click.argument("email", metavar="ADRESSE")
@click.option("--name", required=True, metavar="NOM", help="Nom de la personne.")
@click.option(
    "--role",
    required=True,
    type=click.Choice(["entrepreneur", "accountant", "coordinator", "administrator"]),
    help="Ce qu’elle est.",
)
@click.option("--enterprise", "code", metavar="CODE", help="Code de l’entreprise.")
@options.activity
@click.option("--language", type=click.Choice(["fr", "ar", "en"]), default="fr", show_default=True, help="Sa langue.")
@_password
@output.format_option
def create_user(  # noqa: PLR0913, PLR0917 (what a person is; click names them)
    email: str,
    name: str,
    role: str,
    code: str | None,
    activity_code: str | None,
    language: str,
    password: str,
    form: str,
) -> None:
    """Créer une personne avec un rôle et un mot de passe."""
    if role != "administrator" and not code:
        raise click.UsageError("Nommez l’entreprise : --enterprise CODE.")
    with books():
        from ecp import enterprises
        from ecp.db import transaction
        from ecp.enterprises import Role
        from ecp.identity import people

        with transaction():
            made = people.create(
                email=email,
                name=name,
                language=language,
                password=password,
                is_administrator=role == "administrator",
            )
            if code:
                owner = enterprises.by_code(code)
                activity = enterprises.activity_by_code(owner.id, activity_code).id if activity_code else None
                people.grant(made, Role(role), enterprise_id=owner.id, activity_id=activity)
    row = {"id": made, "email": email, "role": role}
    if form == "json":
        output.one(row)
    else:
        output.table([row], {"id": "N°", "email": "Adresse", "role": "Rôle"})


@user.command("password")
@click.argument("email", metavar="ADRESSE")
@_password
def set_password(email: str, password: str) -> None:
    """Donner un nouveau mot de passe à une personne ; ses sessions ouvertes finissent."""
    with books():
        from ecp.identity import people, signing_in

        changed = people.one(signing_in.set_password(email, password))
    click.echo(f"Mot de passe changé : {changed.email}.")
