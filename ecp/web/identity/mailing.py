"""Mails about one's access: a link that chooses a password, or the plain word that a role was given."""

from datetime import timedelta

from flask import current_app, url_for

from ecp import clock, documents, keys, outgoing, walls
from ecp.enterprises import Role
from ecp.identity import people, signing_in

_TEMPLATES = {signing_in.INVITATION: "invitation", signing_in.RESET: "password_reset"}


def secret() -> str:
    """The key that signs links."""
    return keys.derived(current_app.config["SETTINGS"], "links").hex()


def has_password(email: str) -> bool:
    """Tell whether the person with an address can sign in already: no invitation may replace their password."""
    row = walls.login_row(people.looked_up(email))
    return row is not None and bool(row.password_hash)


def mail_link(person_id: int, purpose: str, *, enterprise: str = "ECP", invited_by: str = "") -> None:
    """Write the mail that carries a link, in the caller's transaction."""
    person = people.one(person_id)
    word = signing_in.make_link(person_id, purpose, secret())
    data = {
        "name": person.name,
        "link": current_app.config["SETTINGS"].root + url_for("identity.choose", word=word),
        "expires_at": clock.now() + timedelta(hours=signing_in.HOURS[purpose]),
        "enterprise": enterprise,
        "invited_by": invited_by,
    }
    mail = documents.mail(_TEMPLATES[purpose], data, person.language)
    outgoing.write(key=f"{purpose}:{person_id}:{word[-24:]}", recipient=person.email, mail=mail)


def mail_role(person_id: int, role: Role, *, enterprise: str, place: str, invited_by: str) -> None:
    """Write the mail that tells who can sign in already of a new role: it opens nothing."""
    person = people.one(person_id)
    data = {"name": person.name, "role": role.value, "enterprise": enterprise, "place": place, "invited_by": invited_by}
    outgoing.write(
        key=f"role:{person_id}:{role.value}:{clock.now().isoformat()}",
        recipient=person.email,
        mail=documents.mail("role", data, person.language),
        person_id=person_id,
    )
