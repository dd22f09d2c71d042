"""Who is hosted: activities of a month, the people behind them, the head of their enterprise's papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from ecp import money
from ecp.accounting import month_readings
from ecp.db import session
from ecp.hosting.figures import Subject


@dataclass(frozen=True, kw_only=True)
class Hosted:
    """An activity that is not the enterprise's own."""

    id: int
    enterprise_id: int
    code: str
    name: str
    trade: str
    language: str
    opened_on: date


@dataclass(frozen=True, kw_only=True)
class Host:
    """An enterprise that hosts activities."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who receives the statements of an activity; `phone` may be empty."""

    person_id: int
    activity_id: int
    name: str
    email: str
    phone: str
    language: str


def hosts() -> list[Host]:
    """List the enterprises that are open to this person, in the order they were opened."""
    return [Host(**row._mapping) for row in session.execute(_HOSTS)]  # noqa: SLF001 (SQLAlchemy's public name)


def by_code(code: str, enterprise_id: int | None = None) -> list[Hosted]:
    """List the activities of a code: one, unless several enterprises use it and none is named."""
    rows = session.execute(_BY_CODE, {"code": code, "enterprise_id": enterprise_id})
    return [Hosted(**row._mapping) for row in rows]  # noqa: SLF001


def in_month(enterprise_id: int, month: date) -> list[Hosted]:
    """List the activities that were open on a day of the month, *Structure* apart, in the order of their ids."""
    values = {"enterprise_id": enterprise_id, "first": month, "last": month_readings.last_day(month)}
    return [Hosted(**row._mapping) for row in session.execute(_IN_MONTH, values)]  # noqa: SLF001 (a public name)


def one(enterprise_id: int, activity_id: int) -> Hosted | None:
    """Give an activity, or None where there is none for this person."""
    values = {"enterprise_id": enterprise_id, "activity_id": activity_id}
    row = session.execute(_ONE, values).one_or_none()
    return Hosted(**row._mapping) if row else None  # noqa: SLF001


def by_id(activity_id: int) -> Hosted | None:
    """Give an activity of any enterprise that is open to this person, or None."""
    row = session.execute(_BY_ID, {"activity_id": activity_id}).one_or_none()
    return Hosted(**row._mapping) if row else None  # noqa: SLF001


def subjects(enterprise_id: int, activity_ids: Sequence[int]) -> list[Subject]:
    """Say whose months are told: names of activities and of the people behind them."""
    people: dict[int, list[str]] = {}
    for each in readers(enterprise_id, activity_ids):
        people.setdefault(each.activity_id, []).append(each.name)
    values = {"enterprise_id": enterprise_id, "activity_ids": list(activity_ids)}
    return [
        Subject(id=row.id, name=row.name, people=tuple(people.get(row.id, ())), opened_on=row.opened_on)
        for row in session.execute(_SUBJECTS, values)
    ]


def readers(enterprise_id: int, activity_ids: Sequence[int]) -> list[Reader]:
    """List the entrepreneurs of activities who may sign in, in the order they joined."""
    values = {"enterprise_id": enterprise_id, "activity_ids": list(activity_ids)}
    return [Reader(**row._mapping) for row in session.execute(_READERS, values)]  # noqa: SLF001


def letterhead(enterprise_id: int) -> Mapping[str, Any]:
    """Give the head of the enterprise's papers, as it is frozen with the figures."""
    row = session.execute(_ENTERPRISE, {"enterprise_id": enterprise_id}).one()._mapping  # noqa: SLF001
    address = [line.strip() for line in (row["address"] or "").splitlines() if line.strip()]
    if row["city"]:
        address.append(row["city"])
    head: dict[str, Any] = {name: row[name] or "" for name in _HEAD}
    capital = None if row["capital"] is None else format(money.from_centimes(row["capital"]), "f")
    return {**head, "capital": capital, "address": address}


_HEAD = ("name", "legal_form", "ice", "tax_id", "business_tax", "rc", "cnss", "phone", "email", "rib")
_COLUMNS = "id, enterprise_id, code, name, trade, language, opened_on"
_IN_MONTH = sa.text(f"""
    select {_COLUMNS} from activity
    where enterprise_id = :enterprise_id and not is_structure
      and opened_on <= :last and (closed_on is null or closed_on >= :first)
    order by id
""")
_ONE = sa.text(f"select {_COLUMNS} from activity where enterprise_id = :enterprise_id and id = :activity_id")
_BY_ID = sa.text(f"select {_COLUMNS} from activity where id = :activity_id and not is_structure")
_HOSTS = sa.text("select id, code, name from enterprise order by id")
_BY_CODE = sa.text(f"""
    select {_COLUMNS} from activity
    where code = :code and (cast(:enterprise_id as int) is null or enterprise_id = :enterprise_id) order by id
""")
_SUBJECTS = sa.text("""
    select id, name, opened_on from activity
    where enterprise_id = :enterprise_id and id = any(:activity_ids) order by id
""")
_READERS = sa.text("""
    select p.id as person_id, m.activity_id, p.name, p.email, p.phone, p.language
    from membership m join person p on p.id = m.person_id
    where m.enterprise_id = :enterprise_id and m.activity_id = any(:activity_ids)
      and m.role = 'entrepreneur' and p.disabled_at is null
    order by m.activity_id, m.id
""")
_ENTERPRISE = sa.text(f"""
    select {", ".join(_HEAD)}, capital, address, city from enterprise where id = :enterprise_id
""")
