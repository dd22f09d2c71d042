"""An accountant reads and changes what binds an activity, through the pages."""

import re
from datetime import date
from decimal import Decimal

import pytest

from ecp import formats, walls
from ecp.accounting import periods
from ecp.db import transaction
from ecp.hosting import contracts
from ecp.hosting.levies import Base, Bracket, Levy
from ecp.web.hosting import levy_form
from tests import build
from tests.web.test_selling import hidden, read


@pytest.fixture(params=["fr"])
def place(request, db, app):
    """A contract with a levy, and the browser of the accountant."""
    with walls.system():
        with transaction():
            enterprise = build.enterprise()
            activity = build.activity(enterprise)
            address, mandate = f"/contrats/{enterprise.id}/{activity.id}", f"/mandats/{activity.id}"
            signed = contracts.sign(
                enterprise_id=enterprise.id, activity_id=activity.id, starts_on=enterprise.opened_on
            )
            terms = Levy(
                code="contribution",
                label="Contribution",
                base=Base.COLLECTED_NET,
                brackets=(Bracket(None, Decimal("0.10")),),
                starts_on=enterprise.opened_on,
                expense_account="9211",
                income_account="9711",
            )
            levy = contracts.add_levy(terms, enterprise_id=enterprise.id, contract_id=signed)
            person = build.person(role="accountant", enterprise=enterprise, language=request.param)
        token = walls.open_session(person)
    client = app.test_client()
    with client.session_transaction() as visit:
        visit["_user_id"] = token
        visit["_fresh"] = True
    return client, address, levy, mandate


def test_the_contract_says_what_the_activity_does_alone_and_leads_to_its_mandate(place):
    client, address, _levy, mandate = place
    assert "avec l’accord du comptable" in read(client, address)
    assert f'href="{mandate}"' in client.get(address).text
    for alone in (False, True):
        typed = {**hidden(client.get(mandate).text), "starts_on": "2026-01-01", **({"may_issue": "y"} if alone else {})}
        assert client.post(mandate, data=typed).status_code == 302
    assert "Émis par l’activité" in read(client, address)


def test_a_refused_mandate_stays_at_its_place_of_the_menu(place):
    client, _address, _levy, mandate = place
    refused = client.post(mandate, data={**hidden(client.get(mandate).text), "starts_on": ""})
    assert refused.status_code == 422
    assert re.search(r'href="/contrats[^"]*" aria-current="page"', refused.text)


def test_a_levy_is_ended_from_the_contract(place):
    client, address, levy, _mandate = place
    typed = {**hidden(client.get(address).text), "ends_on": "2026-06-30"}
    assert client.post(f"{address}/prelevements/{levy}/fin", data=typed).status_code == 302
    assert "30/06/2026" in read(client, address)
    assert not re.search(r"Y mettre fin", read(client, address))


@pytest.mark.parametrize("place", ["ar"], indirect=True)
def test_what_is_refused_is_told_in_the_language_of_the_reader(place):
    client, address, levy, _mandate = place
    typed = {**hidden(client.get(address).text), "ends_on": "2020-01-01"}
    assert client.post(f"{address}/prelevements/{levy}/fin", data=typed).status_code == 302
    answered = client.get(address).text
    told = re.findall(r'class="alert toast error".*?<span>([^<]+)<', answered, re.DOTALL)
    assert told
    assert all(re.search(r"[\u0600-\u06ff]", each) for each in told)


def test_a_new_mandate_begins_with_what_holds(place):
    client, _address, _levy, mandate = place
    page = client.get(mandate).text
    assert not checked(page, "may_issue")
    assert checked(page, "may_collect")
    for alone in ({"may_issue": "y"}, {"may_issue": "y", "may_collect": "y"}, {"may_issue": "y"}):
        typed = {**hidden(page), "starts_on": "2026-01-01", **alone}
        assert client.post(mandate, data=typed).status_code == 302
    page = client.get(mandate).text
    assert checked(page, "may_issue")
    assert not checked(page, "may_collect")
    assert re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)[1].count("<tr>") == 1


def checked(page: str, name: str) -> bool:
    return " checked" in re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]


def test_a_levy_does_not_begin_in_a_closed_month_and_saving_it_is_told(place):
    client, address, _levy, _mandate = place
    enterprise_id = int(address.split("/")[2])
    with walls.system(), transaction():
        periods.close(enterprise_id, date(2026, 1, 1))
    page = client.get(f"{address}/prelevements/nouveau").text
    assert 'hx-target="#example"' in page
    typed = {**hidden(page), **levy_form.blank(date(2026, 1, 1)).typed, "code": "fonds", "label": "Fonds"}
    refused = client.post(f"{address}/prelevements", data=typed)
    assert refused.status_code == 422
    assert "01/2026 est clôturé : commencez au premier mois ouvert." in refused.text.replace(formats.HARD, " ")
    assert client.post(f"{address}/prelevements", data={**typed, "starts_on": "2026-02-01"}).status_code == 302
    assert "C’est enregistré." in read(client, address)


def test_saving_a_contract_is_told(place):
    client, address, _levy, _mandate = place
    page = client.get(address).text
    contract = re.search(r'name="contract" value="(\d+)"', page)[1]
    typed = {**hidden(page), "contract": contract, "note": "Signé à la coopérative"}
    assert client.post(address, data=typed).status_code == 302
    assert "C’est enregistré." in read(client, address)
