"""What the doors refuse to whoever speaks to them in bare SQL, with the rights of a person."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from ecp import clock, parties, walls
from ecp.accounting import errors, posting
from ecp.accounting.posting import Draft, DraftLine
from ecp.db import session, told, transaction
from ecp.sales import documents, issuing, payments
from ecp.sales.documents import Item
from ecp.sales.errors import MoreThanOwed
from tests import build

TODAY = date(2026, 3, 10)


@pytest.fixture
def house(db):
    """An activity with two invoices of 240, the first one paid for 100; its seller, and the accountant."""
    clock.stop(datetime(2026, 3, 10, 9, tzinfo=UTC))
    with walls.system(), transaction():
        enterprise = build.enterprise()
        activity = build.activity(enterprise)
        found = SimpleNamespace(enterprise=enterprise.id, activity=activity.id)
        found.seller = build.person(role="entrepreneur", enterprise=enterprise, activity=activity)
        found.accountant = build.person(role="accountant", enterprise=enterprise)
        customer = parties.add(enterprise.id, activity.id, name="Hôtel imaginaire")
        found.invoices = [_invoice(found, customer, key) for key in ("a", "b")]
        found.payment = payments.receive({found.invoices[0]: Decimal("100.00")}, on=TODAY, means="transfer", key="paid")
    yield found
    clock.stop(None)


def _invoice(house, customer: int, key: str) -> int:
    made = documents.draft(
        enterprise_id=house.enterprise,
        activity_id=house.activity,
        party_id=customer,
        items=[Item(description="Bol", quantity=Decimal(2), unit_price=Decimal(100), vat_category="standard")],
        on=TODAY,
        key=key,
    )
    issuing.issue(made, on=TODAY)
    return made


def test_no_part_of_a_payment_takes_money_from_another_invoice(house):
    pay = sa.text("select * from sales_pay(:e, :invoices, :amounts, :on, 'transfer', 0, '', 'x')")
    for amounts in ([14000, -13000], [100, 0], [100, None]):
        values = {"e": house.enterprise, "invoices": house.invoices, "amounts": amounts, "on": TODAY}
        with walls.person(house.seller), pytest.raises(MoreThanOwed), transaction(), told():
            session.execute(pay, values)


@pytest.mark.parametrize("tail", [":x", ":", ":1:y"])
def test_a_source_is_a_document_s_own_to_the_last_sign(house, tail):
    lines = (
        DraftLine(account="5141", activity_id=house.activity, debit=Decimal("1000.00")),
        DraftLine(account="7121", activity_id=house.activity, credit=Decimal("1000.00")),
    )
    for source in (f"payment:{house.payment}", f"invoice:{house.invoices[0]}:issued"):
        draft = Draft(
            enterprise_id=house.enterprise, journal="OD", on=TODAY, label="l", source=source + tail, lines=lines
        )
        with walls.person(house.seller), pytest.raises(errors.NotYours), transaction():
            posting.post(draft)


@pytest.mark.parametrize(
    "accounts", ["array['9211', '5141']", "'{{9211},{5141}}'::text[]", "'[0:1]={9211,5141}'::text[]"]
)
def test_internal_accounts_cancel_out_however_the_list_is_written(house, accounts):
    post = sa.text(f"""
        select * from ledger_post_many(:e, array['x:1'], array[date '2026-03-10'], array['OD'], array['l'], array[''],
            array[repeat('0', 64)], array['{{{house.activity}}}'], {accounts}, array[1, 1], array[1, 2], array[1, 2],
            array[{house.activity}, {house.activity}], array[null, null]::bigint[], array[5000, 0]::bigint[],
            array[0, 5000]::bigint[], array['', ''], array[null, null]::date[])
    """)
    with walls.person(house.accountant), pytest.raises(errors.InternalLeft), transaction(), told():
        session.execute(post, {"e": house.enterprise})


def test_no_payment_is_kept_without_its_entry(house):
    cancel = sa.text("select * from sales_unpay(:e, :payment, :on, '')")
    values = {"e": house.enterprise, "payment": house.payment, "on": TODAY}
    with walls.person(house.accountant), pytest.raises(errors.Unbalanced), transaction():
        session.execute(cancel, values)
    with walls.person(house.seller), pytest.raises(errors.NotYours), transaction(), told():
        session.execute(cancel, values)
