"""Inviting somebody: a link for who has no password yet, a plain word for who can sign in already."""

from ecp import enterprises, walls
from ecp.enterprises import Role
from ecp.errors import NotFound, Problem
from ecp.identity import people, signing_in
from ecp.identity.errors import PersonUnknown
from ecp.web import access
from ecp.web.identity import mailing


def invite(  # noqa: PLR0913 (who, and as what)
    *,
    email: str,
    name: str,
    language: str,
    phone: str,
    role: Role,
    enterprise_id: int | None = None,
    activity_id: int | None = None,
) -> None:
    """Add a person with a role and write to them, in the caller's transaction.

    Who has a password keeps it: no link is made that somebody else could follow. An accountant gives roles to new
    people and to those of their own enterprises; of others they learn nothing, not even a name.

    Raises: PersonUnknown.
    """
    known = walls.login_row(people.normal_email(email))
    if known is not None:
        _check(known.id, role)
    made = people.create(
        email=email, name=name, language=language, phone=phone, is_administrator=role == Role.ADMINISTRATOR
    )
    enterprise, place = "ECP", ""
    if enterprise_id is not None:
        enterprise = enterprises.get(enterprise_id).name
        people.grant(made, role, enterprise_id=enterprise_id, activity_id=activity_id)
    if enterprise_id is not None and activity_id is not None:
        place = enterprises.activity(enterprise_id, activity_id).name
    by = access.current().name
    if known is not None and known.password_hash:
        mailing.mail_role(made, role, enterprise=enterprise, place=place, invited_by=by)
    else:
        mailing.mail_link(made, signing_in.INVITATION, enterprise=enterprise, invited_by=by)


def _check(person_id: int, role: Role) -> None:
    """Refuse what cannot be given to somebody who is there already."""
    try:
        person = people.one(person_id)
    except NotFound:
        raise PersonUnknown([_elsewhere()]) from None
    if role == Role.ADMINISTRATOR and not person.is_administrator:
        raise PersonUnknown(
            [Problem("Cette personne a déjà un compte : elle ne peut devenir administratrice.", "role")]
        )


def _elsewhere() -> Problem:
    return Problem(
        "Cette adresse a déjà un compte ailleurs : demandez à un administrateur de lui donner ce rôle.", "email"
    )
