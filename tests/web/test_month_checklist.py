"""Before a month closes, its page says what of it still waits, and leads to lists that say the same."""

import re
from decimal import Decimal

import pytest

from ecp import clock, parties, walls
from ecp.accounting import month_readings, posting
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.hosting import checklist
from ecp.identity import people
from ecp.sales import documents
from tests import build
from tests.web.test_selling import visitor

KINDS = ("documents", "unissued", "purchases", "suspense")


@pytest.fixture
def waiting(db, app):
    """An accountant, and an enterprise where something of each kind waits this month; suspense since the last one."""
    this = clock.today().replace(day=1)
    before = month_readings.months_back(this, 1)
    with walls.system(), transaction():
        enterprise = build.enterprise(opened_on=before)
        activity = build.activity(enterprise)
        keeper = build.person(role="accountant", enterprise=enterprise)
        people.grant(keeper, Role.ACCOUNTANT, enterprise_id=build.enterprise(opened_on=before).id)
        party = parties.add(enterprise.id, activity.id, name="Riad imaginaire")
        documents.move(build.draft(activity, party), "submitted")
        build.draft(activity, party)
        build.draft(activity, party, kind="quote")
        build.expense(activity)
        whose = {"activity_id": activity.id}
        lines = (
            posting.DraftLine(account="5141", debit=Decimal("70.00"), **whose),
            posting.DraftLine(account="4497", credit=Decimal("70.00"), **whose),
        )
        told = {"journal": "OD", "on": before, "label": "Virement inconnu", "source": "test:unknown"}
        posting.post(posting.Draft(enterprise_id=enterprise.id, lines=lines, **told))
    return visitor(app, keeper), enterprise.id, this, before


def counts(enterprise_id: int, month) -> tuple[int, ...]:
    with walls.system(), transaction():
        found = {each.key: each.count for each in checklist.of(enterprise_id, month)}
    return tuple(found[each] for each in KINDS)


def test_what_waits_is_counted_up_to_the_end_of_the_month(waiting):
    _client, enterprise, this, before = waiting
    assert counts(enterprise, this) == (1, 1, 1, 1)
    assert counts(enterprise, before) == (0, 0, 0, 1)
    assert counts(enterprise, month_readings.months_back(before, 1)) == (0, 0, 0, 0)


def test_each_thing_that_waits_leads_to_a_list_of_as_many(waiting):
    client, enterprise, this, _before = waiting
    page = client.get(f"/mois/{enterprise}/{this:%Y-%m}").text
    listed = re.findall(r'<li class="waits">.*?href="([^"]+)">([^<]+)</a> · (\d+)', page, re.DOTALL)
    asked = {text: (address.replace("&amp;", "&"), int(count)) for address, text, count in listed}
    for text in ("Documents de vente à approuver", "Factures et avoirs à émettre", "Dépenses remises à enregistrer"):
        address, count = asked[text]
        rows = re.findall(r'<th scope="row"', client.get(address).text)
        assert len(rows) == count == 1, address
        earlier = re.sub(r"au=[\d-]+", f"au={this.replace(day=1)}", address)
        if clock.today() != this:
            assert '<th scope="row"' not in client.get(earlier).text
    assert "Comptes d’attente à solder" in asked
    account = re.search(r'href="(/grand-livre[^"]*4497[^"]*)"', page)[1].replace("&amp;", "&")
    assert "Virement inconnu" in client.get(account).text


def test_a_last_day_that_is_no_day_is_nowhere(waiting):
    client = waiting[0]
    for place in ("/factures", "/achats"):
        assert client.get(f"{place}?au=demain").status_code == 404
