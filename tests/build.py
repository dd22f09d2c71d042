"""Builds what tests need, with names that nobody could take for real; call it inside `transaction()`."""

import itertools
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from ecp import clock, enterprises
from ecp.accounting import opening, posting
from ecp.db import session
from ecp.enterprises import Activity, Enterprise
from ecp.purchasing import bills
from ecp.purchasing.bills import Bought
from ecp.sales import documents
from ecp.sales.documents import Item

_counter = itertools.count(1)


def enterprise(*, opened_on: date = date(2026, 1, 1), code: str | None = None, **fields: object) -> Enterprise:
    """Open an enterprise with its books."""
    code = code or f"ESSAI-{next(_counter)}"
    fields = {"ice": "001234567000089", "tax_id": "12345678", "city": "Ville d’essai", **fields}
    return opening.open_enterprise(code=code, name=f"Coopérative {code}", opened_on=opened_on, **fields)


def activity(
    owner: Enterprise | int, *, name: str = "Poterie d’essai", code: str | None = None, **fields: object
) -> Activity:
    """Host an activity, from the first day of the books unless told otherwise."""
    enterprise_id = owner if isinstance(owner, int) else owner.id
    fields.setdefault("opened_on", enterprises.get(enterprise_id).opened_on)
    return enterprises.add_activity(enterprise_id, code=code or f"A{next(_counter)}", name=name, **fields)


def person(
    *,
    role: str,
    enterprise: Enterprise | int | None = None,
    activity: Activity | int | None = None,
    language: str = "fr",
    email: str | None = None,
) -> int:
    """Add a person with a role; gives their id."""
    number = next(_counter)
    values = {
        "email": email or f"personne-{number}@essai.example",
        "name": "Personne d’essai",
        "language": language,
        "administrator": role == "administrator",
    }
    made = session.execute(sa.text("select person_create(:email, :name, :language, '', :administrator)"), values)
    person_id = int(made.scalar_one())
    if role != "administrator":
        membership = {"person": person_id, "role": role, "enterprise": _id(enterprise), "activity": _id(activity)}
        session.execute(_MEMBERSHIP, membership)
    return person_id


def entry_draft(
    enterprise_id: int,
    activity_id: int,
    *,
    on: date = date(2026, 1, 15),
    amount: str = "100.00",
    source: str | None = None,
    journal: str = "OD",
    label: str = "Écriture d’essai",
) -> posting.Draft:
    """Describe a purchase paid by the bank."""
    lines = (
        posting.DraftLine(account="6121", activity_id=activity_id, debit=Decimal(amount)),
        posting.DraftLine(account="5141", activity_id=activity_id, credit=Decimal(amount)),
    )
    return posting.Draft(
        enterprise_id=enterprise_id,
        journal=journal,
        on=on,
        label=label,
        source=source or f"test:{next(_counter)}",
        lines=lines,
    )


def entry(enterprise_id: int, activity_id: int, **fields: object) -> int:
    """Post what `entry_draft` describes; gives the entry's id."""
    return posting.post(entry_draft(enterprise_id, activity_id, **fields)).entry_id


def draft(owner: Activity, party_id: int, *, kind: str = "invoice", key: str | None = None) -> int:
    """Draft a document of today that sells one bowl; gives its id."""
    item = Item(description="Bol", quantity=Decimal(1), unit_price=Decimal(10), vat_category="standard")
    whose = {"enterprise_id": owner.enterprise_id, "activity_id": owner.id, "party_id": party_id}
    return documents.draft(**whose, items=[item], on=clock.today(), key=key or f"draft:{next(_counter)}", kind=kind)


def expense(owner: Activity, *, key: str | None = None) -> int:
    """Hand in an expense of today, clay for 12.00; gives its id."""
    bought = Bought(
        party_id=None,
        kind="expense",
        billed_on=clock.today(),
        nature="materials",
        label="Argile",
        gross=Decimal(12),
        vat_category="standard",
    )
    key = key or f"expense:{next(_counter)}"
    return bills.submit(bought, enterprise_id=owner.enterprise_id, activity_id=owner.id, key=key)


def _id(thing: Enterprise | Activity | int | None) -> int | None:
    return thing if thing is None or isinstance(thing, int) else thing.id


_MEMBERSHIP = sa.text("""
    insert into membership (person_id, role, enterprise_id, activity_id)
    values (:person, :role, :enterprise, :activity)
""")
