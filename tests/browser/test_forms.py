"""Long forms on a phone: what is nearly always asked is in sight, the rest opens on demand and when it matters.

And what cannot be undone is asked first, with scripts or without.
"""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(("supplier", "scripts"), [("Terres du Rif", True), ("Ocres du Souss", False)])
def test_an_expense_is_told_in_one_view_and_the_rest_on_demand(visit, supplier, scripts):
    phone = visit("zahra", width=360, scripts=scripts)
    phone.goto("/achats/nouveau")
    expect(phone.get_by_label("Numéro de la pièce")).to_be_hidden()
    last, menu = phone.get_by_label("Fournisseur", exact=True), phone.locator(".menu")
    assert last.bounding_box()["y"] < menu.bounding_box()["y"]

    phone.get_by_label("Fournisseur", exact=True).focus()
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    phone.get_by_label("Numéro de la pièce").fill("FE-7")
    phone.get_by_label("Quoi").fill("Argile")
    phone.get_by_label("Montant payé").fill("120,00")
    phone.get_by_role("button", name="Remettre au comptable").click()
    expect(phone.get_by_text("Choisissez un fournisseur.")).to_be_visible()
    expect(phone.get_by_label("Nouveau fournisseur")).to_be_visible()
    expect(phone.get_by_label("Numéro de la pièce")).to_have_value("FE-7")

    phone.get_by_label("Nouveau fournisseur").fill(supplier)
    phone.get_by_role("button", name="Remettre au comptable").click()
    expect(phone.locator("h1")).to_have_text("Argile")
    expect(phone.locator("main")).to_contain_text(supplier)
    phone.get_by_role("link", name="Corriger").click()
    expect(phone.get_by_label("Numéro de la pièce")).to_be_visible()


def test_a_customer_is_kept_with_a_name_and_what_is_folded_shows_when_it_says_something(visit):
    phone = visit("zahra", width=360)
    phone.goto("/clients")
    expect(phone.get_by_label("Adresse électronique")).to_be_hidden()
    phone.get_by_label("Nom", exact=True).fill("Café du Rif")
    phone.get_by_role("button", name="Enregistrer").click()
    expect(phone.locator("h1")).to_have_text("Café du Rif")
    expect(phone.get_by_label("Ville")).to_be_hidden()

    phone.get_by_text("Adresse, langue").click()
    phone.get_by_label("Ville").fill("Tétouan")
    phone.get_by_role("button", name="Enregistrer").click()
    expect(phone.get_by_label("Ville")).to_have_value("Tétouan")
    expect(phone.get_by_label("Ville")).to_be_visible()


def test_what_the_browser_refuses_in_a_folded_field_is_shown(visit):
    phone = visit("zahra", width=360)
    phone.goto("/clients")
    phone.get_by_label("Nom", exact=True).fill("Café du Nord")
    phone.get_by_text("Adresse, langue").click()
    phone.get_by_label("Adresse électronique").fill("pas une adresse")
    phone.get_by_text("Adresse, langue").click()
    phone.get_by_role("button", name="Enregistrer").click()
    expect(phone.get_by_label("Adresse électronique")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_cannot_be_undone_takes_more_than_a_tap(visit, scripts):
    phone = visit("zahra", width=360, scripts=scripts)
    phone.goto("/factures/nouvelle")
    phone.select_option("#party_id", label="Hôtel Imaginaire")
    phone.fill("#lines-0-description", "Bol d’essai")
    phone.fill("#lines-0-unit_price", "90,50")
    if scripts:
        phone.get_by_role("button", name="Émettre").click()
        expect(phone.get_by_role("dialog")).to_contain_text("elle s’annule par un avoir")
        phone.get_by_role("button", name="Annuler").click()
    phone.get_by_role("button", name="Garder en brouillon").click()
    draft = phone.url
    if scripts:
        phone.get_by_role("button", name="Émettre").click()
        phone.get_by_role("dialog").get_by_role("button", name="Émettre").click()
        expect(phone.locator("h1")).to_contain_text("Facture F-")
        return
    phone.get_by_role("button", name="Supprimer le brouillon").click()
    expect(phone.locator("main")).to_contain_text("Supprimer ce brouillon ?")
    phone.get_by_role("link", name="Annuler").click()
    assert phone.url == draft
    phone.get_by_role("button", name="Émettre").click()
    expect(phone.locator("main")).to_contain_text("Émettre cette facture ?")
    phone.get_by_role("button", name="Oui, continuer").click()
    expect(phone.locator("h1")).to_contain_text("Facture F-")
