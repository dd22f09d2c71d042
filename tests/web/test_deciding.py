"""An accountant decides what waits, one thing after the other, until nothing is left."""

import pytest

from ecp import parties, walls
from ecp.db import transaction
from ecp.sales import documents
from tests import build
from tests.web.test_selling import hidden, visitor


@pytest.fixture
def waiting(db, app):
    """An accountant; three documents of sale and three purchases submitted, the newest first."""
    with walls.system(), transaction():
        enterprise = build.enterprise()
        activity = build.activity(enterprise)
        keeper = build.person(role="accountant", enterprise=enterprise)
        party = parties.add(enterprise.id, activity.id, name="Riad imaginaire")
        sales = [_submitted(activity, party) for _ in range(3)][::-1]
        purchases = [build.expense(activity) for _ in range(3)][::-1]
    return visitor(app, keeper), sales, purchases, enterprise.id


def _submitted(activity, party: int) -> int:
    made = build.draft(activity, party)
    documents.move(made, "submitted")
    return made


def decide(client, place: str, decision: str, **typed: str) -> str:
    """Give where a decision leads."""
    form = {**hidden(client.get(place).text), "version": _version(client, place), **typed}
    answer = client.post(f"{place}/{decision}", data=form)
    assert answer.status_code == 302, answer.text
    return answer.location


def _version(client, place: str) -> str:
    return client.get(place).text.partition('name="version"')[2].partition('value="')[2].partition('"')[0]


def test_a_decided_document_leads_to_the_next_until_none_is_left(waiting):
    client, (newest, middle, oldest), _, enterprise = waiting
    place = "/factures/{}".format
    assert decide(client, place(middle), "etape", step="approve") == place(oldest)
    assert decide(client, place(oldest), "renvoyer", comment="Il manque le bon.") == place(newest)
    left = decide(client, place(newest), "etape", step="approve")
    assert left == f"/factures?voir=waiting&entreprise={enterprise}"
    assert "Plus aucun document n’attend votre accord." in client.get(left).text


def test_a_decided_purchase_leads_to_the_next_until_none_is_left(waiting):
    client, _, (newest, middle, oldest), enterprise = waiting
    place = "/achats/{}".format
    assert decide(client, place(middle), "accepter") == place(oldest)
    assert decide(client, place(oldest), "renvoyer", comment="Il manque le bon.") == place(newest)
    left = decide(client, place(newest), "accepter")
    assert left == f"/achats?voir=waiting&entreprise={enterprise}"
    assert "Plus aucune dépense n’attend votre accord." in client.get(left).text


def test_what_is_refused_stays_in_sight(waiting):
    client, (newest, *_), (purchase, *_), _ = waiting
    for place, decision in ((f"/factures/{newest}", "etape"), (f"/achats/{purchase}", "accepter")):
        assert decide(client, place, decision, step="approve", version="99") == place
