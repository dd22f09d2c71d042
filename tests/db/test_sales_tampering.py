"""What a superuser alters in sales with triggers off is named by `ecp verify`."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ecp import clock, parties, walls
from ecp.db import transaction
from ecp.sales import documents, issuing, payments, refunds, verify
from ecp.sales.documents import Item
from tests import build

TODAY = date(2026, 3, 10)
TABLES = ("sales_counter", "sales_document", "sales_line", "payment", "payment_part", "refund", "entry_line")
NUMBERS, TOTALS, ENTRIES, PAYMENTS, REFUNDS, EXCESS = list(verify._CHECKS)
TAMPERINGS = {
    "a counter that ran ahead": ("update sales_counter set last = last + 1 where kind = 'invoice'", NUMBERS),
    "a counter gone": ("delete from sales_counter where kind = 'payment'", NUMBERS),
    "a centime of a line": ("update sales_line set net = net + 1", TOTALS),
    "another total": ("update sales_document set net = net + 1, gross = gross + 1 where kind = 'invoice'", ENTRIES),
    "another day": ("update sales_document set issued_on = issued_on - 1 where kind = 'invoice'", ENTRIES),
    "a centime of a payment": ("update payment_part set amount = amount + 1", PAYMENTS),
    "a payment and its part": (
        "update payment set amount = amount - 1; update payment_part set amount = amount - 1",
        PAYMENTS,
    ),
    "a stamp": ("update payment set stamp = stamp + 1", PAYMENTS),
    "the day of a payment": ("update payment set received_on = received_on + 1", PAYMENTS),
    "a centime of a refund": ("update refund set amount = amount + 1", REFUNDS),
    "the day of a refund": ("update refund set refunded_on = refunded_on - 1", REFUNDS),
    "more given back than was paid too much": ("update payment_part set amount = amount - 10000", REFUNDS),
    "more than was asked": ("update payment_part set amount = 1000000", EXCESS),
    "more taken back than was asked": (
        "update sales_document set net = 1000000, gross = 1000000 + vat where kind = 'credit_note'",
        EXCESS,
    ),
}


@pytest.fixture
def sold(own_database):
    clock.stop(datetime(2026, 3, 10, 9, tzinfo=UTC))
    with own_database.app.app_context(), walls.system():
        with transaction():
            activity = build.activity(build.enterprise())
            invoice = documents.draft(
                enterprise_id=activity.enterprise_id,
                activity_id=activity.id,
                party_id=parties.add(activity.enterprise_id, activity.id, name="Hôtel imaginaire"),
                items=[Item(description="Bol", quantity=Decimal(1), unit_price=Decimal(200), vat_category="standard")],
                on=TODAY,
                key="k",
            )
            issuing.issue(invoice, on=TODAY)
            payments.receive({invoice: Decimal("120.00")}, on=TODAY, means="cash", key="p")
            issuing.issue(issuing.credit_note(invoice, reason="Retour", on=TODAY, key="c"), on=TODAY)
            refunds.give_back(invoice, Decimal("50.00"), on=TODAY, means="cash", key="r")
        yield own_database
    clock.stop(None)


def faulty() -> list[str]:
    with transaction():
        return [each.promise for each in verify.run() if each.fault]


@pytest.mark.parametrize("what", list(TAMPERINGS))
def test_tampering_with_sales_is_named(sold, what):
    assert faulty() == []
    statement, promise = TAMPERINGS[what]
    with sold.administrator() as connection:
        for table in TABLES:
            connection.execute(f"alter table {table} disable trigger all")
        connection.execute(statement)
    assert promise in faulty()
