"""A coordinator reads of one activity whom to call; nobody else's telephone is there."""

import pytest
import sqlalchemy as sa

from ecp import walls
from ecp.db import session, transaction
from tests import build
from tests.web.test_selling import visitor


@pytest.fixture
def place(db, app):
    """A coordinator, two activities of their enterprise and one of another; the address of each."""
    with walls.system(), transaction():
        ours, theirs = build.enterprise(), build.enterprise()
        coordinator = build.person(role="coordinator", enterprise=ours)
        addresses = []
        for number, enterprise in enumerate((ours, ours, theirs)):
            activity = build.activity(enterprise)
            _called(enterprise, activity, f"Zineb {number}", f"06 12-34 56 {number:02}")
            addresses.append(f"/portefeuille/{enterprise.id}/{activity.id}")
        silent = build.activity(ours)
        _called(ours, silent, "Zineb sans numéro", "")
        empty = build.activity(ours)
        addresses += [f"/portefeuille/{ours.id}/{each.id}" for each in (silent, empty)]
    return visitor(app, coordinator), addresses


def _called(enterprise, activity, name: str, phone: str) -> None:
    person = build.person(role="entrepreneur", enterprise=enterprise, activity=activity)
    session.execute(
        sa.text("update person set name = :name, phone = :phone where id = :id"),
        {"id": person, "name": name, "phone": phone},
    )


def test_a_coordinator_reads_whom_to_call(place):
    client, (own, neighbour, *_) = place
    page = client.get(own).text
    assert 'href="tel:0612345600"' in page
    assert "Zineb 0" in page
    assert "Zineb 1" not in page
    assert 'href="tel:0612345601"' in client.get(neighbour).text


def test_who_cannot_be_called_is_told(place):
    client, (*_, silent, empty) = place
    page = client.get(silent).text
    assert ("Zineb sans numéro" in page, "sans téléphone" in page, "tel:" in page) == (True, True, False)
    assert "Personne n’est encore inscrit pour cette activité." in client.get(empty).text


def test_the_telephones_of_another_enterprise_are_nowhere(place):
    client, (_, _, foreign, *_) = place
    assert client.get(foreign).status_code == 404
