"""What a superuser alters in purchases, levies and statements with triggers off is named by `ecp verify`."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ecp import clock, parties, walls
from ecp.db import transaction
from ecp.hosting import contracts, month
from ecp.hosting import verify as hosting
from ecp.hosting.levies import Base, Levy
from ecp.purchasing import bills
from ecp.purchasing import verify as purchasing
from tests import build

MONTH, DAY = date(2026, 1, 1), date(2026, 1, 20)
TABLES = ("purchase", "purchase_payment", "levy_result", "monthly_statement", "entry_line")
PURCHASES, PAYMENTS = list(purchasing._CHECKS)
LEVIES, STATEMENTS = "Chaque prélèvement a son écriture", "Les chiffres de chaque relevé"
TAMPERINGS = {
    "a centime of a purchase": ("update purchase set net = net + 1", PURCHASES),
    "the day of a purchase": ("update purchase set billed_on = billed_on + 1", PURCHASES),
    "a centime of its payment": ("update purchase_payment set amount = amount - 1", PAYMENTS),
    "a purchase that is no longer posted": ("update purchase set state = 'submitted'", PAYMENTS),
    "a centime of a levy": ("update levy_result set amount = amount + 1", LEVIES),
    "a line of a levy": (
        "update entry_line set debit = debit + 1 where account_id in (select id from account where number = '9211')",
        LEVIES,
    ),
    "a figure of a statement": (
        """update monthly_statement set figures = jsonb_set(figures, '{cash_closing}', '"0.01"')""",
        STATEMENTS,
    ),
}


@pytest.fixture
def closed(own_database):
    clock.stop(datetime(2026, 2, 10, 9, tzinfo=UTC))
    with own_database.app.app_context(), walls.system():
        with transaction():
            enterprise = build.enterprise()
            activity = build.activity(enterprise)
            signed = contracts.sign(enterprise_id=enterprise.id, activity_id=activity.id, starts_on=MONTH)
            terms = Levy(
                code="fund",
                label="Fonds",
                base=Base.FIXED,
                fixed=Decimal("50.00"),
                starts_on=MONTH,
                expense_account="9211",
                income_account="9711",
            )
            contracts.add_levy(terms, enterprise_id=enterprise.id, contract_id=signed)
            clay = bills.Bought(
                party_id=parties.add(enterprise.id, activity.id, name="Argiles fictives", is_supplier=True),
                kind="bill",
                billed_on=DAY,
                nature="materials",
                label="Argile",
                gross=Decimal("120.00"),
                vat_category="standard",
            )
            bought = bills.submit(clay, enterprise_id=enterprise.id, activity_id=activity.id, key="b")
            bills.approve(bought)
            bills.pay(bought, Decimal("60.00"), on=DAY, means="cash", key="p")
        with transaction():
            run = month.start(enterprise.id, MONTH)
        while run.goes_on:
            with transaction():
                run = month.advance(enterprise.id, MONTH)
        yield own_database
    clock.stop(None)


def findings() -> dict[str, str]:
    with transaction():
        found = [*purchasing.run(), *hosting.run()]
    assert all(each.checked for each in found)
    return {each.promise: each.fault for each in found if each.fault}


@pytest.mark.parametrize("what", list(TAMPERINGS))
def test_tampering_with_a_month_is_named(closed, what):
    assert findings() == {}
    statement, promise = TAMPERINGS[what]
    with closed.administrator() as connection:
        for table in TABLES:
            connection.execute(f"alter table {table} disable trigger all")
        connection.execute(statement)
    with transaction():
        faults = [each.promise for part in (purchasing, hosting) for each in part.run() if each.fault]
    assert any(each.startswith(promise) for each in faults)
