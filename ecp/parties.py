"""Customers and suppliers of an activity: one person, several hats."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ecp import formats, identifiers
from ecp.db import session
from ecp.errors import Invalid, NotFound, Problem


class PartyInvalid(Invalid):
    """The customer or supplier cannot be kept as given."""

    message = "Cette fiche est à corriger."


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody the activity sells to or buys from."""

    id: int
    enterprise_id: int
    activity_id: int
    name: str
    is_customer: bool
    is_supplier: bool
    ice: str
    tax_id: str
    address: str
    city: str
    phone: str
    email: str
    language: str
    payment_days: int
    is_archived: bool


EDITED: tuple[str, ...] = (
    "name",
    "is_customer",
    "is_supplier",
    "ice",
    "tax_id",
    "address",
    "city",
    "phone",
    "email",
    "language",
)
EDITED += ("payment_days", "is_archived")
_READERS = {"ice": identifiers.ice, "tax_id": identifiers.tax_identifier, "phone": identifiers.phone}
_READERS["email"] = identifiers.email


def add(enterprise_id: int, activity_id: int, **fields: Any) -> int:
    """Keep a new party of an activity; gives its id.

    Raises: PartyInvalid, with each field.
    """
    values = {"is_customer": True, "language": "fr", "payment_days": 0, **_checked(fields)}
    _refuse_namesake(activity_id, str(values["name"]), None)
    columns = ["enterprise_id", "activity_id", *values]
    marks = ", ".join(f":{name}" for name in columns)
    query = sa.text(f"insert into party ({', '.join(columns)}) values ({marks}) on conflict do nothing returning id")
    made = session.execute(query, {"enterprise_id": enterprise_id, "activity_id": activity_id, **values}).scalar()
    if made is None:  # the same name, a moment earlier
        raise PartyInvalid([_namesake(str(values["name"]))])
    return int(made)


def change(party_id: int, **fields: Any) -> None:
    """Change a party; what was issued keeps the name it bore.

    Raises: NotFound, PartyInvalid.
    """
    known = one(party_id)
    values = _checked(fields)
    if "name" in values:
        _refuse_namesake(known.activity_id, str(values["name"]), party_id)
    sets = ", ".join(f"{name} = :{name}" for name in values)
    session.execute(sa.text(f"update party set {sets} where id = :party_id"), {"party_id": party_id, **values})


def one(party_id: int) -> Party:
    """Give a party; raises NotFound."""
    row = session.execute(_ONE, {"party": party_id}).one_or_none()
    if row is None:
        raise NotFound
    return Party(**row._mapping)  # noqa: SLF001


def of_activity(activity_id: int, *, customers: bool = False, suppliers: bool = False) -> list[Party]:
    """List the parties of an activity by name; all of them unless customers or suppliers are asked for."""
    values = {"activity": activity_id, "customers": customers, "suppliers": suppliers}
    found = [Party(**row._mapping) for row in session.execute(_LIST, values)]  # noqa: SLF001
    return sorted(found, key=lambda each: (formats.in_dictionary(each.name), each.id))


def ensure(
    enterprise_id: int, pairs: set[tuple[int, str]], *, customers: bool = True, suppliers: bool = True
) -> dict[tuple[int, str], int]:
    """Find parties by activity and name, and add those that are missing as what they are; one query each, for imports.

    An import does not say what they are: they may be both.
    """
    if not pairs:
        return {}
    session.execute(_ENSURE, {**_named(enterprise_id, pairs), "customers": customers, "suppliers": suppliers})
    return find(enterprise_id, pairs)


def find(enterprise_id: int, pairs: set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Find parties by activity and name, exactly as they are written; those that are not there are left out."""
    if not pairs:
        return {}
    rows = session.execute(_FIND, _named(enterprise_id, pairs))
    return {(row.activity_id, row.name): row.id for row in rows}


def _named(enterprise_id: int, pairs: set[tuple[int, str]]) -> dict[str, object]:
    ordered = sorted(pairs)
    return {
        "enterprise": enterprise_id,
        "activities": [activity for activity, _ in ordered],
        "names": [name for _, name in ordered],
    }


def names(enterprise_id: int, limit: int = 1000) -> list[str]:
    """Give the names of an enterprise's parties, each once, to choose from."""
    return list(session.execute(_NAMES, {"enterprise": enterprise_id, "limit": limit}).scalars())


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """Tidy what was typed.

    Raises: PartyInvalid, TypeError for a field that is none.
    """
    unknown = set(fields) - set(EDITED)
    if unknown:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    values, problems = dict(fields), []
    if "name" in values:
        values["name"] = " ".join(str(values["name"]).split())
        if not values["name"]:
            problems.append(Problem("À remplir.", "name"))
    for name, read in _READERS.items():
        text = str(values.get(name) or "")
        if name in values:
            found = read(text, name) if text.strip() else ""
            if isinstance(found, Problem):
                problems.append(found)
            else:
                values[name] = found
    if problems:
        raise PartyInvalid(problems)
    return {name: ("" if value is None else value) for name, value in values.items()}


def _refuse_namesake(activity_id: int, name: str, party_id: int | None) -> None:
    found = session.execute(_NAMESAKE, {"activity": activity_id, "name": name, "party": party_id}).first()
    if found:
        raise PartyInvalid([_namesake(name)])


def _namesake(name: str) -> Problem:
    return Problem("« %(name)s » existe déjà.", "name", (("name", name),))


_COLUMNS = "id, enterprise_id, activity_id, " + ", ".join(EDITED)
_ONE = sa.text(f"select {_COLUMNS} from party where id = :party")
_LIST = sa.text(f"""
    select {_COLUMNS} from party
    where activity_id = :activity and not is_archived and (not :customers or is_customer)
      and (not :suppliers or is_supplier)
""")
_NAMESAKE = sa.text("""
    select 1 from party where activity_id = :activity and lower(name) = lower(:name)
      and (cast(:party as bigint) is null or id <> :party)
""")
_ENSURE = sa.text("""
    insert into party (enterprise_id, activity_id, name, is_customer, is_supplier)
    select :enterprise, u.activity, u.name, :customers, :suppliers
    from unnest(cast(:activities as int[]), cast(:names as text[])) as u (activity, name)
    on conflict (enterprise_id, activity_id, name) do nothing
""")
_NAMES = sa.text("""
    select distinct name from party where enterprise_id = :enterprise and not is_archived order by name limit :limit
""")
_FIND = sa.text("""
    select p.activity_id, p.name, p.id from party p
    join unnest(cast(:activities as int[]), cast(:names as text[])) as u (activity, name)
      on p.activity_id = u.activity and p.name = u.name
    where p.enterprise_id = :enterprise
""")
