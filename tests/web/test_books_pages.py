"""The books on the screen: filters that say what is wrong, an entry typed by hand, files of entries in and out."""

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask_babel import force_locale

from ecp import catalog, clock, enterprises, formats, parties, walls
from ecp.accounting import chart, entries_import
from ecp.accounting.exports import csv_file, reading
from ecp.db import transaction
from ecp.hosting import owed
from ecp.sales import documents, mandates
from ecp.sales.documents import Item
from ecp.web.accounting import labels
from tests import build
from tests.web.test_selling import hidden, visitor

HEAD = "entry_ref,date,journal,activity,account,debit,credit,label"
REVERSED = "La date de fin précède la date de début."


@pytest.fixture
def desk(db, app):
    """An accountant, their enterprise and an activity with an entry of 100 dirhams on 15 January 2026."""
    with walls.system(), transaction():
        enterprise = build.enterprise(code="TANGER")
        activity = build.activity(enterprise, code="POT")
        build.entry(enterprise.id, activity.id, on=date(2026, 1, 15))
        person = build.person(role="accountant", enterprise=enterprise)
        arabic = build.person(role="accountant", enterprise=enterprise, language="ar")
    return visitor(app, person), enterprise.id, activity.id, visitor(app, arabic)


# ---- filters


@pytest.mark.parametrize("place", ["/balance", "/grand-livre", "/grand-livre?compte=5141", "/journaux"])
def test_days_the_wrong_way_round_are_told_and_nothing_is_computed(desk, place):
    days = f"{'&' if '?' in place else '?'}du=2026-06-30&au=2026-01-01"
    answer = desk[0].get(place + days)
    assert (answer.status_code, REVERSED in answer.text) == (422, True)
    assert 'value="2026-06-30"' in answer.text
    assert 'value="2026-01-01" aria-invalid="true"' in answer.text
    assert "100,00" not in re.sub(r"<[^>]+>", "", answer.text)
    assert "Aucun" not in re.sub(r"<option[^>]*>[^<]*", "", answer.text)
    assert REVERSED not in desk[3].get(place + days).text


def test_the_last_page_of_an_account_adds_up_what_moved(desk):
    client, enterprise_id, activity_id, _ = desk
    with walls.system(), transaction():
        for amount in ("20.00", "3.50"):
            build.entry(enterprise_id, activity_id, on=date(2026, 2, 10), amount=amount)
    for days, total in (("", "123,50"), ("&du=2026-02-01", "23,50"), ("&du=2026-01-01&au=2026-01-31", "100,00")):
        page = re.sub(r"<[^>]+>", " ", client.get(f"/grand-livre?compte=6121{days}").text).replace(" ,", ",")
        assert re.search(rf"Total des mouvements\s+{total}\s+0,00", page), days


def test_an_account_without_lines_of_its_own_shows_those_under_it(desk):
    for heading in ("51", "514"):
        page = desk[0].get(f"/grand-livre?compte={heading}").text
        assert "compte=5141" in page
        assert "compte=6121" not in page
    assert "Aucune ligne sur ces dates." in desk[0].get("/grand-livre?compte=3421").text


@pytest.mark.parametrize("place", ["/balance", "/grand-livre", "/journaux"])
def test_what_is_no_day_is_told_and_stays(desk, place):
    answer = desk[0].get(f"{place}?du=31/02/2026&au=2026-12-31")
    assert (answer.status_code, "« 31/02/2026 » n’est pas une date" in answer.text) == (422, True)
    assert 'type="text" value="31/02/2026" aria-invalid="true"' in answer.text
    assert 'value="2026-12-31"' in answer.text


def test_journals_begin_with_the_month_unless_the_first_day_is_emptied(desk):
    month = f'name="du" type="date" value="{clock.today().replace(day=1)}"'
    assert month in desk[0].get("/journaux").text
    emptied = desk[0].get("/journaux?du=&au=").text
    assert 'name="du" type="date" value=""' in emptied
    assert "Écriture d’essai" in emptied
    assert desk[0].get("/journaux?au=2026-01-31").status_code == 200


