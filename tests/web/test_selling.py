"""An entrepreneur sells and buys through the pages: a form sent twice keeps one document."""

import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import g, has_app_context

from ecp import catalog, clock, enterprises, parties, walls
from ecp.accounting import ledger, posting
from ecp.db import session, transaction
from ecp.sales import mandates
from tests import build

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
KEY = re.compile(r'name="key"[^>]*value="([^"]+)"')
VERSION = re.compile(r'name="version"[^>]*value="([^"]+)"')


@pytest.fixture
def seller(db, app):
    with walls.system(), transaction():
        enterprise = build.enterprise()
        activity = build.activity(enterprise)
        mandates.give(enterprise.id, activity.id, starts_on=date(2020, 1, 1), may_issue=True, may_collect=True)
        person = build.person(role="entrepreneur", enterprise=enterprise, activity=activity)
    return visitor(app, person)


@pytest.fixture
def keeper(db, app):
    with walls.system(), transaction():
        enterprise = build.enterprise()
        activity_id = build.activity(enterprise).id
        person = build.person(role="accountant", enterprise=enterprise)
    return visitor(app, person), activity_id


def visitor(app, person: int):
    """A browser of a person; each of its requests forgets what the one before kept, which tests would share."""
    token = walls.open_session(person)
    client = app.test_client()
    with client.session_transaction() as visit:
        visit["_user_id"] = token
        visit["_fresh"] = True
    ask = client.open

    def opened(*given, **more):
        for name in list(g) if has_app_context() else ():
            g.pop(name)
        return ask(*given, **more)

    client.open = opened
    return client


def hidden(page: str) -> dict[str, str]:
    token, key = TOKEN.search(page), KEY.search(page)
    return {**({"csrf_token": token[1]} if token else {}), **({"key": key[1]} if key else {})}


def read(client, address: str) -> str:
    """The words of a page, and what its fields hold."""
    page = client.get(address).text
    return re.sub(r"<[^>]+>", "", page) + " ".join(re.findall(r'value="([^"]*)"', page))


def counted(table: str) -> int:
    with walls.system(), transaction():
        return session.execute(sa.text(f"select count(*) from {table}")).scalar_one()


def sold(client, activity_id: int | str = "") -> dict[str, str]:
    return {
        **hidden(client.get(f"/factures/nouvelle?activite={activity_id}").text),
        "party_id": "",
        "new_party": "Riad imaginaire",
        "channel": "workshop",
        "prices": "net",
        "means": "cheque",
        "language": "fr",
        "lines-0-description": "Bol bleu",
        "lines-0-quantity": "2",
        "lines-0-unit_price": "100,00",
        "lines-0-vat_category": "standard",
        "then": "issue",
    }


def test_an_invoice_is_issued_from_one_page_and_once(seller):
    typed = sold(seller)
    first, again = seller.post("/factures/nouvelle", data=typed), seller.post("/factures/nouvelle", data=typed)
    assert (first.status_code, again.status_code) == (302, 302), first.text
    assert first.location == again.location
    assert counted("sales_document") == 1
    page = read(seller, first.location)
    assert re.search(r"F-\d{4}-0001", page)
    assert "Riad imaginaire" in page
    assert "240,00" in page


def test_how_it_is_to_be_paid_is_asked_told_and_offered_again(seller):
    chosen = '<option selected value="{}">'
    assert chosen.format("transfer") in seller.get("/factures/nouvelle").text
    invoice = seller.post("/factures/nouvelle", data={**sold(seller), "means": "mobile"}).location
    assert re.search(r"Mode de règlement\s*Téléphone mobile", read(seller, invoice))
    for page in ("/factures/nouvelle", "/factures/nouvelle?type=quote", invoice):
        assert chosen.format("mobile") in seller.get(page).text
    assert seller.post("/factures/nouvelle", data={**sold(seller), "means": "troc"}).status_code == 422


def test_a_discount_is_shown_again_as_it_was_typed(seller):
    typed = {**sold(seller), "lines-0-discount_rate": "5", "then": "keep"}
    draft = seller.post("/factures/nouvelle", data=typed).location
    page = seller.get(f"{draft}/modifier").text
    assert re.search(r'name="lines-0-discount_rate"[^>]*value="5"', page)


