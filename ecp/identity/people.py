"""People and their roles. What each may do is written in the database's policies; here are the kind messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email

from ecp import walls
from ecp.db import session
from ecp.enterprises import Role
from ecp.errors import NotFound, Problem
from ecp.identity import passwords
from ecp.identity.errors import PersonUnknown


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with an address."""

    id: int
    email: str
    name: str
    language: str
    phone: str
    is_administrator: bool
    disabled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A role of a person in an enterprise, for entrepreneurs in an activity."""

    id: int
    person_id: int
    role: Role
    enterprise_id: int
    enterprise: str
    activity_id: int | None
    activity: str


def create(  # noqa: PLR0913 (what a person is)
    *, email: str, name: str, language: str = "fr", phone: str = "", password: str = "", is_administrator: bool = False
) -> int:
    """Add a person, or find the one with that address; gives their id. A password is checked, then set at once.

    Raises: PersonUnknown, WeakPassword, NotYours.
    """
    address, called = normal_email(email), " ".join(name.split())
    if not called:
        raise PersonUnknown([Problem("À remplir.", "name")])
    if password:
        passwords.check(password, name=called, email=address)
    values = {"email": address, "name": called, "language": language, "phone": phone, "administrator": is_administrator}
    made = int(session.execute(_CREATE, values).scalar_one())
    if password:
        session.flush()
        walls.set_password_here(made, passwords.hashed(password))
    return made


def normal_email(email: str) -> str:
    """Give an address as it is kept; raises PersonUnknown."""
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise PersonUnknown([Problem("Cette adresse n’en est pas une.", "email")]) from error


def looked_up(email: str) -> str:
    """Give an address that somebody types as it would be kept; what is no address stays as it is, and is nobody's."""
    try:
        return normal_email(email)
    except PersonUnknown:
        return email.strip().lower()


def grant(person_id: int, role: Role, *, enterprise_id: int, activity_id: int | None = None) -> None:
    """Give a person a role; the same again changes nothing. Entrepreneurs name an activity, others none."""
    if (role == Role.ENTREPRENEUR) != (activity_id is not None):
        raise PersonUnknown([Problem("Choisissez une activité pour un entrepreneur.", "activity")])
    values = {"person": person_id, "role": role.value, "enterprise": enterprise_id, "activity": activity_id}
    known = session.execute(_KNOWN, values).first()
    if not known:
        session.execute(_GRANT, values)
        walls.note(
            f"role:{role.value}:granted", enterprise_id=enterprise_id, activity_id=activity_id, subject=str(person_id)
        )


def revoke(membership_id: int, *, person_id: int) -> None:
    """Take a role back from a person, from the next statement on; raises NotFound, also for another's role."""
    row = session.execute(_REVOKE, {"membership": membership_id, "person": person_id}).one_or_none()
    if row is None:
        raise NotFound
    walls.note(
        f"role:{row.role}:revoked",
        enterprise_id=row.enterprise_id,
        activity_id=row.activity_id,
        subject=str(row.person_id),
    )


def disable(person_id: int, *, is_disabled: bool) -> None:
    """Shut a person out at once, everywhere, or let them in again."""
    session.execute(_DISABLE, {"person": person_id, "disabled": is_disabled})
    walls.note("person:disabled" if is_disabled else "person:enabled", subject=str(person_id))


def change(person_id: int, *, name: str, language: str, phone: str) -> None:
    """Change what a person is called and reads."""
    called = " ".join(name.split())
    if not called:
        raise PersonUnknown([Problem("À remplir.", "name")])
    session.execute(_CHANGE, {"person": person_id, "name": called, "language": language, "phone": phone.strip()})


def all_seen() -> list[Person]:
    """List the people one may see, by name."""
    return [Person(**row._mapping) for row in session.execute(_ALL)]  # noqa: SLF001


def one(person_id: int) -> Person:
    """Give a person; raises NotFound."""
    row = session.execute(_ONE, {"person": person_id}).one_or_none()
    if row is None:
        raise NotFound
    return Person(**row._mapping)  # noqa: SLF001


def memberships(person_id: int | None = None) -> list[Membership]:
    """List roles that one may see, of a person or of all."""
    return [_membership(row) for row in session.execute(_MEMBERSHIPS, {"person": person_id})]


def _membership(row: sa.Row[Any]) -> Membership:
    values = dict(row._mapping)  # noqa: SLF001
    return Membership(**{**values, "role": Role(values["role"])})


_COLUMNS = "id, email, name, language, phone, is_administrator, disabled_at"
_CREATE = sa.text("select person_create(:email, :name, :language, :phone, :administrator)")
_KNOWN = sa.text("""
    select 1 from membership where person_id = :person and role = :role and enterprise_id = :enterprise
      and activity_id is not distinct from cast(:activity as int)
""")
_GRANT = sa.text("""
    insert into membership (person_id, role, enterprise_id, activity_id, granted_by)
    values (:person, :role, :enterprise, :activity, (select walls_person()))
""")
_REVOKE = sa.text("""
    delete from membership where id = :membership and person_id = :person
    returning person_id, role, enterprise_id, activity_id
""")
_DISABLE = sa.text("select person_disable(:person, :disabled)")
_CHANGE = sa.text("update person set name = :name, language = :language, phone = :phone where id = :person")
_ALL = sa.text(f"select {_COLUMNS} from person order by name, id")
_ONE = sa.text(f"select {_COLUMNS} from person where id = :person")
_MEMBERSHIPS = sa.text("""
    select m.id, m.person_id, m.role, m.enterprise_id, e.name as enterprise, m.activity_id,
        coalesce(a.name, '') as activity
    from membership m join enterprise e on e.id = m.enterprise_id
    left join activity a on a.enterprise_id = m.enterprise_id and a.id = m.activity_id
    where cast(:person as int) is null or m.person_id = :person order by m.person_id, m.id
""")
