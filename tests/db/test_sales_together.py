"""Two people at once on the same sale: each waits for the other, and VAT moves once."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from ecp import clock, parties, walls
from ecp.accounting import ledger, verify
from ecp.db import session, transaction
from ecp.purchasing import bills
from ecp.sales import documents, issuing, payments
from ecp.sales import verify as sales_verify
from ecp.sales.documents import Item
from tests import build

TODAY = date(2026, 3, 10)
PATIENCE = 20.0


@pytest.fixture
def place(own_database):
    clock.stop(datetime(2026, 3, 10, 9, tzinfo=UTC))
    with own_database.app.app_context(), walls.system():
        with transaction():
            enterprise = build.enterprise()
            activity = build.activity(enterprise).id
            party = parties.add(enterprise.id, activity, name="Hôtel imaginaire", is_supplier=True)
        yield own_database, enterprise.id, activity, party
    clock.stop(None)


def draft(enterprise_id: int, activity_id: int, party_id: int, key: str = "k") -> int:
    return documents.draft(
        enterprise_id=enterprise_id,
        activity_id=activity_id,
        party_id=party_id,
        items=[Item(description="Bol", quantity=Decimal(1), unit_price=Decimal("200.00"), vat_category="standard")],
        on=TODAY,
        key=key,
    )


def overlapped(own_database, first: Callable[[], int], second: Callable[[], int]) -> tuple[int, int]:
    """Do the first, begin the second, and let the first commit only once the second waits for it."""
    found: list[int | BaseException] = []

    def other() -> None:
        try:
            with own_database.app.app_context(), walls.system(), transaction():
                found.append(second())
        except BaseException as error:  # noqa: BLE001 (told to the test's own thread, which raises it)
            found.append(error)

    thread = threading.Thread(target=other)
    with transaction():
        made = first()
        thread.start()
        waits_for_a_lock(own_database)
    thread.join(PATIENCE)
    if isinstance(found[0], BaseException):
        raise found[0]
    return made, found[0]


def waits_for_a_lock(own_database) -> None:
    until = time.monotonic() + PATIENCE
    with own_database.administrator() as connection:
        while time.monotonic() < until:
            query = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            if connection.execute(query).fetchone():
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def balances(enterprise_id: int, activity_id: int) -> dict[str, Decimal]:
    return {number: sum_ for number, sum_ in ledger.balances(enterprise_id, activity_id).items() if sum_}


def faults() -> list[str]:
    return [each.fault for each in [*verify.run(), *sales_verify.run()] if each.fault]


def test_two_payments_at_once_make_the_vat_due_once(place):
    own_database, enterprise, activity, party = place
    with transaction():
        invoice = draft(enterprise, activity, party)
        issuing.issue(invoice, on=TODAY)
    first, second = overlapped(
        own_database,
        lambda: payments.receive({invoice: Decimal("120.00")}, on=TODAY, means="transfer", key="a"),
        lambda: payments.receive({invoice: Decimal("120.00")}, on=TODAY, means="transfer", key="b"),
    )
    assert first != second
    assert balances(enterprise, activity) == {
        "445520": Decimal("-40.00"),
        "5141": Decimal("240.00"),
        "7121": Decimal("-200.00"),
    }
    assert faults() == []


def test_a_payment_clicked_twice_at_once_is_one(place):
    own_database, enterprise, activity, party = place
    with transaction():
        invoice = draft(enterprise, activity, party)
        issuing.issue(invoice, on=TODAY)

    def pay() -> int:
        return payments.receive({invoice: Decimal("60.00")}, on=TODAY, means="transfer", key="same")

    first, second = overlapped(own_database, pay, pay)
    assert first == second
    assert documents.one(invoice).paid == Decimal("60.00")
    assert faults() == []


def test_a_draft_kept_twice_at_once_is_one(place):
    own_database, enterprise, activity, party = place
    first, second = overlapped(
        own_database, lambda: draft(enterprise, activity, party), lambda: draft(enterprise, activity, party)
    )
    assert first == second
    assert session.execute(sa.text("select count(*) from sales_line")).scalar_one() == 1


def bought(enterprise: int, activity: int, party: int) -> int:
    made = handed_in(enterprise, activity, party)
    bills.approve(made)
    return made


def handed_in(enterprise: int, activity: int, party: int) -> int:
    clay = bills.Bought(
        party_id=party,
        kind="bill",
        billed_on=TODAY,
        nature="materials",
        label="Argile",
        gross=Decimal("240.00"),
        reference="FE-1",
        vat_category="standard",
    )
    return bills.submit(clay, enterprise_id=enterprise, activity_id=activity, key="bill")


def test_a_bill_handed_in_twice_at_once_is_one(place):
    own_database, enterprise, activity, party = place
    first, second = overlapped(
        own_database, lambda: handed_in(enterprise, activity, party), lambda: handed_in(enterprise, activity, party)
    )
    assert first == second


def test_two_payments_of_a_bill_at_once_deduct_its_vat_once(place):
    own_database, enterprise, activity, party = place
    with transaction():
        bill = bought(enterprise, activity, party)
    overlapped(
        own_database,
        lambda: bills.pay(bill, Decimal("120.00"), on=TODAY, means="transfer", key="a"),
        lambda: bills.pay(bill, Decimal("120.00"), on=TODAY, means="transfer", key="b"),
    )
    assert balances(enterprise, activity) == {
        "34552": Decimal("40.00"),
        "5141": Decimal("-240.00"),
        "6121": Decimal("200.00"),
    }


def test_a_bill_paid_by_two_clicks_at_once_is_paid_once(place):
    own_database, enterprise, activity, party = place
    with transaction():
        bill = bought(enterprise, activity, party)

    def pay() -> int:
        return bills.pay(bill, Decimal("60.00"), on=TODAY, means="transfer", key="same")

    first, second = overlapped(own_database, pay, pay)
    assert first == second
    assert bills.one(bill).paid == Decimal("60.00")