def test_a_quote_leads_to_its_invoice_and_back(seller):
    typed = {**sold(seller), "note": "Livré avant la fête"}
    quote = seller.post("/factures/nouvelle?type=quote", data=typed).location
    said = {**hidden(seller.get(quote).text), "version": VERSION.search(seller.get(quote).text)[1]}
    accepted = seller.post(f"{quote}/etape", data={**said, "step": "accepted"}, follow_redirects=True).text
    assert "Le client accepte le devis." in accepted
    assert "/facturer" in accepted
    invoice = seller.post(f"{quote}/facturer", data=hidden(accepted)).location
    page = seller.get(invoice).text
    assert f'href="{quote}"' in page
    assert "Livré avant la fête" in page
    page = seller.get(quote).text
    assert f'href="{invoice}"' in page
    assert "/facturer" not in page


def test_a_document_that_cannot_be_issued_says_why(seller):
    draft = seller.post("/factures/nouvelle", data={**sold(seller), "then": "keep", "due_on": "2020-01-31"}).location
    said = {**hidden(seller.get(draft).text), "step": "issue"}
    page = seller.post(f"{draft}/etape", data=said, follow_redirects=True).text
    alert = re.search(r'class="alert[^>]*>.*?</p>', page, re.DOTALL)[0]
    assert "est à corriger" in alert
    assert len(re.sub(r"<[^>]+>", "", alert)) > len("Le document est à corriger.") + 20


def test_an_accountant_cancels_a_payment(app, seller):
    invoice = seller.post("/factures/nouvelle", data=sold(seller)).location
    paid = {**hidden(seller.get(invoice).text), "amount": "240,00", "received_on": clock.today().isoformat()}
    seller.post(f"{invoice}/reglements", data={**paid, "means": "cheque"})
    assert "/annuler" not in seller.get(invoice).text
    with walls.system(), transaction():
        (enterprise,) = enterprises.all_seen()
        person = build.person(role="accountant", enterprise=enterprise)
    desk = visitor(app, person)
    cancels = re.search(rf"{invoice}/reglements/(\d+)/annuler", desk.get(invoice).text)
    assert seller.post(cancels[0], data=hidden(seller.get(invoice).text)).status_code == 403
    assert desk.post(cancels[0].replace(cancels[1], "99999"), data=hidden(desk.get(invoice).text)).status_code == 404
    desk.post(cancels[0], data=hidden(desk.get(invoice).text))
    page = re.sub(r"<[^>]+>", " ", seller.get(invoice).text)
    assert re.search(r"R-\d{4}-0001\s+annulé par R-\d{4}-0002", page)
    assert "À payer" in page
    assert seller.get(f"/reglements/{cancels[1]}.pdf").status_code == 404


def test_what_an_article_is_says_where_its_sale_is_kept(seller):
    with walls.system(), transaction():
        (enterprise,) = enterprises.all_seen()
        activity = next(each for each in enterprises.activities(enterprise.id) if not each.is_structure)
        article = {"unit": "", "unit_price": Decimal(100), "vat_category": "standard"}
        lesson = catalog.add(enterprise.id, activity.id, name="Cours", is_service=True, **article)
    for changes in ({"lines-0-product_id": str(lesson)}, {"new_party": "Musée inventé"}):
        seller.post("/factures/nouvelle", data={**sold(seller), **changes})
    with walls.system(), transaction():
        catalog.add(enterprise.id, activity.id, name="Bol", is_service=False, **article)
    seller.post("/factures/nouvelle", data={**sold(seller), "channel": "export", "new_party": "Ailleurs"})
    with walls.system():
        held = ledger.balances(enterprise.id)
    assert {account: held[account] for account in held if account.startswith("71")} == {
        "7122": Decimal("-200.00"),
        "7124": Decimal("-400.00"),
    }


def test_a_field_shows_an_amount_as_the_reader_writes_it(seller):
    invoice = seller.post("/factures/nouvelle", data=sold(seller)).location
    assert re.search(r'name="amount"[^>]*value="240,00"', seller.get(invoice).text)
    seller.post("/langue", data={**hidden(seller.get(invoice).text), "language": "en", "suite": invoice})
    page = seller.get(invoice).text
    assert re.search(r'name="amount"[^>]*value="240.00"', page)
    paid = {**hidden(page), "amount": "240.00", "received_on": clock.today().isoformat(), "means": "cash"}
    assert seller.post(f"{invoice}/reglements", data=paid).status_code == 302


