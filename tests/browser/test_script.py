"""What `app.js` does beside the server, in a real browser on small pages."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

SCRIPT = (Path(__file__).parents[2] / "ecp" / "web" / "static" / "app.js").read_text(encoding="utf-8")


@pytest.fixture
def show(chrome):
    """Show the content of a page with the script; gives the page."""
    page = chrome.new_page()

    def shown(content: str, *, language: str = "fr", status: int = 200) -> Page:
        html = f'<!doctype html><html lang="{language}"><meta charset="utf-8"><main>{content}</main>'
        script = f"<script>{SCRIPT}</script></html>"
        page.route("**/*", lambda route: route.fulfill(status=status, content_type="text/html", body=html + script))
        page.goto("http://essai.example/")
        return page

    yield shown
    page.close()


# ---- tables as files

TABLE = """
<div class="table-tools"><input data-filter="t"><button data-export="t">Exporter</button></div>
<table id="t" data-sortable><thead><tr><th>Compte</th><th>Intitulé</th><th class="amount">Débit</th></tr></thead>
<tbody><tr><th colspan="2">Solde avant</th>
<td class="amount"><bdi class="money">12\u202f345<span>,60</span></bdi></td></tr>
<tr><th>5141</th><td>Banques; "mer"</td>
<td class="amount" data-value="-1234.50"><bdi class="money">−1 234,50</bdi></td></tr>
<tr><th>6121</th><td>=1+1</td><td class="amount">–</td></tr></tbody>
<tfoot><tr><th>Total</th><td></td>
<td class="amount"><bdi class="money">11\u202f111<span>,10</span></bdi></td></tr></tfoot>
</table>"""
HEAD = "\ufeffCompte;Intitulé;Débit"
SHOWN = [HEAD, "Solde avant;;12345,60", '5141;"Banques; ""mer""";-1234,50', "6121;'=1+1;–", "Total;;11111,10", ""]


def saved(page: Page) -> list[str]:
    with page.expect_download() as wanted:
        page.click("[data-export]")
    return Path(wanted.value.path()).read_bytes().decode().split("\r\n")


def test_a_table_is_exported_as_a_french_excel_reads_it(show):
    assert saved(show(TABLE)) == SHOWN


def test_what_is_filtered_away_is_not_exported_nor_the_total_of_all(show):
    page = show(TABLE)
    page.fill("[data-filter]", "banques")
    assert saved(page) == [SHOWN[0], SHOWN[2], ""]


def test_amounts_of_english_and_arabic_pages_are_the_same(show):
    english = TABLE.replace("12\u202f345<span>,60", "12,345<span>.60").replace(
        "11\u202f111<span>,10", "11,111<span>.10"
    )
    assert saved(show(english, language="en")) == SHOWN
    assert saved(show(TABLE.replace(",60", ",60\u2069").replace("12\u202f", "\u206612\u202f"), language="ar")) == SHOWN


# ---- refused forms


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.name || document.activeElement.tagName")


def test_a_refused_form_leads_to_what_is_to_be_mended(show):
    alert, field = '<p class="alert error" id="a">Refusé</p>', '<p style="height:3000px"></p><input id="f" {}>'
    assert focused(show(alert + field.format('aria-invalid="true"'), status=422)) == "f"
    page = show(field.format("") + alert, status=422)
    assert focused(page) == "a"
    assert page.evaluate("scrollY") > 1000


def test_a_page_that_was_not_refused_stays_at_its_head(show):
    assert focused(show('<p class="alert error" id="a">Rien ne va</p>')) == "BODY"


def test_what_cannot_be_undone_is_asked(show):
    page = show(
        '<form method="post" action="/fin"><input type="hidden" name="question" value="Vraiment ? Plus rien après.">'
        '<button id="b" type="submit" class="danger" name="pas" value="fin">Supprimer</button></form>' + DIALOG
    )
    dialog = page.locator("dialog")
    page.click("#b")
    assert [dialog.locator(part).inner_text() for part in ("h2", "p")] == ["Vraiment ?", "Plus rien après."]
    expect(dialog.get_by_text("Annuler")).to_be_focused()
    page.keyboard.press("Enter")
    assert (dialog.is_visible(), page.is_enabled("#b"), page.url) == (False, True, "http://essai.example/")
    page.click("#b")
    page.keyboard.press("Escape")
    assert (dialog.is_visible(), page.url) == (False, "http://essai.example/")
    page.click("#b")
    with page.expect_request("**/fin") as sent:
        dialog.locator(".danger", has_text="Supprimer").click()
    assert sent.value.post_data == "pas=fin"


