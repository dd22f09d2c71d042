"""What an entrepreneur's own SQL cannot do to a neighbour, nor a person to the enterprise (I8, I10)."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest
import sqlalchemy as sa

from ecp import jobs, parties, walls
from ecp.accounting import periods
from ecp.db import session, transaction
from ecp.errors import DomainError
from ecp.sales import documents, issuing
from ecp.sales.documents import Item
from ecp.sales.errors import ChangedMeanwhile, NoSuchStep
from tests import build

DAY = date(2026, 3, 10)


class Street:
    """Two activities side by side, each with a customer and a draft."""

    def __init__(self) -> None:
        self.enterprise = build.enterprise().id
        self.mine, self.theirs = build.activity(self.enterprise).id, build.activity(self.enterprise).id
        self.person = build.person(role="entrepreneur", enterprise=self.enterprise, activity=self.mine)
        self.coordinator = build.person(role="coordinator", enterprise=self.enterprise)
        self.customers = {each: parties.add(self.enterprise, each, name="Client") for each in (self.mine, self.theirs)}
        self.drafts = {each: self.draft(each) for each in self.customers}

    def draft(self, activity_id: int) -> int:
        items = [Item(description="Bol", quantity=Decimal(2), unit_price=Decimal(10), vat_category="standard")]
        return documents.draft(
            enterprise_id=self.enterprise,
            activity_id=activity_id,
            party_id=self.customers[activity_id],
            items=items,
            on=DAY,
            key=f"k{activity_id}",
        )


@pytest.fixture
def street(db):
    with walls.system():
        with transaction():
            made = Street()
        yield made


ATTEMPTS = {
    "a line in another's draft": """
        insert into sales_line (enterprise_id, document_id, position, activity_id, description, quantity, unit_price,
            vat_category, vat_rate) values (:e, :their_draft, 9, :mine, 'Faux', 1, 6000, 'standard', 0.2)""",
    "another's customer": "update sales_document set party_id = :their_customer where id = :my_draft",
    "a credit note on another's invoice": """
        insert into sales_document (enterprise_id, activity_id, kind, original_id, party_id, key)
        values (:e, :mine, 'credit_note', :their_draft, :my_customer, 'x')""",
    "work in nobody's name": """
        insert into job (name, key, enterprise_id, requested_by, due_at) values ('hosting.close_month', 'x', :e, null,
            now())""",
    "a word in another's trail": "select trail_note(:elsewhere, null, 'x', 'x', '{}')",
    "an activity by its number": """
        insert into activity (enterprise_id, id, code, name, opened_on) overriding system value
        values (:e, :theirs, 'X1', 'X', '2026-01-01')""",
}


@pytest.mark.parametrize("what", list(ATTEMPTS))
def test_raw_sql_stays_with_its_activity(street, what):
    with transaction():
        elsewhere = build.enterprise().id
    values = {
        "e": street.enterprise,
        "elsewhere": elsewhere,
        "mine": street.mine,
        "theirs": street.theirs,
        "my_draft": street.drafts[street.mine],
        "their_draft": street.drafts[street.theirs],
        "my_customer": street.customers[street.mine],
        "their_customer": street.customers[street.theirs],
    }
    with walls.person(street.person), pytest.raises((sa.exc.DBAPIError, psycopg.Error, DomainError)), transaction():
        session.execute(sa.text(ATTEMPTS[what]), values)


def test_what_is_approved_stays_as_it_was_approved(street):
    draft = street.drafts[street.mine]
    with transaction():
        documents.move(draft, "submitted")
        documents.move(draft, "approved")
    for statement in (
        "delete from sales_line where document_id = :d",
        "update sales_document set note = 'x' where id = :d",
    ):
        with walls.person(street.person), pytest.raises((sa.exc.DBAPIError, NoSuchStep)), transaction():
            session.execute(sa.text(statement), {"d": draft})


def test_an_invoice_is_issued_as_it_was_read(street, monkeypatch):
    draft = street.drafts[street.mine]
    read = documents.one(draft)
    with transaction():
        items = [Item(description="Bol", quantity=Decimal(9), unit_price=Decimal(9), vat_category="standard")]
        documents.change(draft, version=read.version, items=items, on=DAY)
    monkeypatch.setattr(documents, "one", lambda _id: read)
    with pytest.raises(ChangedMeanwhile), transaction():
        issuing.issue(draft, on=DAY)


def test_an_issued_invoice_without_entry_does_not_commit(street):
    draft = documents.one(street.drafts[street.mine])
    asked = sa.text("""
        select sales_issue(:e, :d, :on, 'encaissement', array[2000]::bigint[], array[400]::bigint[], '{}', :version)
    """)
    values = {"e": street.enterprise, "d": draft.id, "on": DAY, "version": draft.version}
    with pytest.raises(Exception, match=r"without its entry|n’est pas équilibrée"), transaction():
        session.execute(asked, values)


def test_a_coordinator_asks_for_work_in_their_own_name(street):
    with walls.person(street.coordinator), transaction():
        jobs.enqueue("x", key="y", enterprise_id=street.enterprise, requested_by=street.coordinator)
    assert session.execute(sa.text("select requested_by from job where key = 'y'")).scalar_one() == street.coordinator


def test_a_journal_opened_after_a_closing_takes_nothing_of_the_closed_month(street):
    with transaction():
        periods.close(street.enterprise, date(2026, 1, 1))
        session.execute(
            sa.text("insert into journal (enterprise_id, code, title) values (:e, 'XX', 'Essai')"),
            {"e": street.enterprise},
        )
    with pytest.raises(Exception, match="clôturé"), transaction():
        build.entry(street.enterprise, street.mine, on=date(2026, 1, 10), journal="XX")