def test_quotes_are_not_offered_as_invoices_to_be_paid(seller):
    assert "voir=open" in seller.get("/factures").text
    page = seller.get("/factures?type=quote").text
    assert "voir=open" not in page
    assert "Aucun devis" in page


def test_a_quote_holds_until_a_day_and_an_invoice_is_paid_by_one(seller):
    until, by = "Valable jusqu’au", "À payer avant le"
    quote = seller.post("/factures/nouvelle?type=quote", data={**sold(seller), "due_on": "2099-01-31"}).location
    for place, wanted, other in (
        ("/factures/nouvelle?type=quote", until, by),
        (quote, until, by),
        ("/factures/nouvelle", by, until),
    ):
        page = seller.get(place).text
        assert wanted in page, place
        assert other not in page, place


def test_a_question_that_no_script_asked_is_asked_before_anything_is_done(seller):
    draft = seller.post("/factures/nouvelle", data={**sold(seller), "then": "keep"}).location
    typed = {**hidden(seller.get(draft).text), "question": "Supprimer <ce> brouillon ?", "kept": "oui"}
    page = seller.post(f"{draft}/abandonner", data=typed, headers={"Referer": "https://ailleurs.example/"})
    assert page.status_code == 200
    assert "Supprimer &lt;ce&gt; brouillon ?" in page.text
    assert 'name="kept" value="oui"' in page.text
    assert 'name="question"' not in page.text
    assert "ailleurs" not in page.text
    assert counted("sales_document") == 1
    del typed["question"]
    assert seller.post(f"{draft}/abandonner", data=typed).status_code == 302
    assert counted("sales_document") == 0


def test_a_customer_page_tells_what_only_the_books_know(seller):
    seller.post("/factures/nouvelle", data=sold(seller))
    client_id = int(re.search(r'<option value="(\d+)">Riad imaginaire', seller.get("/factures/nouvelle").text)[1])
    assert "Autres sommes dues" not in seller.get(f"/clients/{client_id}").text
    with walls.system(), transaction():
        party = parties.one(client_id)
        whose = {"activity_id": party.activity_id}
        lines = (
            posting.DraftLine(account="3421", debit=Decimal("804.00"), party_id=client_id, **whose),
            posting.DraftLine(account="7121", credit=Decimal("804.00"), **whose),
        )
        told = {"journal": "OD", "on": clock.today(), "label": "Vente d’avant", "source": "test:before"}
        posting.post(posting.Draft(enterprise_id=party.enterprise_id, lines=lines, **told))
    page = seller.get(f"/clients/{client_id}").text
    assert "Autres sommes dues" in page
    assert "804" in page


def test_a_customer_pays_several_invoices_at_once(seller):
    first = seller.post("/factures/nouvelle", data=sold(seller)).location
    client_id = re.search(r'<option value="(\d+)">Riad imaginaire', seller.get("/factures/nouvelle").text)[1]
    place = f"/clients/{client_id}"
    typed = {**sold(seller), "party_id": client_id, "new_party": ""}
    second = seller.post("/factures/nouvelle", data=typed).location
    page = seller.get(place).text
    today = re.search(r'name="received_on"[^>]*value="([^"]+)"', page)[1]
    paid = {**hidden(page), "amount": "300,00", "received_on": today, "means": "transfer"}
    assert seller.post(f"{place}/reglements", data={**paid, "amount": "480,01"}).status_code == 422
    assert seller.post(f"{place}/reglements", data=paid).status_code == 302
    assert "Payée" in read(seller, first)
    assert "180,00" in read(seller, second)


def test_a_payment_sent_twice_is_one(seller):
    place = seller.post("/factures/nouvelle", data=sold(seller)).location
    today = re.search(r'name="received_on"[^>]*value="([^"]+)"', seller.get(place).text)
    typed = {**hidden(seller.get(place).text), "amount": "120,00", "received_on": today[1], "means": "transfer"}
    for _ in range(2):
        assert seller.post(f"{place}/reglements", data=typed).status_code == 302
    assert counted("payment") == 1
    assert read(seller, place).count("120,00") == 3  # the payment, what is left, and what the next form offers


