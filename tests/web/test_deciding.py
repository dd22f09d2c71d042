"""An accountant decides what waits, one thing after the other, until nothing is left."""

from decimal import Decimal

import pytest

from ecp import clock, parties, walls
from ecp.db import transaction
from ecp.purchasing import bills
from ecp.purchasing.bills import Bought
from ecp.sales import documents
from ecp.sales.documents import Item
from tests import build
from tests.web.test_selling import hidden, visitor


@pytest.fixture
def waiting(db, app):
    """An accountant; three documents of sale and three purchases submitted, the newest first."""
    with walls.system(), transaction():
        enterprise = build.enterprise()
        activity = build.activity(enterprise)
        keeper = build.person(role="accountant", enterprise=enterprise)
        of = (enterprise.id, activity.id)
        party = parties.add(*of, name="Riad imaginaire")
        sales = [_submitted(of, party, key) for key in "cba"][::-1]
        purchases = [_handed_in(of, key) for key in "cba"][::-1]
    return visitor(app, keeper), sales, purchases, enterprise.id


def _submitted(of: tuple[int, int], party: int, key: str) -> int:
    item = Item(description="Bol", quantity=Decimal(1), unit_price=Decimal(10), vat_category="standard")
    whose = {"enterprise_id": of[0], "activity_id": of[1], "party_id": party}
    made = documents.draft(**whose, items=[item], on=clock.today(), key=key)
    documents.move(made, "submitted")
    return made


def _handed_in(of: tuple[int, int], key: str) -> int:
    bought = Bought(
        party_id=None,
        kind="expense",
        billed_on=clock.today(),
        nature="materials",
        label="Argile",
        gross=Decimal(12),
        vat_category="standard",
    )
    return bills.submit(bought, enterprise_id=of[0], activity_id=of[1], key=key)


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
