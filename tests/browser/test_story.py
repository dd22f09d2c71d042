"""One month from sale to statement, as people live it: on a phone, then at the accountant's desk."""

import re
from decimal import Decimal

from playwright.sync_api import expect

from ecp import clock
from workers import hosting, running

MONTH = "2026-10"


def money(text: str) -> Decimal:
    sign = -1 if "−" in text else 1
    return sign * Decimal(re.sub(r"[^0-9,]", "", text).replace(",", "."))


def available(page) -> Decimal:
    page.goto("/mon-argent")
    return money(page.locator(".figure-value .money").first.inner_text())


def test_a_sale_becomes_a_statement(visit, site):
    phone = visit("zahra", width=360)
    before = available(phone)

    phone.get_by_role("link", name="Nouvelle facture").click()
    phone.select_option("#party_id", label="Hôtel Imaginaire")
    phone.fill("#lines-0-description", "Bol bleu")
    phone.fill("#lines-0-quantity", "3")
    phone.fill("#lines-0-unit_price", "90,50")
    expect(phone.locator("#totals")).to_contain_text("325,80")
    phone.get_by_role("button", name="Émettre").click()
    phone.get_by_role("dialog", name="Émettre cette facture ?").get_by_role("button", name="Émettre").click()
    expect(phone.locator("h1")).to_contain_text("Facture F-")
    number = re.search(r"F-\d{4}-\d{4}", phone.locator("h1").inner_text())[0]

    for language in ("fr", "ar"):
        link = phone.locator(f'a[href*="langue={language}"]').get_attribute("href")
        paper = phone.request.get(link)
        assert (paper.status, paper.body()[:4]) == (200, b"%PDF")

    phone.select_option("#means", "transfer")
    phone.get_by_role("button", name="Enregistrer le règlement").click()
    phone.get_by_role("dialog").get_by_role("button", name="Enregistrer le règlement").click()
    expect(phone.locator("main")).to_contain_text("Payée")
    # 325,80 received, 54,30 of VAT due with it, 10 % of 271,50 for the house: all of it at the end of the month
    assert available(phone) - before == Decimal("325.80") - Decimal("54.30") - Decimal("27.15")

    desk = visit("comptable")
    desk.goto("/journaux?journal=VT&du=" + clock.today().isoformat())
    desk.locator("tr", has_text=number).first.locator("a").first.click()
    expect(desk.locator("main")).to_contain_text("271,50")
    desk.get_by_role("link", name="Voir la pièce").click()
    expect(desk.locator("h1")).to_contain_text(number)

    desk.goto(f"/mois/1/{MONTH}")
    desk.get_by_role("button", name="Clôturer le mois").click()
    desk.get_by_role("dialog").get_by_role("button", name="Clôturer le mois").click()
    expect(desk.locator("#progress progress")).to_be_visible()
    with site.app.app_context():
        assert hosting
        running.drain()
    expect(desk.locator("#progress")).to_contain_text("Terre et Bleu", timeout=15_000)

    phone.goto(f"/releves/{MONTH}")
    expect(phone.locator("h1")).to_contain_text("octobre 2026")
    expect(phone.locator("main")).to_contain_text("Disponible")
    paper = phone.request.get(f"/releves/{MONTH}.pdf?langue=ar")
    assert paper.body()[:4] == b"%PDF"
