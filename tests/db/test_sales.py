"""A sale from draft to money: numbers, entries, VAT when it falls due, approval, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from ecp import clock, enterprises, parties, walls
from ecp.accounting import entries, ledger, periods, posting, verify
from ecp.accounting import errors as ledger_errors
from ecp.db import session, transaction
from ecp.enterprises import Role
from ecp.errors import NotFound
from ecp.hosting import cash, contracts, contribution, levies, owed, tasks
from ecp.identity import people
from ecp.purchasing import bills
from ecp.purchasing import verify as purchasing_verify
from ecp.purchasing.errors import ChangedMeanwhile as PurchaseChanged
from ecp.purchasing.errors import NoSuchStep as PurchaseNoSuchStep
from ecp.purchasing.errors import PurchaseInvalid
from ecp.sales import collected, documents, issuing, mandates, papers, payments, reading, refunds
from ecp.sales import errors as sales_errors
from ecp.sales import verify as sales_verify
from ecp.sales.documents import Item
from tests import build
from tests.documents.reading import pages as page_texts

TODAY = date(2026, 3, 10)


class Shop:
    """An activity that sells, and one that is next door."""

    def __init__(self, regime: str) -> None:
        enterprise = build.enterprise(vat_regime=regime)
        self.enterprise_id = enterprise.id
        self.activity_id = build.activity(enterprise).id
        self.other_id = build.activity(enterprise, name="Voisine").id
        self.customer = parties.add(enterprise.id, self.activity_id, name="Hôtel imaginaire")
        self.keys = 0

    def draft(self, *prices: str, category: str = "standard", **fields: object) -> int:
        return self.draft_of([(price, category, 2) for price in prices], **fields)

    def draft_of(self, lines: list[tuple[str, str, int]], **fields: object) -> int:
        """Draft a document of lines at a price, of a category of VAT, so many of each."""
        self.keys += 1
        items = [
            Item(description="Bol", quantity=Decimal(pieces), unit_price=Decimal(price), vat_category=category)
            for price, category, pieces in lines
        ]
        return documents.draft(
            enterprise_id=self.enterprise_id,
            activity_id=self.activity_id,
            party_id=self.customer,
            items=items,
            on=TODAY,
            key=f"k{self.keys}",
            **fields,
        )

    def issued(self, *prices: str, **fields: object) -> int:
        made = self.draft(*prices, **fields)
        issuing.issue(made, on=TODAY)
        return made

    def balances(self) -> dict[str, Decimal]:
        found = ledger.balances(self.enterprise_id, self.activity_id)
        return {account: amount for account, amount in found.items() if amount}


@pytest.fixture
def open_shop(db):
    clock.stop(datetime(2026, 3, 10, 9, tzinfo=UTC))

    def make(regime: str = "encaissement") -> Shop:
        with transaction():
            return Shop(regime)

    with walls.system():
        yield make
    clock.stop(None)


@pytest.fixture
def shop(open_shop):
    return open_shop()


def faults() -> list[str]:
    return [each.fault for each in [*verify.run(), *sales_verify.run()] if each.fault]


def test_an_invoice_takes_the_next_number_and_posts_its_entry(shop):
    with transaction():
        first, second = shop.issued("100.00"), shop.issued("50.00", "0.33")
    assert [documents.one(each).number for each in (first, second)] == ["F-2026-0001", "F-2026-0002"]
    assert shop.balances() == {
        "34211": Decimal("360.79"),
        "445510": Decimal("-60.13"),
        "7121": Decimal("-300.66"),
    }
    assert not faults()


def test_vat_falls_due_with_the_money_to_the_last_centime(shop):
    with transaction():
        invoice = shop.issued("100.01")
    total = documents.one(invoice).gross
    with transaction():
        for number, part in enumerate((Decimal("80.00"), Decimal("80.00"), total - Decimal("160.00"))):
            payments.receive({invoice: part}, on=TODAY, means="transfer", key=f"p{number}")
    assert shop.balances() == {"445520": Decimal("-40.00"), "5141": Decimal("240.02"), "7121": Decimal("-200.02")}
    assert documents.one(invoice).left == 0
    assert not faults()


@pytest.mark.parametrize("lacking", ["ice", "tax_id", "city"])
def test_nobody_sells_without_a_name_for_the_tax_office(shop, lacking):
    with transaction():
        enterprises.change(shop.enterprise_id, **{lacking: ""})
        shop.issued("100.00", kind="quote")
    with pytest.raises(sales_errors.DocumentInvalid), transaction():
        shop.issued("100.00")


def test_vat_falls_due_at_once_on_debits(open_shop):
    shop = open_shop("debits")
    with transaction():
        shop.issued("100.00")
    assert shop.balances()["445520"] == Decimal("-40.00")
    assert "445510" not in shop.balances()


def test_cash_bears_its_stamp(shop):
    with transaction():
        invoice = shop.issued("500.00")
        payment = payments.receive({invoice: Decimal("1200.00")}, on=TODAY, means="cash", key="p")
    assert payments.one(payment).stamp == Decimal("3.00")
    assert shop.balances()["5161"] == Decimal("1203.00")
    assert shop.balances()["44583"] == Decimal("-3.00")


def test_a_payment_moves_available_cash_by_its_centimes(shop):
    with transaction():
        invoice = shop.issued("100.00")
    before = cash.available(shop.enterprise_id, shop.activity_id, on=TODAY).amount
    with transaction():
        payments.receive({invoice: Decimal("240.00")}, on=TODAY, means="transfer", key="p")
    after = cash.available(shop.enterprise_id, shop.activity_id, on=TODAY).amount
    assert after - before == Decimal("200.00")  # 240 received, 40 of VAT now due


def test_the_same_payment_twice_is_one(shop):
    with transaction():
        invoice = shop.issued("100.00")
    with transaction():
        first = payments.receive({invoice: Decimal("40.00")}, on=TODAY, means="transfer", key="p")
    with transaction():
        assert payments.receive({invoice: Decimal("40.00")}, on=TODAY, means="transfer", key="p") == first
    assert documents.one(invoice).paid == Decimal("40.00")


def test_a_payment_pays_the_invoice_that_fell_due_first(shop):
    with transaction():
        late = shop.issued("100.00", due_on=date(2026, 4, 30))
        early = shop.issued("50.00", due_on=date(2026, 3, 31))
    customer = parties.one(shop.customer)
    with pytest.raises(sales_errors.MoreThanOwed), transaction():
        payments.receive_from(customer, Decimal("360.01"), on=TODAY, means="transfer", key="p")
    with transaction():
        made = payments.receive_from(customer, Decimal("200.00"), on=TODAY, means="transfer", key="p")
    assert (documents.one(early).left, documents.one(late).left) == (Decimal("0.00"), Decimal("160.00"))
    with transaction():
        assert payments.receive_from(customer, Decimal("200.00"), on=TODAY, means="transfer", key="p") == made
    assert not faults()


def test_who_owes_follows_what_each_payment_was_for(shop):
    with transaction():
        first, second = shop.issued("100.00"), shop.issued("50.00")
        payments.receive({second: Decimal("120.00")}, on=TODAY, means="transfer", key="p")
    open_ones = owed.read(shop.enterprise_id, [shop.activity_id], TODAY).receivables[shop.activity_id]
    assert [(each.document, each.amount) for each in open_ones] == [
        (documents.one(first).number, Decimal("240.00")),
    ]


def test_no_late_customer_is_left_out_of_what_waits(shop):
    with transaction():
        for name in ("Bleu", "Vert", "Jaune", "Rouge", "Gris"):
            shop.customer = parties.add(shop.enterprise_id, shop.activity_id, name=name)
            shop.issued("10.00", due_on=TODAY)
    later = cash.available(shop.enterprise_id, shop.activity_id, on=TODAY + timedelta(days=3))
    told = [
        (each.kind, each.party, each.amount, each.count)
        for each in tasks.of(shop.enterprise_id, shop.activity_id, available=later)
    ]
    assert told == [
        *(("late_customer", name, Decimal("24.00"), 1) for name in ("Bleu", "Vert", "Jaune")),
        ("late_customer_more", "", Decimal("48.00"), 2),
    ]


def test_money_to_give_back_is_not_available(shop):
    with transaction():
        invoice = shop.issued("100.00")
        payments.receive({invoice: Decimal("240.00")}, on=TODAY, means="transfer", key="p")
    before = cash.available(shop.enterprise_id, shop.activity_id, on=TODAY).amount
    with transaction():
        issuing.issue(issuing.credit_note(invoice, reason="Retour", on=TODAY, key="c"), on=TODAY)
    after = cash.available(shop.enterprise_id, shop.activity_id, on=TODAY)
    assert ("customers_to_refund", Decimal("-240.00")) in [(each.key, each.amount) for each in after.terms]
    assert (before, after.amount) == (Decimal("200.00"), Decimal("0.00"))
    found = owed.read(shop.enterprise_id, [shop.activity_id], TODAY).payables[shop.activity_id]
    assert [each.amount for each in found] == [Decimal("240.00")]
    with transaction():
        refunds.give_back(invoice, Decimal("240.00"), on=TODAY, means="transfer", key="r")
    assert cash.available(shop.enterprise_id, shop.activity_id, on=TODAY).amount == Decimal("0.00")


def test_more_than_is_owed_is_refused(shop):
    with transaction():
        invoice = shop.issued("100.00")
    with pytest.raises(sales_errors.MoreThanOwed), transaction():
        payments.receive({invoice: Decimal("240.01")}, on=TODAY, means="transfer", key="p")


def test_a_credit_note_takes_an_invoice_back_whole(shop):
    with transaction():
        invoice = shop.issued("100.00", "33.33")
        payments.receive({invoice: Decimal("100.00")}, on=TODAY, means="transfer", key="p")
    with transaction():
        note = issuing.credit_note(invoice, reason="Retour", on=TODAY, key="c")
        assert issuing.issue(note, on=TODAY) == "A-2026-0001"
    assert shop.balances() == {"34211": Decimal("-100.00"), "5141": Decimal("100.00")}
    with pytest.raises(sales_errors.CreditExceedsInvoice), transaction():
        issuing.credit_note(invoice, reason="Encore", on=TODAY, key="c2")
    assert not faults()


def test_credit_notes_take_an_invoice_back_piece_by_piece_to_the_centime(shop):
    with transaction():
        invoice = shop.issued("0.335", "33.335")
    for place in range(2):
        with transaction():
            note = issuing.credit_note(
                invoice, reason="Retour", on=TODAY, key=f"c{place}", quantities={1: Decimal(1), 2: Decimal(1)}
            )
            shown = documents.one(note).priced().total
            issuing.issue(note, on=TODAY)
            assert documents.one(note).priced().total == shown
    assert documents.one(invoice).left == 0
    assert issuing.creditable(documents.one(invoice)) == {}
    assert not shop.balances()
    assert not faults()


def test_what_was_paid_too_much_is_given_back_once(shop):
    with transaction():
        invoice = shop.issued("100.00")
        payments.receive({invoice: Decimal("240.00")}, on=TODAY, means="transfer", key="p")
    with pytest.raises(sales_errors.MoreThanToGiveBack), transaction():
        refunds.give_back(invoice, Decimal("0.01"), on=TODAY, means="cash", key="r0")
    with transaction():
        note = issuing.credit_note(invoice, reason="Retour", on=TODAY, key="c", quantities={1: Decimal(1)})
        issuing.issue(note, on=TODAY)
    assert documents.one(invoice).left == Decimal("-120.00")
    with transaction():
        made = refunds.give_back(invoice, Decimal("120.00"), on=TODAY, means="cash", key="r")
    with transaction():
        assert refunds.give_back(invoice, Decimal("120.00"), on=TODAY, means="cash", key="r") == made
    with pytest.raises(sales_errors.MoreThanToGiveBack), transaction():
        refunds.give_back(invoice, Decimal("0.01"), on=TODAY, means="cash", key="r2")
    found = documents.one(invoice)
    assert (found.left, found.paid) == (Decimal("0.00"), Decimal("120.00"))
    assert shop.balances() == {
        "5141": Decimal("240.00"),
        "5161": Decimal("-120.00"),
        "7121": Decimal("-100.00"),
        "445520": Decimal("-20.00"),
    }
    assert not faults()


@pytest.mark.parametrize("regime", ["encaissement", "debits"])
def test_a_payment_is_cancelled_by_its_mirror_once(open_shop, regime):
    shop = open_shop(regime)
    with transaction():
        first, second = shop.issued("500.00", "33.35"), shop.issued("100.00")
        payments.receive({first: Decimal("100.00")}, on=TODAY, means="transfer", key="kept")
    before = shop.balances()
    with transaction():
        both = {first: Decimal("1100.07"), second: Decimal("240.00")}
        bounced = payments.receive(both, on=TODAY, means="cash", key="bounced")
    assert documents.one(second).left == 0
    with transaction():
        mirror = payments.cancel(bounced, on=TODAY, reason="Erreur")
    with transaction():
        assert payments.cancel(bounced, on=TODAY) == mirror
    assert {account: amount for account, amount in shop.balances().items() if amount} == before
    assert (documents.one(first).paid, documents.one(second).left) == (Decimal("100.00"), Decimal("240.00"))
    told = {
        each.number: (each.cancels, each.cancelled_by, each.amount)
        for each in payments.of_document(documents.one(first))
    }
    assert told == {
        "R-2026-0001": (None, None, Decimal("100.00")),
        "R-2026-0002": (None, "R-2026-0003", Decimal("1340.07")),
        "R-2026-0003": ("R-2026-0002", None, Decimal("-1340.07")),
    }
    with pytest.raises(sales_errors.NotToCancel), transaction():
        payments.cancel(mirror, on=TODAY)
    with transaction():
        payments.receive({second: Decimal("240.00")}, on=TODAY, means="cheque", key="anew")
    assert documents.one(second).left == 0
    assert not faults()


def test_money_that_was_given_back_keeps_its_payment(shop):
    with transaction():
        invoice = shop.issued("100.00")
        paid = payments.receive({invoice: Decimal("240.00")}, on=TODAY, means="transfer", key="p")
        note = issuing.credit_note(invoice, reason="Retour", on=TODAY, key="c", quantities={1: Decimal(1)})
        issuing.issue(note, on=TODAY)
        refunds.give_back(invoice, Decimal("120.00"), on=TODAY, means="cash", key="r")
    with pytest.raises(sales_errors.GivenBack), transaction():
        payments.cancel(paid, on=TODAY)
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(sales_errors.NotToCancel), transaction():
            payments.cancel(paid, on=day)
    assert not faults()


def test_who_keeps_no_books_cancels_no_payment(shop):
    with transaction():
        invoice = shop.issued("100.00")
        paid = payments.receive({invoice: Decimal("240.00")}, on=TODAY, means="transfer", key="p")
        seller = people.create(email="potiere@essai.example", name="Potière")
        people.grant(seller, Role.ENTREPRENEUR, enterprise_id=shop.enterprise_id, activity_id=shop.activity_id)
    with walls.person(seller), pytest.raises(ledger_errors.NotYours), transaction():
        payments.cancel(paid, on=TODAY)


@pytest.mark.parametrize("regime", ["encaissement", "debits"])
def test_the_house_takes_its_share_of_net_money_whatever_the_regime(open_shop, regime):
    shop = open_shop(regime)
    with transaction():
        contract = contracts.sign(enterprise_id=shop.enterprise_id, activity_id=shop.activity_id, starts_on=TODAY)
        tenth = levies.Levy(
            code="part",
            label="Part",
            base=levies.Base.COLLECTED_NET,
            brackets=(levies.Bracket(None, Decimal("0.10")),),
            starts_on=TODAY,
            expense_account="9211",
            income_account="9711",
        )
        contracts.add_levy(tenth, enterprise_id=shop.enterprise_id, contract_id=contract)
        invoice = shop.issued("500.00", "33.35")
    shares = []

    def note_share() -> None:
        shares.append(contribution.to_come(shop.enterprise_id, [shop.activity_id], on=TODAY)[shop.activity_id])

    note_share()
    with transaction():
        payments.receive({invoice: Decimal("400.01")}, on=TODAY, means="transfer", key="p1")
    note_share()
    with transaction():
        payments.receive({invoice: Decimal("880.03")}, on=TODAY, means="cash", key="p2")
    note_share()
    with transaction():
        note = issuing.credit_note(invoice, reason="Retour", on=TODAY, key="c", quantities={1: Decimal(2)})
        issuing.issue(note, on=TODAY)
    note_share()
    with transaction():
        refunds.give_back(invoice, Decimal("700.00"), on=TODAY, means="cash", key="r1")
        refunds.give_back(invoice, Decimal("500.00"), on=TODAY, means="transfer", key="r2")
    note_share()
    assert shares == [Decimal(each) for each in ("0.00", "33.33", "106.67", "6.67", "6.67")]
    assert not faults()


def mixed(shop, *lines: tuple[str, str]) -> int:
    """An invoice of single pieces at a price and a category each."""
    made = shop.draft_of([(price, category, 1) for price, category in lines])
    issuing.issue(made, on=TODAY)
    return made


def credited(invoice: int, place: int) -> None:
    note = issuing.credit_note(
        invoice, reason="Retour", on=TODAY, key=f"{invoice}:{place}", quantities={place: Decimal(1)}
    )
    issuing.issue(note, on=TODAY)


def collected_net(shop) -> Decimal:
    found = collected.net_by_day(shop.enterprise_id, [shop.activity_id], TODAY, TODAY)
    return found.get((shop.activity_id, TODAY), Decimal(0))


def test_vat_falls_due_whole_though_lines_of_another_rate_are_credited(shop):
    with transaction():
        invoice = mixed(shop, ("100.00", "standard"), ("100.00", "catering"))
        payments.receive({invoice: Decimal("120.00")}, on=TODAY, means="transfer", key="p")
        credited(invoice, 2)
    balances = {account: amount for account, amount in shop.balances().items() if account.startswith("4455")}
    assert {account: amount for account, amount in balances.items() if amount} == {"445520": Decimal("-20.00")}
    assert documents.one(invoice).left == 0
    assert collected_net(shop) == Decimal("100.00")
    assert not faults()


@pytest.mark.parametrize("regime", ["encaissement", "debits"])
@pytest.mark.parametrize("paid_first", [True, False])
def test_what_is_collected_net_is_of_what_is_charged_in_the_end(open_shop, regime, paid_first):
    shop = open_shop(regime)
    with transaction():
        invoice = mixed(shop, ("100.00", "standard"), ("100.00", "crafts_carpet_exempt"))
        for step in ("pay", "credit") if paid_first else ("credit", "pay"):
            if step == "pay":
                payment = payments.receive({invoice: Decimal("120.00")}, on=TODAY, means="transfer", key="p")
            else:
                credited(invoice, 2)
    assert collected_net(shop) == Decimal("100.00")
    with transaction():
        payments.cancel(payment, on=TODAY)
    assert collected_net(shop) == 0
    due = Decimal("-20.00") if regime == "debits" else 0
    assert shop.balances().get("445520", 0) == due
    assert not faults()


def test_no_more_is_credited_than_is_left_of_a_line(shop):
    with transaction():
        invoice = shop.issued("100.00", "50.00")
        first = issuing.credit_note(invoice, reason="Retour", on=TODAY, key="c1", quantities={2: Decimal(2)})
        second = issuing.credit_note(invoice, reason="Retour", on=TODAY, key="c2", quantities={2: Decimal(1)})
    with transaction():
        issuing.issue(first, on=TODAY)
    with pytest.raises(sales_errors.CreditExceedsInvoice), transaction():
        issuing.issue(second, on=TODAY)
    for quantities in ({2: Decimal(1)}, {1: Decimal(3)}, {1: Decimal(-1)}, {1: Decimal(0)}, {7: Decimal(1)}):
        with pytest.raises(sales_errors.CreditExceedsInvoice), transaction():
            issuing.credit_note(invoice, reason="Retour", on=TODAY, key="c3", quantities=quantities)
    assert documents.one(second).state == "draft"


def test_what_is_approved_is_issued_at_the_rates_of_its_day(shop, monkeypatch):
    with transaction():
        draft = shop.draft("100.00")
        documents.move(draft, "submitted")
        documents.move(draft, "approved")
    monkeypatch.setattr(documents.vat, "rate", lambda _category, _on: Decimal("0.10"))
    with transaction():
        issuing.issue(draft, on=TODAY)
    assert documents.one(draft).gross == Decimal("220.00")


def test_a_document_is_not_approved_otherwise_than_it_was_read(shop):
    with transaction():
        draft = shop.draft("100.00")
        documents.move(draft, "submitted")
    read = documents.one(draft)
    with transaction():
        items = [Item(description="Bol", quantity=Decimal(9), unit_price=Decimal(9), vat_category="standard")]
        documents.change(draft, version=read.version, items=items, on=TODAY)
    with pytest.raises(sales_errors.ChangedMeanwhile), transaction():
        documents.move(draft, "approved", version=read.version)
    assert documents.one(draft).state == "submitted"


def test_the_entry_of_a_document_is_not_reversed_alone(shop):
    with transaction():
        invoice = shop.issued("100.00")
        payment = payments.receive({invoice: Decimal("40.00")}, on=TODAY, means="transfer", key="p")
    sources = [f"invoice:{invoice}:issued", f"payment:{payment}"]
    for each in entries.of_sources(shop.enterprise_id, sources):
        with pytest.raises(ledger_errors.EntryOfDocument), transaction():
            posting.reverse(shop.enterprise_id, each.entry_id, TODAY, "Erreur")


def test_what_is_issued_never_changes(shop):
    with transaction():
        invoice = shop.issued("100.00")
    for statement in (
        "update sales_document set note = 'x' where id = :id",
        "update sales_document set means = 'cash' where id = :id",
        "delete from sales_document where id = :id",
        "delete from sales_line where document_id = :id",
    ):
        with transaction():
            pass
        try:
            with transaction():
                changed = session.execute(sa.text(statement), {"id": invoice}).rowcount
        except ledger_errors.NeverChanges:
            changed = 0
        assert changed == 0
    assert len(documents.one(invoice).lines) == 1


def test_an_activity_without_mandate_submits_and_the_accountant_answers(shop):
    with transaction():
        seller = build.person(role="entrepreneur", enterprise=shop.enterprise_id, activity=shop.activity_id)
        accountant = build.person(role="accountant", enterprise=shop.enterprise_id)
    with walls.person(seller):
        with transaction():
            invoice = shop.draft("100.00")
        with pytest.raises(sales_errors.ToBeApproved), transaction():
            issuing.issue(invoice, on=TODAY)
        with transaction():
            documents.move(invoice, "submitted")
        with pytest.raises(sales_errors.NoSuchStep), transaction():
            documents.move(invoice, "approved")
    with walls.person(accountant):
        assert [each.id for each in reading.listed(enterprise_ids=[shop.enterprise_id], show="waiting")] == [invoice]
        with transaction():
            documents.move(invoice, "sent_back", comment="Précisez la description.")
    with walls.person(seller):
        assert documents.one(invoice).comment == "Précisez la description."
        with transaction():
            documents.move(invoice, "submitted")
    with walls.person(accountant), transaction():
        documents.move(invoice, "approved")
    with walls.person(seller), transaction():
        assert issuing.issue(invoice, on=TODAY) == "F-2026-0001"
    assert not faults()


def test_a_mandate_lets_an_activity_issue_alone_and_leave_payments(shop):
    with transaction():
        seller = build.person(role="entrepreneur", enterprise=shop.enterprise_id, activity=shop.activity_id)
        mandates.give(
            shop.enterprise_id, shop.activity_id, starts_on=date(2026, 1, 1), may_issue=True, may_collect=False
        )
    with walls.person(seller):
        with transaction():
            invoice = shop.issued("10.00")
        with pytest.raises(sales_errors.NotToCollect), transaction():
            payments.receive({invoice: Decimal("24.00")}, on=TODAY, means="transfer", key="p")


def test_of_two_mandates_of_one_day_the_last_one_holds(shop):
    with transaction():
        for may_issue in (True, False, True):
            mandates.give(
                shop.enterprise_id, shop.activity_id, starts_on=date(2026, 1, 1), may_issue=may_issue, may_collect=False
            )
    found = mandates.in_force(shop.enterprise_id, shop.activity_id, TODAY)
    assert found
    assert (found.may_issue, found.may_collect) == (True, False)
    assert mandates.in_force(shop.enterprise_id, shop.activity_id, date(2025, 12, 31)) is None


def test_a_neighbour_sees_and_touches_nothing(shop):
    with transaction():
        invoice = shop.issued("100.00")
        neighbour = build.person(role="entrepreneur", enterprise=shop.enterprise_id, activity=shop.other_id)
    with walls.person(neighbour):
        for attempt in (documents.one, issuing.credit_notes):
            with pytest.raises(Exception, match=r"Introuvable|attribute"):
                attempt(invoice)
        assert reading.listed() == []
        assert session.execute(sa.text("select count(*) from sales_line")).scalar_one() == 0
        assert session.execute(sa.text("select count(*) from party")).scalar_one() == 0


def test_a_closed_month_takes_no_invoice_and_loses_no_number(shop):
    with transaction():
        for month in (1, 2, 3):
            periods.close(shop.enterprise_id, date(2026, month, 1))
        invoice = shop.draft("10.00")
    with pytest.raises(ledger_errors.PeriodClosed), transaction():
        issuing.issue(invoice, on=TODAY)
    assert documents.one(invoice).number is None
    clock.stop(datetime(2026, 4, 2, 9, tzinfo=UTC))
    with transaction():
        assert issuing.issue(invoice, on=date(2026, 4, 2)) == "F-2026-0001"


def test_numbers_follow_days(shop):
    with transaction():
        shop.issued("10.00")
        late = shop.draft("10.00")
    with pytest.raises(sales_errors.BeforeLastIssued), transaction():
        issuing.issue(late, on=date(2026, 3, 9))


def test_a_quote_becomes_an_invoice(shop):
    with transaction():
        quote = shop.issued("75.00", kind="quote", means="cheque")
        documents.move(quote, "accepted")
        invoice = issuing.invoice_from_quote(quote, on=TODAY, key="q")
    assert shop.balances() == {}
    found = documents.one(invoice)
    assert (found.kind, found.reference, found.means) == ("invoice", "D-2026-0001", "cheque")
    assert found.priced().total.gross == Decimal("180.00")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_papers_are_set_in_both_languages(shop, language):
    with transaction():
        invoice = shop.issued("100.00")
        payment = payments.receive({invoice: Decimal("240.00")}, on=TODAY, means="cash", key="p")
        draft = shop.draft("5.00", category="crafts_carpet_exempt")
    for content in (papers.pdf(invoice, language), papers.receipt_pdf(payment, language), papers.pdf(draft, language)):
        assert content.startswith(b"%PDF")


def test_an_invoice_without_a_day_to_pay_by_has_the_customer_s_terms(shop):
    parties.change(shop.customer, payment_days=45)
    with transaction():
        invoice, agreed, quote = shop.draft("1.00"), shop.draft("1.00", due_on=TODAY), shop.draft("1.00", kind="quote")
    assert [documents.one(each).due_on for each in (invoice, agreed, quote)] == [date(2026, 4, 24), TODAY, None]


def test_an_invoice_to_be_paid_in_cash_tells_its_stamp(shop):
    with transaction():
        cash, transfer = shop.issued("500.00", means="cash"), shop.issued("500.00", means="transfer")
    said = [page_texts(papers.pdf(each, "fr"))[0] for each in (cash, transfer)]
    assert ["timbre" in each for each in said] == [True, False]
    assert "mille deux cent trois dirhams" in said[0]


def test_a_paper_says_how_it_is_to_be_paid(shop):
    with transaction():
        invoice = shop.issued("100.00", means="mobile")
    said = page_texts(papers.pdf(invoice, "fr"))[0]
    assert "Mode" in said
    assert "Téléphone mobile" in said


def test_sales_are_told_by_channel(shop):
    with transaction():
        shop.issued("100.00", channel="fair")
        shop.issued("50.00", channel="online")
    found = reading.by_channel(shop.enterprise_id, [shop.activity_id], date(2026, 3, 1), date(2026, 3, 31))
    assert [(each.channel, each.month, each.net) for each in found[shop.activity_id]] == [
        ("fair", date(2026, 3, 1), Decimal("200.00")),
        ("online", date(2026, 3, 1), Decimal("100.00")),
    ]


def clay(supplier: int, gross: str = "120.00") -> bills.Bought:
    return bills.Bought(
        party_id=supplier,
        kind="bill",
        billed_on=TODAY,
        nature="materials",
        label="Argile",
        gross=Decimal(gross),
        vat_category="standard",
        reference="FE-1",
    )


def handed_in(shop, bought: bills.Bought) -> int:
    return bills.submit(bought, enterprise_id=shop.enterprise_id, activity_id=shop.activity_id, key="b")


def test_a_bill_of_a_supplier_comes_once(shop):
    with transaction():
        supplier, other = (
            parties.add(shop.enterprise_id, shop.activity_id, name=name, is_supplier=True)
            for name in ("Argiles", "Bois")
        )
        first = handed_in(shop, replace(clay(supplier), reference="FX-77"))
        wanted = {"enterprise_id": shop.enterprise_id, "activity_id": shop.activity_id}
        bills.submit(replace(clay(other), reference="FX-77"), **wanted, key="other")
        for place in range(2):  # bills without a number are not told apart
            second = bills.submit(replace(clay(supplier), reference=""), **wanted, key=f"none {place}")
        bills.change(first, replace(clay(supplier, "60.00"), reference="FX-77"), version=bills.one(first).version)
        for again in (
            lambda: bills.submit(replace(clay(supplier), reference="FX-77"), **wanted, key="again"),
            lambda: bills.change(second, replace(clay(supplier), reference="FX-77"), version=bills.one(second).version),
        ):
            with pytest.raises(PurchaseInvalid) as refused:
                again()
            assert [problem.where for problem in refused.value.problems] == ["reference"]


def test_vat_is_deducted_of_an_invoice_that_names_its_supplier_and_number(shop):
    with transaction():
        supplier = parties.add(shop.enterprise_id, shop.activity_id, name="Fournitures", is_supplier=True)
        wanted = {"enterprise_id": shop.enterprise_id, "activity_id": shop.activity_id}
        for place, changes in enumerate(({}, {"reference": ""}, {"kind": "expense", "party_id": None})):
            made = bills.submit(replace(clay(supplier), **changes), **wanted, key=f"b{place}")
            bills.approve(made)
            bills.pay(made, Decimal("120.00"), on=TODAY, means="transfer", key=f"p{place}")
    balances = shop.balances()
    assert (balances["6121"], balances["34552"]) == (Decimal("340.00"), Decimal("20.00"))
    assert not faults()


def test_vat_of_cash_beyond_the_limits_of_a_day_is_a_cost(shop):
    eve = TODAY - timedelta(days=1)
    with transaction():
        supplier = parties.add(shop.enterprise_id, shop.activity_id, name="Fournitures", is_supplier=True)
        made = handed_in(shop, replace(clay(supplier, "12000.00"), billed_on=eve))
        bills.approve(made)
        bills.pay(made, Decimal("3000.00"), on=eve, means="cash", key="p1")
    assert shop.balances()["34552"] == Decimal("500.00")
    with transaction():
        bills.pay(made, Decimal("3000.00"), on=eve, means="cash", key="p2")  # 2 000 of it are within 5 000 a day
    assert shop.balances()["34552"] == Decimal("833.33")
    with transaction():
        bills.pay(made, Decimal("1200.00"), on=TODAY, means="cash", key="p3")
        bills.pay(made, Decimal("4800.00"), on=eve, means="transfer", key="p4")
    balances = shop.balances()
    assert (balances["34552"], balances.get("34583", 0)) == (Decimal("1833.33"), 0)
    assert balances["6121"] == Decimal("10166.67")
    assert not faults()


def test_a_purchase_sent_back_is_corrected_and_handed_in_again(shop):
    with transaction():
        supplier = parties.add(shop.enterprise_id, shop.activity_id, name="Fournitures", is_supplier=True)
        bought = handed_in(shop, clay(supplier))
        bills.send_back(bought, comment="Le montant de la pièce est autre.")
        bills.change(bought, clay(supplier, "60.00"), version=bills.one(bought).version)
        found = bills.one(bought)
        assert (found.state, found.gross, found.comment) == ("submitted", Decimal("60.00"), "")
        bills.approve(bought, version=found.version)
    assert shop.balances()["6121"] == Decimal("50.00")
    with pytest.raises(PurchaseNoSuchStep):
        bills.change(bought, clay(supplier), version=bills.one(bought).version)
    with pytest.raises(PurchaseNoSuchStep):
        bills.discard(bought)


def test_a_purchase_is_not_posted_otherwise_than_it_was_read(shop):
    with transaction():
        supplier = parties.add(shop.enterprise_id, shop.activity_id, name="Fournitures", is_supplier=True)
        bought = handed_in(shop, clay(supplier))
    read = bills.one(bought).version
    with transaction():
        bills.change(bought, clay(supplier, "600.00"), version=read)
    with pytest.raises(PurchaseChanged), transaction():
        bills.approve(bought, version=read)
    with pytest.raises(PurchaseChanged), transaction():
        bills.change(bought, clay(supplier), version=read)
    assert shop.balances() == {}


def test_a_bill_that_comes_after_its_month_was_closed_is_posted_on_the_first_open_day(shop):
    with transaction():
        supplier = parties.add(shop.enterprise_id, shop.activity_id, name="Fournitures", is_supplier=True)
        bought = handed_in(shop, replace(clay(supplier), billed_on=date(2026, 1, 20)))
        for month in (date(2026, 1, 1), date(2026, 2, 1)):
            periods.close(shop.enterprise_id, month)
        bills.approve(bought)
    found = entries.of_sources(shop.enterprise_id, [f"purchase:{bought}:posted"])
    assert [entries.entry(each.entry_id).on for each in found] == [date(2026, 3, 1)]
    assert not [each.fault for each in purchasing_verify.run() if each.fault]


def test_a_purchase_handed_in_by_mistake_is_taken_back(shop):
    with transaction():
        supplier = parties.add(shop.enterprise_id, shop.activity_id, name="Fournitures", is_supplier=True)
        bought = handed_in(shop, clay(supplier))
        bills.discard(bought)
    with pytest.raises(NotFound):
        bills.one(bought)


def test_a_payment_that_cannot_be_is_told_at_its_fields(shop):
    """The names are those of the form."""
    with transaction():
        supplier = parties.add(shop.enterprise_id, shop.activity_id, name="Fournitures", is_supplier=True)
        bought = handed_in(shop, clay(supplier))
        bills.approve(bought)
    with pytest.raises(PurchaseInvalid) as refused, transaction():
        bills.pay(bought, Decimal("0.00"), on=TODAY + timedelta(days=1), means="shells", key="bp")
    assert [problem.where for problem in refused.value.problems] == ["amount", "received_on", "means"]
    assert bills.one(bought).paid == 0


def test_a_purchase_is_handed_in_posted_and_paid(shop):
    with transaction():
        supplier = parties.add(shop.enterprise_id, shop.activity_id, name="Fournitures", is_supplier=True)
        bought = handed_in(shop, clay(supplier))
        assert shop.balances() == {}
        bills.approve(bought)
        bills.pay(bought, Decimal("60.00"), on=TODAY, means="transfer", key="bp")
    assert shop.balances() == {
        "34552": Decimal("10.00"),
        "34583": Decimal("10.00"),
        "44111": Decimal("-60.00"),
        "5141": Decimal("-60.00"),
        "6121": Decimal("100.00"),
    }
