"""An accountant reads and changes what binds an activity, through the pages."""

import re
from decimal import Decimal

import pytest

from ecp import walls
from ecp.db import transaction
from ecp.hosting import contracts
from ecp.hosting.levies import Base, Bracket, Levy
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
    assert "Émis seule" in read(client, address)


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
