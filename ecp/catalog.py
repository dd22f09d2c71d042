"""What an activity sells: products and services, with a price and a VAT category."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import vat
from ecp.db import session
from ecp.errors import Invalid, Problem


class ProductInvalid(Invalid):
    """The product cannot be kept as given."""

    message = "Cet article est à corriger."


@dataclass(frozen=True, kw_only=True)
class Product:
    """Something with a price; `unit_price` is net, in dirhams, up to four decimals."""

    id: int
    enterprise_id: int
    activity_id: int
    name: str
    unit: str
    unit_price: Decimal
    vat_category: str
    is_service: bool
    is_archived: bool


EDITED = ("name", "unit", "unit_price", "vat_category", "is_service", "is_archived")


def add(enterprise_id: int, activity_id: int, **fields: Any) -> int:
    """Keep a new product; gives its id.

    Raises: ProductInvalid.
    """
    values = _checked({"unit": "", "is_service": False, **fields})
    columns = ["enterprise_id", "activity_id", *values]
    marks = ", ".join(f":{name}" for name in columns)
    query = sa.text(f"insert into product ({', '.join(columns)}) values ({marks}) on conflict do nothing returning id")
    made = session.execute(query, {"enterprise_id": enterprise_id, "activity_id": activity_id, **values}).scalar()
    if made is None:
        raise ProductInvalid([Problem("« %(name)s » existe déjà.", "name", (("name", values["name"]),))])
    return int(made)


def of_activity(activity_id: int) -> list[Product]:
    """List what an activity sells, by name."""
    return [Product(**row._mapping) for row in session.execute(_LIST, {"activity": activity_id})]  # noqa: SLF001


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(EDITED)
    if unknown:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    values, problems = dict(fields), []
    if "name" in values:
        values["name"] = " ".join(str(values["name"]).split())
        if not values["name"]:
            problems.append(Problem("À remplir.", "name"))
    if "vat_category" in values:
        vat.category(values["vat_category"])
    if values.get("unit_price") is not None and values["unit_price"] < 0:
        problems.append(Problem("Un prix n’est pas négatif.", "unit_price"))
    if problems:
        raise ProductInvalid(problems)
    return values


_COLUMNS = "id, enterprise_id, activity_id, " + ", ".join(EDITED)
_LIST = sa.text(f"select {_COLUMNS} from product where activity_id = :activity and not is_archived order by name, id")