def test_part_of_an_invoice_is_taken_back(seller):
    place = seller.post("/factures/nouvelle", data=sold(seller)).location
    typed = {
        **hidden(seller.get(place).text),
        "reason": "Un bol fêlé",
        "lines-0-position": "1",
        "lines-0-quantity": "3",
    }
    refused = seller.post(f"{place}/avoir", data=typed)
    assert (refused.status_code, "Il ne reste pas autant" in refused.text) == (422, True)
    made = seller.post(f"{place}/avoir", data={**typed, "lines-0-quantity": "1"})
    assert made.status_code == 302, made.text
    assert "120,00" in read(seller, made.location)
    step = {**hidden(seller.get(made.location).text), "step": "issue"}
    assert seller.post(f"{made.location}/etape", data=step).status_code == 302
    assert "120,00" in read(seller, place)


def test_what_a_customer_paid_too_much_is_given_back(seller):
    place = seller.post("/factures/nouvelle", data=sold(seller)).location
    today = re.search(r'name="received_on"[^>]*value="([^"]+)"', seller.get(place).text)[1]
    money = {"amount": "240,00", "received_on": today, "means": "transfer"}
    seller.post(f"{place}/reglements", data={**hidden(seller.get(place).text), **money})
    whole = {"reason": "Annulée", "lines-0-position": "1", "lines-0-quantity": "2"}
    note = seller.post(f"{place}/avoir", data={**hidden(seller.get(place).text), **whole}).location
    seller.post(f"{note}/etape", data={**hidden(seller.get(note).text), "step": "issue"})
    assert "À rembourser au client" in seller.get(place).text
    back = {**hidden(seller.get(place).text), **money}
    too_much = seller.post(f"{place}/remboursements", data={**back, "amount": "240,01"})
    assert (too_much.status_code, "payé en trop" in too_much.text) == (422, True)
    for _ in range(2):
        assert seller.post(f"{place}/remboursements", data=back).status_code == 302
    assert counted("refund") == 1
    assert "Rendu au client" in seller.get(place).text


def test_what_was_handed_in_is_corrected_and_taken_back(seller):
    bill = {
        **hidden(seller.get("/achats/nouveau").text),
        "kind": "bill",
        "party_id": "",
        "new_party": "Argiles fictives",
        "billed_on": "01/01/2026",
        "nature": "materials",
        "label": "Argile",
        "gross": "120,00",
        "vat_category": "standard",
    }
    place = seller.post("/achats/nouveau", data=bill).location
    page = seller.get(f"{place}/modifier").text
    assert 'value="120,00"' in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    supplier = re.search(r'<option selected value="(\d+)">Argiles fictives', page)[1]
    corrected = {**bill, **hidden(page), "version": version, "party_id": supplier, "gross": "60,00"}
    assert seller.post(f"{place}/modifier", data=corrected).status_code == 302
    assert "10,00" in read(seller, place)
    stale = seller.post(f"{place}/modifier", data=corrected)
    assert (stale.status_code, "corrigée entre-temps" in stale.text) == (422, True)
    assert seller.post(f"{place}/supprimer", data=hidden(seller.get(place).text)).status_code == 302
    assert counted("purchase") == 0


def test_an_accountant_goes_from_a_document_to_its_entries_and_back(keeper):
    client, activity_id = keeper
    typed = {**sold(client, activity_id), "activite": activity_id}
    place = client.post(f"/factures/nouvelle?activite={activity_id}", data=typed).location
    found = re.search(r'href="(/ecritures/\d+/\d+)"', client.get(place).text)
    assert found
    assert f'href="{place}"' in client.get(found[1]).text


def test_a_line_without_words_is_asked_for_and_nothing_kept(seller):
    answer = seller.post("/factures/nouvelle", data={**sold(seller), "lines-0-description": ""})
    assert answer.status_code == 422
    assert "100,00" in answer.text
    assert counted("sales_document") == 0
    assert counted("party") == 0


def test_a_bill_sent_twice_with_a_new_supplier_is_one(seller):
    page = seller.get("/achats/nouveau").text
    typed = {
        **hidden(page),
        "kind": "bill",
        "party_id": "",
        "new_party": "Argiles fictives",
        "billed_on": "01/01/2026",
        "nature": "materials",
        "label": "Argile",
        "gross": "120,00",
        "vat_category": "standard",
    }
    first, again = seller.post("/achats/nouveau", data=typed), seller.post("/achats/nouveau", data=typed)
    assert (first.status_code, again.status_code) == (302, 302), first.text
    assert first.location == again.location
    assert counted("purchase") == 1
