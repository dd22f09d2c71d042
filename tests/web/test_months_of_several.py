"""An accountant of several enterprises stays in the one that was chosen, and closes the month that is named."""

import re
from datetime import UTC, date, datetime

import pytest

from ecp import clock, walls
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.hosting import errors, month
from ecp.identity import people
from tests import build
from tests.web.test_selling import counted, sold, visitor


@pytest.fixture
def houses(db, app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    clock.stop(datetime(2026, 2, 3, 12, tzinfo=UTC))
    with walls.system(), transaction():
        first, second = build.enterprise(code="PREMIERE"), build.enterprise(code="SECONDE")
        activity = build.activity(second)
        build.activity(first)
        keeper = build.person(role="accountant", enterprise=first)
        people.grant(keeper, Role.ACCOUNTANT, enterprise_id=second.id)
        ids = first.id, second.id, activity.id
    yield visitor(app, keeper), *ids
    clock.stop(None)


def menu(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)"', re.findall(r'<nav class="menu[^>]*>.*?</nav>', page, re.DOTALL)[-1])


@pytest.mark.parametrize(
    "address", ["/comptabilite?entreprise={0}", "/contrats/{0}", "/contrats/{0}/{1}", "/mandats/{1}"]
)
def test_the_menu_keeps_the_enterprise_of_the_page(houses, address):
    client, _first, second, activity = houses
    client.get("/compte")
    answer = client.get(address.format(second, activity))
    assert answer.status_code == 200
    assert {each.rpartition("?")[2] for each in menu(answer.text)} == {f"entreprise={second}"}
    assert "Set-Cookie" not in answer.headers
    for each in menu(answer.text):
        read = client.get(each, follow_redirects=True)
        assert read.status_code == 200


def test_the_switch_keeps_the_page(houses):
    client, first, second, activity = houses
    for address, other in (
        (f"/mois?entreprise={second}", f"/mois?entreprise={first}"),
        (f"/balance?du=2026-01-01&entreprise={second}", f"/balance?du=2026-01-01&amp;entreprise={first}"),
        (f"/contrats/{second}", f"/contrats/{first}"),
        (f"/mois/{second}/2026-01", f"/mois/{first}/2026-01"),
        (f"/contrats/{second}/{activity}", f"/contrats?entreprise={first}"),
    ):
        switch = re.search(r'<nav class="menu houses".*?</nav>', client.get(address).text, re.DOTALL)[0]
        assert f'href="{other}"' in switch
        assert re.search(r'aria-current="true".*?SECONDE', switch, re.DOTALL)


def test_who_keeps_one_enterprise_sees_no_switch(db, app):
    with walls.system(), transaction():
        keeper = build.person(role="accountant", enterprise=build.enterprise())
    page = visitor(app, keeper).get("/comptabilite").text
    assert "houses" not in page
    assert "entreprise=" not in "".join(menu(page))


def test_pages_of_months_and_contracts_name_the_enterprise(houses):
    client, _first, second, activity = houses
    for address in (f"/mois?entreprise={second}", f"/mois/{second}/2026-01", f"/contrats/{second}"):
        assert re.search(r'class="lead"[^\n]*SECONDE', client.get(address).text), address
    assert re.search(r'class="lead"[^\n]*SECONDE', client.get(f"/contrats/{second}/{activity}").text)


def test_a_month_is_closed_once_it_is_over_and_within_an_exercise(houses):
    client, _first, second, _activity = houses
    for of, told in (("2026-02", "n’est pas terminé"), ("2025-11", "aucun exercice ouvert"), ("2031-01", "terminé")):
        page = client.get(f"/mois/{second}/{of}")
        assert (told in page.text, "/cloturer" in page.text) == (True, False), of
        refused = client.post(f"/mois/{second}/{of}/cloturer")
        assert (refused.status_code, told in refused.text) == (409, True), of
    assert counted("month_run") == 0
    page = client.get(f"/mois/{second}/2026-01").text
    assert re.search(r'name="question" value="[^"]*janvier 2026[^"]*SECONDE', page)
    assert client.post(f"/mois/{second}/2026-01/cloturer").status_code == 302


def test_a_month_outside_of_the_books_is_refused_by_the_domain(houses):
    _client, _first, second, _activity = houses
    with walls.system(), transaction(), pytest.raises(errors.MonthWithoutPeriod):
        month.start(second, date(2025, 12, 1))


@pytest.mark.parametrize("place", ["/factures", "/achats"])
def test_sales_and_purchases_are_those_of_the_enterprise_on_show(houses, place):
    client, first, second, activity = houses
    page = client.get(f"{place}?entreprise={second}").text
    assert f'<option value="{activity}">' in page
    assert f'name="entreprise" value="{second}"' in page
    tabs = re.search(r'<ul class="tabs">.*?</ul>', page, re.DOTALL)[0]
    assert tabs.count("href=") == tabs.count(f"entreprise={second}")
    assert f'<option value="{activity}">' not in client.get(f"{place}?entreprise={first}").text
    assert (
        f'<option value="{activity}" selected>' in client.get(f"{place}?entreprise={second}&activite={activity}").text
    )
    assert client.get(f"{place}?entreprise={second + 1}").status_code == 404


def test_a_sale_shows_in_its_enterprise_alone(houses):
    client, first, second, activity = houses
    drafted = {**sold(client, activity), "then": "keep"}
    assert client.post(f"/factures/nouvelle?activite={activity}", data=drafted).status_code == 302
    assert "Riad imaginaire" in client.get(f"/factures?entreprise={second}").text
    assert "Riad imaginaire" in client.get(f"/factures?activite={activity}").text
    assert "Riad imaginaire" not in client.get(f"/factures?entreprise={first}").text


def test_who_keeps_books_says_first_for_which_activity(houses):
    client, first, second, activity = houses
    for place in ("/factures/nouvelle?type=quote", "/achats/nouveau", "/clients", "/articles"):
        mark = "&" if "?" in place else "?"
        asked = client.get(f"{place}{mark}entreprise={second}").text
        assert "Pour quelle activité" in asked, place
        assert f'<option value="{activity}">' in asked
        assert "Structure" in asked
        answer = client.get(f"{place}{mark}entreprise={second}&activite={activity}")
        assert (answer.status_code, "Pour quelle activité" in answer.text) == (200, False), place
    assert 'name="type" value="quote"' in client.get(f"/factures/nouvelle?type=quote&entreprise={first}").text
    assert "/achats/nouveau?entreprise=" in client.get(f"/achats?entreprise={second}").text
