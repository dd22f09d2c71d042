"""The demonstration's two enterprises: their activities, contracts and people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

import sqlalchemy as sa

from ecp import catalog, enterprises, identifiers, money
from ecp.accounting import opening, periods
from ecp.db import session
from ecp.demo import trades
from ecp.demo.trades import Trade
from ecp.enterprises import Role
from ecp.hosting import contracts
from ecp.hosting.levies import Base, Bracket, Levy, Settlement
from ecp.identity import people
from ecp.sales import mandates

PASSWORD = "argile-safran-24"  # noqa: S105 (told to everybody who starts the demonstration)
DOMAIN = "demo.example"
CAPITAL = Decimal("100000.00")
ACCOUNT = "9999990000000000000001"  # of no bank that there is


@dataclass(frozen=True)
class House:
    """An enterprise of the demonstration, and the ids of its activities by code."""

    enterprise_id: int
    structure_id: int
    activities: dict[str, int]
    trades: tuple[Trade, ...]


HOUSES = (
    ("TANGER", "ECP Exemple de Tanger", "Tanger", "001987654000021", trades.TANGER),
    ("CHEFCHAOUEN", "ECP Modèle de Chefchaouen", "Chefchaouen", "001987655000036", trades.CHEFCHAOUEN),
)
LOGINS = (
    ("Entrepreneuse (français)", "zahra"),
    ("Entrepreneuse (العربية)", "rachida"),
    ("Comptable", "comptable"),
    ("Coordinatrice", "coordination"),
    ("Administrateur", "administration"),
)


def open_house(row: tuple[str, str, str, str, tuple[Trade, ...]], first: date) -> House:
    """Open an enterprise with its activities and their contracts, or find it as an earlier load left it."""
    code, name, city, ice, hosted = row
    known = session.execute(sa.text("select id from enterprise where code = :code"), {"code": code}).scalar()
    if known is None:
        made = opening.open_enterprise(
            code=code,
            name=name,
            opened_on=first.replace(month=1, day=1),
            ice=ice,
            legal_form="SARL",
            capital=CAPITAL,
            city=city,
            address="12, rue de l’Exemple",
            tax_id="12345678",
            business_tax="50012345",
            rc=f"99999 {city}",
            cnss="1234567",
            phone="+212500000000",
            email=f"bonjour@{DOMAIN}",
            rib=ACCOUNT + identifiers.rib_key(ACCOUNT),
        )
        known = made.id
        for trade in hosted:
            _activity(known, trade, first)
    periods.ensure_year(known, first.replace(year=first.year + 1))
    for each in periods.all_of(known):
        if each.month < first and not each.is_closed:
            periods.close(known, each.month)
    activities = {each.code: each.id for each in enterprises.activities(known)}
    return House(known, activities[enterprises.STRUCTURE], activities, hosted)


def _activity(enterprise_id: int, trade: Trade, first: date) -> None:
    """Host an activity: contract, levies, mandate, articles."""
    made = enterprises.add_activity(
        enterprise_id, code=trade.code, name=trade.name, trade=trade.trade, language=trade.language, opened_on=first
    )
    contract_id = contracts.sign(enterprise_id=enterprise_id, activity_id=made.id, starts_on=first)
    for terms in _levies(trade, first):
        contracts.add_levy(terms, enterprise_id=enterprise_id, contract_id=contract_id)
    mandates.give(enterprise_id, made.id, starts_on=first, may_issue=trade.may_issue, may_collect=True)
    for name, unit, price in trade.products:
        catalog.add(
            enterprise_id,
            made.id,
            name=name,
            unit=unit,
            unit_price=money.from_centimes(price),
            vat_category=trade.vat,
            is_service=trade.is_service,
        )


def _levies(trade: Trade, first: date) -> Iterator[Levy]:
    yield Levy(
        code="contribution",
        label="Contribution coopérative",
        base=Base.COLLECTED_NET,
        brackets=(Bracket(Decimal("20000.00"), Decimal("0.10")), Bracket(None, Decimal("0.08"))),
        starts_on=first,
        expense_account="9211",
        income_account="9711",
    )
    yield Levy(
        code="assurance",
        label="Assurance",
        base=Base.FIXED,
        fixed=Decimal("60.00"),
        starts_on=first,
        settlement=Settlement.LIAISON if trade.is_service else Settlement.BANK,
        expense_account="9212",
        income_account="9712",
    )


def add_people(houses: list[House]) -> None:
    """One person an activity, an accountant, a coordinator, an administrator; the first ones have a password."""
    named = {login for _, login in LOGINS}
    numbers = count(1)
    for house in houses:
        for trade in house.trades:
            first_name = trade.person.split()[0].lower().replace("ï", "i").replace("è", "e")
            login = first_name if first_name in named else f"{first_name}.{trade.code.lower()}"
            made = people.create(
                email=f"{login}@{DOMAIN}",
                name=trade.person,
                language=trade.language,
                phone=f"+2126000000{number:02}" if (number := next(numbers)) % 6 else "",  # nobody's; some have none
                password=PASSWORD if login in named else "",
            )
            people.grant(
                made, Role.ENTREPRENEUR, enterprise_id=house.enterprise_id, activity_id=house.activities[trade.code]
            )
    accountant = people.create(email=f"comptable@{DOMAIN}", name="Meryem Exemple", password=PASSWORD)
    coordinator = people.create(email=f"coordination@{DOMAIN}", name="Nora Témoin", password=PASSWORD)
    people.create(email=f"administration@{DOMAIN}", name="Ilyas Modèle", password=PASSWORD, is_administrator=True)
    for house in houses:
        people.grant(accountant, Role.ACCOUNTANT, enterprise_id=house.enterprise_id)
        people.grant(coordinator, Role.COORDINATOR, enterprise_id=house.enterprise_id)
