"""What an entrepreneur's own SQL cannot do to a neighbour, nor a person to the enterprise (I8, I10)."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest
import sqlalchemy as sa

from ecp import jobs, outgoing, parties, walls
from ecp.accounting import periods, posting
from ecp.accounting.errors import NotYours
from ecp.db import session, transaction
from ecp.errors import DomainError, NotFound
from ecp.sales import documents, issuing, payments
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
        self.file = outgoing.store(
            enterprise_id=self.enterprise, activity_id=self.theirs, name="r.pdf", media_type="x/y", content=b"r"
        )
        self.entry = build.entry(self.enterprise, self.mine)

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
    "a file of another's": """
        insert into mail (key, recipient, subject, text, html, enterprise_id, file_ids, written_at)
        values ('m', 'x@essai.example', 'x', 'x', 'x', :e, array[:their_file], now())""",
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
        "their_file": street.file,
    }
    with walls.person(street.person), pytest.raises((sa.exc.DBAPIError, psycopg.Error, DomainError)), transaction():
        session.execute(sa.text(ATTEMPTS[what]), values)


def test_what_an_entrepreneur_posts_comes_from_a_document_of_theirs(street):
    mine, theirs = (f"invoice:{street.drafts[each]}:issued" for each in (street.mine, street.theirs))
    refused = (theirs, mine.replace("invoice", "credit_note"), "levy:1:1:2026-03", "invoice", "payment:1", "refund:1:1")
    with walls.person(street.person):
        for source in refused:
            with pytest.raises(NotYours), transaction():
                build.entry(street.enterprise, street.mine, source=source)
        with pytest.raises(NotFound), transaction():
            posting.reverse(street.enterprise, street.entry, date(2026, 3, 11), "x", source="levy:1:1:2026-03")
        with transaction():
            assert build.entry(street.enterprise, street.mine, source=mine)


def test_a_payment_of_anothers_is_not_told_by_its_key(street):
    with transaction():
        for draft in street.drafts.values():
            issuing.issue(draft, on=DAY)
        payments.receive({street.drafts[street.theirs]: Decimal(24)}, on=DAY, means="transfer", key="guessed")
    with walls.person(street.person), pytest.raises(NotFound), transaction():
        payments.receive({street.drafts[street.mine]: Decimal(24)}, on=DAY, means="transfer", key="guessed")


def test_a_draft_is_signed_by_who_wrote_it(street):
    write = sa.text("""
        insert into sales_document (enterprise_id, activity_id, kind, party_id, key, made_by)
        values (:e, :mine, 'invoice', :customer, 'x', :other) returning made_by""")
    values = {"e": street.enterprise, "mine": street.mine, "customer": street.customers[street.mine]}
    with walls.person(street.person), transaction():
        signed = session.execute(write, {**values, "other": street.coordinator}).scalar_one()
    assert signed == street.person


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