def test_a_question_of_one_button_is_not_asked_of_another(show):
    page = show(
        '<form method="post" action="/fin"><button type="submit" name="pas" value="garde">Garder</button>'
        '<button type="submit" name="pas" value="fin" data-asks="Vraiment ?">Finir</button></form>' + DIALOG
    )
    page.get_by_text("Finir").click()
    with page.expect_request("**/fin") as sent:
        page.locator("dialog").get_by_text("Finir").click()
    assert sent.value.post_data == "pas=fin"
    with page.expect_request("**/fin") as sent:
        page.get_by_text("Garder").click()
    assert sent.value.post_data == "pas=garde"


def test_where_the_page_cannot_ask_the_question_is_sent(show):
    page = show(
        '<form method="post" action="/fin"><input type="hidden" name="question" value="Vraiment ?">'
        '<button id="b" type="submit">Oui</button></form>'
    )
    with page.expect_request("**/fin") as sent:
        page.click("#b")
    assert sent.value.post_data == "question=Vraiment+%3F"


DIALOG = '<dialog id="question"><h2></h2><p></p><form method="dialog"><button>Annuler</button></form></dialog>'


# ---- lines

LINES = """
<form><select name="prices"><option value="net">HT<option value="gross">TTC</select>
<datalist id="articles">
<option value="Bol bleu" data-product="7" data-unit="pièce" data-price="12,50" data-vat="exempt">
<option value="Tasse" data-product="8" data-unit="lot" data-price="9,00" data-vat="standard"></datalist>
<table><tbody id="lignes"><tr data-index="0"><td>
<input id="lines-0-description" name="lines-0-description" list="articles">
<input id="lines-0-quantity" name="lines-0-quantity" value="3"><input name="lines-0-unit">
<input name="lines-0-unit_price">
<select name="lines-0-vat_category"><option value="standard">20 %<option value="exempt">0 %</select>
<select id="lines-0-activity_id" name="lines-0-activity_id" data-repeats>
<option value="">Choisissez…<option value="4">Poterie</select>
<input type="hidden" name="lines-0-product_id"><button type="button" data-removes>×</button></td></tr></tbody></table>
<button name="add" value="1" data-adds="lignes">+</button>
<button class="primary" type="submit" id="go">Émettre</button></form>"""


def line(page: Page, number: int = 0) -> list[str]:
    names = ("unit", "unit_price", "vat_category", "product_id")
    return [page.input_value(f"[name=lines-{number}-{name}]") for name in names]


def test_a_chosen_article_fills_what_is_empty_in_its_line(show):
    page = show(LINES)
    page.fill("[name=lines-0-description]", "Bol bleu")
    assert line(page) == ["pièce", "12,50", "exempt", "7"]
    page.fill("[name=lines-0-description]", "Tasse")
    assert line(page) == ["lot", "9,00", "standard", "8"]


def test_what_was_typed_stays(show):
    page = show(LINES)
    page.fill("[name=lines-0-unit_price]", "5")
    page.select_option("[name=lines-0-vat_category]", "standard")
    page.fill("[name=lines-0-description]", "Bol bleu")
    assert line(page) == ["pièce", "5", "standard", "7"]


def test_a_price_without_tax_is_not_taken_for_one_with_it(show):
    page = show(LINES)
    page.select_option("[name=prices]", "gross")
    page.fill("[name=lines-0-description]", "Bol bleu")
    assert line(page) == ["pièce", "", "exempt", "7"]


def test_what_an_article_brought_goes_where_prices_turn_out_to_be_with_tax(show):
    page = show(LINES)
    page.fill("[name=lines-0-description]", "Bol bleu")
    page.select_option("[name=prices]", "gross")
    assert line(page)[1] == ""
    page.select_option("[name=prices]", "net")
    assert line(page)[1] == "12,50"
    page.fill("[name=lines-0-unit_price]", "11")
    page.select_option("[name=prices]", "gross")
    assert line(page)[1] == "11"


def test_an_added_line_is_new_but_for_its_activity(show):
    page = show(LINES)
    page.fill("[name=lines-0-description]", "Bol bleu")
    page.select_option("[name=lines-0-activity_id]", "4")
    page.click("[data-adds]")
    assert line(page, 1) == ["", "", "standard", ""]
    values = [page.input_value(f"[name=lines-1-{name}]") for name in ("description", "quantity", "activity_id")]
    assert values == ["", "1", "4"]
    assert focused(page) == "lines-1-description"
    page.click("tr[data-index='1'] [data-removes]")
    assert (focused(page), page.locator("tr").count()) == ("lines-0-description", 1)


def test_enter_goes_on_and_adds_no_line(show):
    page = show(LINES)
    page.focus("[name=lines-0-quantity]")
    page.keyboard.press("Enter")
    assert (focused(page), page.locator("tr").count(), page.url) == ("lines-0-unit", 1, "http://essai.example/")
