"""The collective enterprises, the activities they host, and the roles people have in them."""

import re
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from ecp import clock
from ecp.db import Base, dirhams, identity, pk, session
from ecp.errors import Invalid, NotFound, Problem

STRUCTURE = "STR"
"""The code of the activity that carries the enterprise's own charges and the mirror of what levies take."""

_ENTERPRISE_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
_ACTIVITY_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,19}")

Found = TypeVar("Found")


class Role(StrEnum):
    """What a person is, in an enterprise or (administrators) in the whole installation (DESIGN §1)."""

    ENTREPRENEUR = "entrepreneur"
    ACCOUNTANT = "accountant"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


class Enterprise(Base):
    """A legal entity and its books; all its sales are made under its identity."""

    __tablename__ = "enterprise"

    id: Mapped[pk]
    code: Mapped[str]
    name: Mapped[str]
    legal_form: Mapped[str]
    capital: Mapped[dirhams]
    address: Mapped[str]
    city: Mapped[str]
    ice: Mapped[str]
    tax_id: Mapped[str]
    business_tax: Mapped[str]
    rc: Mapped[str]
    cnss: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    rib: Mapped[str]
    vat_regime: Mapped[str]
    language: Mapped[str]
    opened_on: Mapped[date]


class Activity(Base):
    """What one hosted entrepreneur, or several, do; or the enterprise's own *Structure*."""

    __tablename__ = "activity"

    enterprise_id: Mapped[pk]
    id: Mapped[identity]
    code: Mapped[str]
    name: Mapped[str]
    trade: Mapped[str]
    is_structure: Mapped[bool]
    language: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]


_OF_ENTERPRISE = frozenset(set(Enterprise.__table__.columns.keys()) - {"id", "code", "name", "opened_on"})
_OF_ACTIVITY = frozenset({"trade", "language", "closed_on"})


def create(*, code: str, name: str, opened_on: date, **fields: Any) -> Enterprise:
    """Create an enterprise and its Structure; `ecp.accounting.opening` gives it books as well.

    Raises: Invalid where the code is taken or cannot be one.
    """
    _refuse_unknown(fields, _OF_ENTERPRISE)
    if not _ENTERPRISE_CODE.fullmatch(code):
        raise Invalid([Problem("Le code a 2 à 20 majuscules, chiffres ou tirets.", "code")])
    if session.execute(sa.select(Enterprise.id).where(Enterprise.code == code)).first():
        raise Invalid([Problem("Le code « %(code)s » est déjà pris.", "code", (("code", code),))])
    values = {"code": code, "name": name, "opened_on": opened_on, **fields}
    made = session.execute(sa.insert(Enterprise).values(**values).returning(Enterprise.id)).scalar_one()
    _add(made, code=STRUCTURE, name="Structure", opened_on=opened_on, is_structure=True)
    return get(made)


def change(enterprise_id: int, **fields: Any) -> None:
    """Change what an enterprise is called and where it is."""
    _refuse_unknown(fields, _OF_ENTERPRISE | {"name"})
    session.execute(sa.update(Enterprise).where(Enterprise.id == enterprise_id).values(**fields))
    session.expire_all()


def add_activity(enterprise_id: int, *, code: str, name: str, opened_on: date | None = None, **fields: Any) -> Activity:
    """Host an activity.

    Raises: Invalid where the code is taken in this enterprise.
    """
    _refuse_unknown(fields, _OF_ACTIVITY)
    if not _ACTIVITY_CODE.fullmatch(code):
        raise Invalid([Problem("Le code a 1 à 20 lettres, chiffres, points ou tirets.", "code")])
    taken = sa.select(Activity.id).where(Activity.enterprise_id == enterprise_id, Activity.code == code)
    if session.execute(taken).first():
        raise Invalid([Problem("Le code « %(code)s » est déjà pris.", "code", (("code", code),))])
    made = _add(enterprise_id, code=code, name=name, opened_on=opened_on or clock.today(), **fields)
    return activity(enterprise_id, made)


def get(enterprise_id: int) -> Enterprise:
    """Give an enterprise.

    Raises: NotFound, also where it is not for this person's eyes.
    """
    return _one(sa.select(Enterprise).where(Enterprise.id == enterprise_id))


def by_code(code: str) -> Enterprise:
    """Give the enterprise with a code; raises NotFound."""
    return _one(sa.select(Enterprise).where(Enterprise.code == code))


def all_seen() -> list[Enterprise]:
    """List the enterprises this person has to do with."""
    return list(session.execute(sa.select(Enterprise).order_by(Enterprise.code)).scalars())


def activity(enterprise_id: int, activity_id: int) -> Activity:
    """Give an activity; raises NotFound."""
    return _one(sa.select(Activity).where(Activity.enterprise_id == enterprise_id, Activity.id == activity_id))


def activity_by_code(enterprise_id: int, code: str) -> Activity:
    """Give the activity with a code; raises NotFound."""
    return _one(sa.select(Activity).where(Activity.enterprise_id == enterprise_id, Activity.code == code))


def structure(enterprise_id: int) -> Activity:
    """Give the enterprise's own activity; raises NotFound."""
    return _one(sa.select(Activity).where(Activity.enterprise_id == enterprise_id, Activity.is_structure))


def activities(enterprise_id: int) -> list[Activity]:
    """List the activities this person sees in an enterprise, Structure among them, by code."""
    query = sa.select(Activity).where(Activity.enterprise_id == enterprise_id).order_by(Activity.code)
    return list(session.execute(query).scalars())


def _add(enterprise_id: int, **values: Any) -> int:
    made = sa.insert(Activity).values(enterprise_id=enterprise_id, **values).returning(Activity.id)
    return session.execute(made).scalar_one()


def _one(query: sa.Select[Found]) -> Found:
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _refuse_unknown(fields: dict[str, Any], known: frozenset[str]) -> None:
    unknown = set(fields) - known
    if unknown:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
