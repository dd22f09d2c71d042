"""Two houses and three activities, with a row of every kind that an address names, under words that nobody mistakes."""

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import sqlalchemy as sa

from ecp import catalog, outgoing, parties, walls
from ecp.db import session, transaction
from ecp.documents import Mail
from ecp.enterprises import Activity, Enterprise, Role
from ecp.hosting import contracts, month
from ecp.identity import people
from ecp.sales import documents, issuing, payments
from ecp.sales.documents import Item
from tests import build
from tests.month import books

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
MONTH, SOLD_ON, PAID_ON = date(2026, 1, 1), date(2026, 1, 20), date(2026, 1, 25)
OWN, NEIGHBOUR, FOREIGN = "Opalinette", "Quartzinette", "Zirconette"
BOOKED = ("Achat", "Article", "Client", "Courrier", "Vente", "Écriture")
"""How names begin that only those who sell for an activity, or keep its books, may read."""

_NOWHERE = {"absent": 2_000_000_000, "huge": 10**20}
_counter = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """An activity and what it has, by the words of addresses: the ids of each kind; its word stands in all names."""

    word: str
    ids: dict[str, tuple[int, ...]]

    def __getitem__(self, kind: str) -> int:
        return self.ids[kind][0]


@dataclass(frozen=True)
class Town:
    """An activity, another of its enterprise, one of another enterprise, and people of the first, by role."""

    own: Place
    neighbour: Place
    foreign: Place
    people: dict[str, int]

    def place(self, whose: str) -> Place:
        """Give a place by what it is to the first; what is absent has ids that nobody has."""
        if whose in _NOWHERE:
            return Place("Personnette", dict.fromkeys(self.own.ids, (_NOWHERE[whose],)))
        return {"own": self.own, "neighbour": self.neighbour, "foreign": self.foreign}[whose]


def found() -> Town:
    """Build a town whose first month is closed; in an application context, the clock stopped at NOON."""
    with walls.system():
        with transaction():
            ours, theirs = _enterprise(OWN), _enterprise(FOREIGN)
            own, neighbour, foreign = _place(ours, OWN), _place(ours, NEIGHBOUR), _place(theirs, FOREIGN)
            actors = {
                "entrepreneur": own["person_id"],
                "accountant": _person("Comptable", Role.ACCOUNTANT, ours.id),
                "coordinator": _person("Coordinatrice", Role.COORDINATOR, ours.id),
                "administrator": build.person(role="administrator"),
            }
        for enterprise in (ours, theirs):
            _close_month(enterprise.id)
    return Town(own, neighbour, foreign, actors)


def _enterprise(word: str) -> Enterprise:
    return build.enterprise(code=f"{word.upper()}-{next(_counter)}", opened_on=MONTH)


def _person(name: str, role: Role, enterprise_id: int, activity_id: int | None = None) -> int:
    made = people.create(email=f"{name.replace(' ', '.')}.{next(_counter)}@essai.example", name=name)
    people.grant(made, role, enterprise_id=enterprise_id, activity_id=activity_id)
    return made


def _place(enterprise: Enterprise, word: str) -> Place:
    activity = build.activity(enterprise, name=f"Atelier {word}")
    of = (enterprise.id, activity.id)
    person = _person(f"Personne {word}", Role.ENTREPRENEUR, *of)
    party = parties.add(*of, name=f"Client {word}", is_supplier=True)
    invoice, draft = _sale(activity, party, word), _sale(activity, party, word)
    issuing.issue(invoice, on=SOLD_ON)
    ids = {
        "enterprise_id": enterprise.id,
        "activity_id": activity.id,
        "entry_id": build.entry(*of, label=f"Écriture {word}"),
        "levy_id": _levy(activity, word),
        "mail_id": _mail(activity, person, word),
        "membership_id": people.memberships(person)[0].id,
        "party_id": party,
        "payment_id": payments.receive({invoice: Decimal(12)}, on=PAID_ON, means="transfer", key=f"town:{invoice}"),
        "person_id": person,
        "product_id": catalog.add(*of, name=f"Article {word}", unit_price=Decimal(10), vat_category="standard"),
        "purchase_id": _purchase(activity, word),
    }
    return Place(word, {"document_id": (invoice, draft), **{kind: (each,) for kind, each in ids.items()}})


def _sale(activity: Activity, party_id: int, word: str) -> int:
    item = Item(description=f"Vente {word}", quantity=Decimal(2), unit_price=Decimal(100), vat_category="standard")
    return documents.draft(
        enterprise_id=activity.enterprise_id,
        activity_id=activity.id,
        party_id=party_id,
        items=[item],
        on=SOLD_ON,
        key=f"town:{next(_counter)}",
    )


def _purchase(activity: Activity, word: str) -> int:
    values = {"enterprise": activity.enterprise_id, "activity": activity.id, "label": f"Achat {word}"}
    return int(session.execute(_PURCHASE, {**values, "on": NOON.date(), "key": f"town:{word}"}).scalar_one())


def _levy(activity: Activity, word: str) -> int:
    of = activity.enterprise_id
    contract = contracts.sign(enterprise_id=of, activity_id=activity.id, starts_on=MONTH)
    return contracts.add_levy(books.contribution_terms(label=f"Part {word}"), enterprise_id=of, contract_id=contract)


def _mail(activity: Activity, person_id: int, word: str) -> int:
    of = {"enterprise_id": activity.enterprise_id, "activity_id": activity.id}
    text, key = f"Courrier {word}", f"town:{person_id}"
    file = outgoing.store(**of, name=f"{word}.txt", media_type="text/plain", content=text.encode())
    mail = Mail(text, text, text)
    outgoing.write(**of, key=key, recipient="a@essai.example", mail=mail, person_id=person_id, file_ids=[file])
    return next(each.id for each in outgoing.listed() if each.key == key)


def _close_month(enterprise_id: int) -> None:
    with transaction():
        run = month.start(enterprise_id, MONTH)
    while run.goes_on:
        with transaction():
            run = month.advance(enterprise_id, MONTH)


_PURCHASE = sa.text("""
    insert into purchase (enterprise_id, activity_id, kind, billed_on, nature, label, net, vat, vat_category, key)
    values (:enterprise, :activity, 'expense', :on, 'materials', :label, 10000, 2000, 'standard', :key) returning id
""")