def test_an_unknown_account_keeps_the_page_and_its_filters(desk):
    answer = desk[0].get("/grand-livre?compte=banque&du=2026-01-01")
    assert (answer.status_code, "Le compte banque n’existe pas." in answer.text) == (422, True)
    assert re.search(r'name="compte"[^>]*value="banque"[^>]*aria-invalid="true"', answer.text)
    assert 'value="2026-01-01"' in answer.text
    assert "Écriture d’essai" in desk[0].get("/grand-livre?compte=5141+Banques").text


def test_accounts_and_journals_have_names_in_the_language_of_the_reader(desk):
    _, enterprise_id, _, arabic = desk
    with walls.system():
        account = chart.account(enterprise_id, "5141")
    for place in ("/balance", "/grand-livre", "/grand-livre?compte=5141"):
        page = re.sub(r"<option[^>]*>", "", arabic.get(place).text)
        assert (account.title_ar in page, account.title in page) == (True, False), place
    assert "OD · عمليات مختلفة" in arabic.get("/journaux").text
    assert "OD · Opérations diverses" in desk[0].get("/journaux").text


def test_days_that_are_often_asked_for_are_links_that_keep_the_rest(desk, request):
    client, enterprise_id, activity_id, _ = desk
    request.addfinalizer(lambda: clock.stop(None))
    clock.stop(datetime(2026, 3, 10, 12, tzinfo=UTC))
    asked = f"/grand-livre?entreprise={enterprise_id}&activite={activity_id}&compte=5141"
    page = client.get(asked).text
    kept = f"/grand-livre?entreprise={enterprise_id}&amp;activite={activity_id}&amp;compte=5141"
    spans = dict(re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', re.search(r'class="spans".*?</nav>', page)[0]))
    assert spans == {
        f"{kept}&amp;du=2026-03-01&amp;au=2026-03-31": "Ce mois",
        f"{kept}&amp;du=2026-02-01&amp;au=2026-02-28": "Mois dernier",
        f"{kept}&amp;du=2026-01-01&amp;au=2026-12-31": "Exercice 2026",
        f"{kept}&amp;du=&amp;au=": "Tout",
    }
    assert "Solde final" in client.get(asked).text
    for address, label in spans.items():
        assert f'aria-current="true">{label}</a>' in client.get(address.replace("&amp;", "&")).text, label


def test_a_line_of_a_journal_leads_to_its_account_on_the_same_days(desk):
    page = desk[0].get("/journaux?du=2026-01-01&au=2026-01-31").text
    address = f"/grand-livre?entreprise={desk[1]}&amp;compte=5141&amp;du=2026-01-01&amp;au=2026-01-31"
    assert f'<a href="{address}"><bdi>5141</bdi></a>' in page
    assert "<bdi>Banques (soldes débiteurs)</bdi>" in page


def test_a_journal_adds_up_what_it_shows_and_all_that_is_asked_for(desk):
    client, enterprise_id, activity_id, _ = desk
    with walls.system(), transaction():
        for _number in range(30):
            build.entry(enterprise_id, activity_id, on=date(2026, 2, 1), amount="1.50")

    def foot(query: str) -> str:
        found = re.search(r"<tfoot>.*?</tfoot>", client.get(f"/journaux?{query}").text, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", "", found[0].replace("</t", " </t")).split()) if found else ""

    january = "Écritures de ces dates : 1 100,00 100,00"
    assert foot("du=2026-01-01&au=2026-01-31&journal=OD") == january
    assert foot(f"du=2026-01-01&au=2026-01-31&activite={activity_id}") == january
    assert foot("du=2026-02-01&journal=VT") == ""
    both = "Écritures affichées : 25 136,00 136,00 Écritures de ces dates : 31 145,00 145,00"
    assert foot("du=2026-01-01") == both


def test_an_entry_leads_to_those_beside_it_in_its_journal(desk):
    client, enterprise_id, activity_id, _ = desk
    with walls.system(), transaction():
        for _number in range(2):
            build.entry(enterprise_id, activity_id, on=date(2026, 2, 1), amount="1.00")
    found = re.findall(r'href="(/ecritures/\d+/\d+)"', client.get("/journaux?du=2026-01-01").text)
    assert len(found) == 3

    def beside(address: str) -> list[str]:
        page = re.search(r'<nav class="pages".*?</nav>', client.get(address).text, re.DOTALL)
        return re.findall(r'href="(/ecritures[^"]+)"', page[0])

    assert [beside(each) for each in found] == [[found[1]], [found[0], found[2]], [found[1]]]


def test_every_line_that_filters_say_comes_out_as_a_file(desk):
    client, enterprise_id, activity_id, _ = desk
    with walls.system(), transaction():
        for number in range(60):
            build.entry(enterprise_id, activity_id, on=date(2026, 2, 1), amount="1.00", label=f"=Ligne {number}")

    def taken(address: str) -> tuple[int, bytes, str]:
        with client.get(address) as answer:
            return answer.status_code, answer.data, answer.headers.get("Content-Disposition", "")

    page = client.get(f"/grand-livre?entreprise={enterprise_id}&compte=5141&du=2026-02-01").text
    address = re.search(r'href="([^"]+livres\.csv[^"]+)"', page)[1].replace("&amp;", "&")
    rows = taken(address)[1].decode().splitlines()[1:]
    assert len(rows) == 60
    assert all(",5141," in row and "'=Ligne" in row for row in rows)
    assert taken(address.replace("livres.csv", "livres.xlsx"))[1].startswith(b"PK")
    books = f"/ecritures/{enterprise_id}/livres.csv"
    _, text, name = taken(f"{books}?journal=OD&du=2026-01-01&au=2026-01-31")
    assert (len(text.splitlines()), "TANGER-OD-" in name) == (3, True)
    assert len(taken(f"{books}?journal=VT")[1].splitlines()) == 1
    for wrong, status in (("compte=9", 404), ("journal=ZZ", 404), ("du=demain", 422)):
        assert taken(f"{books}?{wrong}")[0] == status, wrong


def test_whatever_waits_for_approval_is_on_the_desk(desk):
    client, enterprise_id, activity_id, _ = desk
    with walls.system(), transaction():
        customer = parties.add(enterprise_id, activity_id, name="Riad imaginaire")
        items = [Item(description="Bol", quantity=Decimal(1), unit_price=Decimal(10), vat_category="standard")]
        quote = documents.draft(
            enterprise_id=enterprise_id,
            activity_id=activity_id,
            party_id=customer,
            items=items,
            on=clock.today(),
            key="q",
            kind="quote",
        )
        documents.move(quote, "submitted")
    for place in ("/comptabilite", "/factures?voir=waiting", "/factures?voir=waiting&type=quote"):
        assert f'href="/factures/{quote}"' in client.get(place).text, place
    assert f'href="/factures/{quote}"' not in client.get("/factures?voir=waiting&type=invoice").text


# ---- an entry typed by hand


def typed(client, place: str, *lines: dict[str, object]) -> dict[str, str]:
    data = {**hidden(client.get(place).text), "journal": "OD", "on": "2026-02-01", "label": "Essai", "document": ""}
    for number, line in enumerate(lines):
        data |= {f"lines-{number}-{name}": str(value) for name, value in line.items()}
    return data


def test_an_entry_that_does_not_balance_is_told_so(desk):
    client, enterprise_id, activity_id, arabic = desk
    place = f"/ecritures/{enterprise_id}/nouvelle"
    lines = (
        {"account": "6121", "activity_id": activity_id, "debit": "10,00"},
        {"account": "5141 Banques", "activity_id": activity_id, "credit": "9,00"},
    )
    refused = client.post(place, data=typed(client, place, *lines))
    assert (refused.status_code, "Débits et crédits diffèrent de 1,00." in refused.text) == (422, True)
    assert "المدين" in re.sub(r"<t[hd].*?</t[hd]>", "", arabic.post(place, data=typed(arabic, place, *lines)).text)
    assert "deux lignes ou plus" in client.post(place, data=typed(client, place)).text


def test_a_typed_line_names_somebody_of_its_activity(desk):
    client, enterprise_id, activity_id, _ = desk
    place = f"/ecritures/{enterprise_id}/nouvelle"
    with walls.system(), transaction():
        elsewhere = build.activity(enterprise_id).id
        parties.add(enterprise_id, activity_id, name="Argiles imaginaires", is_supplier=True)
        parties.add(enterprise_id, elsewhere, name="Voisin imaginaire", is_supplier=True)

    def post(name: str):
        lines = (
            {"account": "6121", "activity_id": activity_id, "debit": "10,00"},
            {"account": "4411", "activity_id": activity_id, "credit": "10,00", "party": name},
        )
        return client.post(place, data=typed(client, place, *lines))

    assert '<option value="Argiles imaginaires"></option>' in client.get(place).text
    refused = post("Voisin imaginaire")
    assert (refused.status_code, "n’a pas de fiche à ce nom" in refused.text) == (422, True)
    shown = client.get(post(" Argiles imaginaires ").location).text
    assert "<bdi>Argiles imaginaires</bdi>" in shown
    with walls.system():
        [due] = owed.read(enterprise_id, [activity_id], date(2026, 2, 28)).payables[activity_id]
    assert (due.party, due.amount) == ("Argiles imaginaires", Decimal("10.00"))


def test_an_entry_that_balances_only_over_activities_is_told_so(desk):
    client, enterprise_id, activity_id, _ = desk
    place = f"/ecritures/{enterprise_id}/nouvelle"
    with walls.system():
        structure = enterprises.structure(enterprise_id).id
    lines = (
        {"account": "6121", "activity_id": activity_id, "debit": "10,00"},
        {"account": "5141", "activity_id": structure, "credit": "10,00"},
    )
    refused = client.post(place, data=typed(client, place, *lines))
    assert "équilibrée dans chaque activité" in refused.text


def test_what_is_missing_is_told_while_an_entry_is_typed(desk):
    client, enterprise_id, activity_id, _ = desk
    place, totals = f"/ecritures/{enterprise_id}/nouvelle", f"/ecritures/{enterprise_id}/totaux"
    assert f'hx-post="{totals}"' in client.get(place).text
    first = {"account": "5141", "activity_id": activity_id, "debit": "1 250,40"}
    told = client.post(totals, data=typed(client, place, first), headers={"HX-Request": "true"}).text
    assert re.search(r"Manque au crédit</span> <bdi>[^<]+</bdi></dt><dd[^>]*>.*1.250", told)
    second = {"account": "7121", "activity_id": activity_id, "credit": "1250,40"}
    told = client.post(totals, data=typed(client, place, first, second)).text
    assert ("Équilibrée" in told, "Manque" in told) == (True, False)
    unread = client.post(totals, data=typed(client, place, {**first, "debit": "beaucoup"}, second)).text
    assert "Manque au débit" in unread


def test_each_line_that_says_something_names_an_account_and_an_activity(desk):
    client, enterprise_id, activity_id, _ = desk
    place = f"/ecritures/{enterprise_id}/nouvelle"
    page = client.get(place).text
    assert re.search(r'<option selected value="">Choisissez…|<option value="">Choisissez…', page)
    lines = (
        {"account": "", "activity_id": ""},
        {"account": "99999", "activity_id": activity_id, "debit": "10,00"},
        {"account": "5141", "activity_id": "", "credit": "10,00"},
        {"account": "", "activity_id": activity_id, "credit": "10,00"},
    )
    refused = client.post(place, data=typed(client, place, *lines))
    assert refused.status_code == 422
    assert re.findall(r'id="h-(lines-[^"]+)"', refused.text) == [
        "lines-1-account",
        "lines-2-activity_id",
        "lines-3-account",
    ]
    assert "Le compte 99999 n’existe pas." in refused.text
    assert "corrigez les champs signalés" in refused.text


def test_what_is_wrong_in_a_line_is_told_beside_it_whatever_lines_are_empty(desk):
    client, enterprise_id, activity_id, _ = desk
    place = f"/ecritures/{enterprise_id}/nouvelle"
    lines = (
        {"account": "", "activity_id": ""},
        {"account": "6121", "activity_id": activity_id, "debit": "10,00", "credit": "10,00"},
        {"account": "5141", "activity_id": activity_id, "credit": "0,00"},
    )
    refused = client.post(place, data=typed(client, place, *lines))
    assert set(re.findall(r'id="h-(lines-\d)', refused.text)) == {"lines-1", "lines-2"}


def test_a_line_added_without_script_has_the_activity_of_the_one_before(desk):
    client, enterprise_id, activity_id, _ = desk
    place = f"/ecritures/{enterprise_id}/nouvelle"
    data = typed(client, place, {"account": ""}, {"account": "6121", "activity_id": activity_id, "debit": "10,00"})
    page = client.post(place, data={**data, "add": "1"}).text
    row = page[page.index('name="lines-2-activity_id"') :]
    assert re.search(r'<option selected value="(\d+)"', row)[1] == str(activity_id)


@pytest.fixture
def sellers(db, app):
    """Two who sell for one activity, in French and in Arabic, and an article of theirs."""
    with walls.system(), transaction():
        enterprise = build.enterprise()
        activity = build.activity(enterprise)
        mandates.give(enterprise.id, activity.id, starts_on=date(2020, 1, 1), may_issue=True, may_collect=True)
        article = {"name": "Bol bleu", "unit": "pièce", "unit_price": Decimal("12.5"), "vat_category": "standard"}
        product = catalog.add(enterprise.id, activity.id, **article)
        people = [
            build.person(role="entrepreneur", enterprise=enterprise, activity=activity, language=each)
            for each in ("fr", "ar")
        ]
    return product, *(visitor(app, person) for person in people)


def test_articles_say_what_a_line_takes_from_them(sellers):
    product, client, _ = sellers
    told = f'data-product="{product}" data-unit="pièce" data-price="12,50" data-vat="standard"'
    assert told in client.get("/factures/nouvelle").text


@pytest.mark.parametrize(("whose", "told"), [(1, "Le document n’a aucune ligne."), (2, "الوثيقة بلا سطور.")])
def test_a_document_without_a_line_is_told_so(sellers, whose, told):
    client = sellers[whose]
    data = hidden(client.get("/factures/nouvelle").text)
    data |= {
        "new_party": "Riad",
        "channel": "workshop",
        "prices": "net",
        "language": "fr",
        "means": "cash",
        "then": "keep",
    }
    data |= {"lines-0-description": "", "lines-0-quantity": "1", "lines-0-vat_category": "standard"}
    refused = client.post("/factures/nouvelle", data=data)
    assert (refused.status_code, told in refused.text) == (422, True)


# ---- files of entries


def exported(enterprise_id: int) -> str:
    with walls.system():
        wanted = reading.Wanted(enterprise_id)
        return "".join(csv_file.write(reading.book(wanted), reading.lines(wanted)))


def sent(client, enterprise_id: int, text: str, **more: str) -> str:
    place = f"/ecritures/{enterprise_id}/fichiers"
    data = {**hidden(client.get(place).text), "file": (io.BytesIO(text.encode()), "f.csv"), **more}
    return client.post(place, data=data, content_type="multipart/form-data").text.replace(formats.HARD, " ")


def test_the_books_do_not_come_back_into_themselves(desk):
    client, enterprise_id, _, arabic = desk
    own = exported(enterprise_id)
    assert "\nTANGER:OD-2026-1,2026-01-15,OD,POT,6121," in own
    told = sent(client, enterprise_id, own)
    assert "entry_ref : « TANGER:OD-2026-1 » est une écriture de ces livres : elle y est déjà." in told
    assert "2 problèmes" in told
    assert "TANGER:OD-2026-1" in sent(arabic, enterprise_id, own)
    assert exported(enterprise_id) == own


def test_the_books_come_back_equal_in_another_enterprise(desk):
    _, enterprise_id, _, _ = desk
    with walls.system(), transaction():
        imported = f"{HEAD}\nOD-2026-1,2026-02-01,OD,POT,6121,5,,A\nOD-2026-1,2026-02-01,OD,POT,5141,,5,A\n"
        assert entries_import.post(enterprise_id, imported.encode()).posted == 1
    own = exported(enterprise_id)
    assert re.findall(r"^(\S+?OD-2026-1|OD-2026-1),", own, re.MULTILINE) == ["TANGER:OD-2026-1"] * 2 + ["OD-2026-1"] * 2
    with walls.system(), transaction():
        other = build.enterprise(code="COPIE")
        assert entries_import.post(other.id, own.encode(), create_activities=True).posted == 2
    assert exported(other.id) == own


def test_an_activity_to_be_opened_and_no_day_that_can_be_read(desk):
    client, enterprise_id, _, _ = desk
    told = sent(client, enterprise_id, f"{HEAD}\nR,hier,OD,NEUVE,6121,5,,A\n", create="1")
    assert "n’est pas une date" in told
    assert "rien n’a été enregistré : un problème." in told
    with walls.system():
        assert "NEUVE" not in {each.code for each in enterprises.activities(enterprise_id)}


@pytest.mark.parametrize("code", ["à l’été", "A" * 21])
def test_a_code_that_no_activity_can_have_is_told_with_its_row(desk, code):
    client, enterprise_id, _, _ = desk
    told = sent(client, enterprise_id, f"{HEAD}\nR,2026-02-01,OD,{code},6121,5,,A\n", create="1")
    assert re.search(rf'data-label="Ligne">2</th><td[^>]*>activity : « {code} » ne peut pas être un code', told)


def test_problems_are_counted_where_not_all_are_listed(desk):
    client, enterprise_id, _, arabic = desk
    rows = "".join(f"R{number},hier,OD,POT,6121,5,,A\n" for number in range(250))
    told = sent(client, enterprise_id, f"{HEAD}\n{rows}")
    assert "250 problèmes" in told
    assert "Les 200 premiers sont listés, sur 250." in told
    isolated = sent(arabic, enterprise_id, f"{HEAD}\nR,2026-02-01,OD,POT,99999,5,,A\n")
    assert "\u2068account\u2069: الحساب «\u206899999\u2069»" in isolated
    quotes = sent(arabic, enterprise_id, f'{HEAD}\nR,2026-02-01,OD,POT,6121,5,,"A\n')
    assert "علامات اقتباس" in quotes


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Facture F-2026-0004 · Riad", "Invoice F-2026-0004 · Riad"),
        ("Avoir A-2026-0001 · Riad", "Credit note A-2026-0001 · Riad"),
        ("Règlement F-2026-0004, F-2026-0005", "Payment F-2026-0004, F-2026-0005"),
        ("Remboursement F-2026-0004", "Refund F-2026-0004"),
        ("Paiement Argile", "Payment Argile"),
        ("Règlement Client de passage", "Payment Client de passage"),
        ("Facture d’électricité", "Facture d’électricité"),
        ("Paiement", "Paiement"),
    ],
)
def test_what_the_application_wrote_is_told_in_the_reader_s_language(app, written, read):
    with app.test_request_context(), force_locale("en"):
        assert labels.told(written) == read
    with app.test_request_context(), force_locale("fr"):
        assert labels.told(written) == written
