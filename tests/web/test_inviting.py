"""Inviting people: a link opens an account that has no password yet, and nobody else's; the outbox tells no secret."""

import re

import pytest
import sqlalchemy as sa

from ecp import outgoing, walls
from ecp.accounting.errors import NotYours
from ecp.db import session, transaction
from ecp.identity import passwords
from tests import build
from tests.web.test_selling import visitor

KNOWN, NEW = "connue@essai.example", "nouvelle@essai.example"
PASSWORD = "trois collines vertes"


@pytest.fixture
def place(db, app, monkeypatch):
    """Two enterprises; in the first an accountant, in the other somebody with a password; an administrator of all."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return settle(app)


def settle(app):
    with walls.system(), transaction():
        ours, theirs = build.enterprise(), build.enterprise()
        here, there = build.activity(ours), build.activity(theirs)
        known = build.person(role="entrepreneur", enterprise=theirs, activity=there, email=KNOWN)
        session.execute(sa.text("update person set name = 'Nom secret' where id = :id"), {"id": known})
        walls.set_password_here(known, passwords.hashed(PASSWORD))
        keeper = build.person(role="accountant", enterprise=ours)
        administrator = build.person(role="administrator")
    role = f"entrepreneur:{ours.id}:{here.id}"
    return visitor(app, administrator), visitor(app, keeper), visitor(app, known), role


def invite(client, email, role):
    typed = {"name": "Nom donné", "email": email, "phone": "", "language": "fr", "role": role}
    return client.post("/administration/personnes", data=typed)


def last_mail(email: str) -> outgoing.Written:
    with walls.system():
        return outgoing.one(next(each.id for each in outgoing.listed() if each.recipient == email))


def link(email: str) -> str:
    return re.search(r"http://[^/]+(/lien/\S+)", last_mail(email).text)[1]


def test_who_has_a_password_is_told_of_a_role_and_gets_no_link(place):
    administrator, _keeper, known, role = place
    assert invite(administrator, KNOWN, role).status_code == 302
    mail = last_mail(KNOWN)
    assert "/lien/" not in mail.text
    assert "entrepreneur" in mail.text
    assert mail.subject in known.get("/courrier").text


def test_nobody_with_an_account_becomes_administrator_by_an_invitation(place):
    administrator, _keeper, _known, _role = place
    refused = invite(administrator, KNOWN, "administrator::")
    assert (refused.status_code, "ne peut devenir administratrice" in refused.text) == (422, True)


def test_nobody_is_invited_to_a_role_that_was_not_chosen(place):
    administrator, _keeper, _known, _role = place
    roles = re.search(
        r'<select[^>]*id="role".*?</select>', administrator.get("/administration/personnes").text, re.DOTALL
    )
    assert re.search(r'<option[^>]*value=""[^>]*>Choisissez…', roles[0])
    refused = invite(administrator, NEW, "")
    assert (refused.status_code, "Choisissez un rôle." in refused.text) == (422, True)


def test_an_accountant_learns_no_name_of_an_address_from_elsewhere(place):
    _administrator, keeper, _known, role = place
    refused = invite(keeper, KNOWN, role)
    assert (refused.status_code, "demandez à un administrateur" in refused.text) == (422, True)
    assert "Nom secret" not in refused.text + keeper.get("/administration/personnes").text


def test_an_invitation_may_be_read_until_a_password_is_chosen(own_database):
    app = own_database.app
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        administrator, keeper, _known, role = settle(app)
    nobody = app.test_client()
    assert invite(keeper, NEW, role).status_code == 302
    with app.app_context():
        first, page = link(NEW), f"/courrier/{last_mail(NEW).id}"
    assert first in administrator.get(page).text
    assert keeper.get(page).status_code == 404
    nobody.post("/mot-de-passe-oublie", data={"email": NEW})
    with app.app_context():
        reset, second = f"/courrier/{last_mail(NEW).id}", link(NEW)
    assert "/lien/" not in administrator.get(reset).text
    assert nobody.post(second, data={"password": PASSWORD}).status_code == 302
    assert "/lien/" not in administrator.get(page).text
    assert nobody.get(first).status_code == 409
    assert nobody.post(first, data={"password": "quatre collines bleues"}).status_code == 409


def test_a_reset_is_read_by_its_recipient_alone(place, app):
    administrator, _keeper, known, _role = place
    app.test_client().post("/mot-de-passe-oublie", data={"email": KNOWN})
    page = f"/courrier/{last_mail(KNOWN).id}"
    shown = administrator.get(page)
    assert (shown.status_code, "/lien/" in shown.text, "lien personnel" in shown.text) == (200, False, True)
    with walls.system(), transaction():
        [who] = session.execute(sa.text("select id from person where is_administrator")).scalars()
    with walls.person(who), transaction():
        assert outgoing.one(last_mail(KNOWN).id).text == ""
    for column in ("text", "html"):
        with walls.person(who), pytest.raises(NotYours), transaction():
            session.execute(sa.text(f"select {column} from mail"))
    assert known.get(page).status_code == 404


def test_the_outbox_is_in_the_menu_or_in_the_account(place):
    administrator, keeper, known, _role = place
    for client in (administrator, keeper, known):
        assert 'href="/courrier"' in client.get("/compte").text
    menu = re.search(r'<nav class="menu short".*?</nav>', known.get("/compte").text, re.DOTALL)[0]
    assert menu.count("<li>") == 5
    assert "/courrier" not in menu


def test_a_number_that_is_none_is_told_at_its_field(place):
    administrator, _keeper, _known, role = place
    address = f"/administration/entreprises/{role.split(':')[1]}"
    refused = administrator.post(address, data={"name": "Coopérative", "ice": "12", "vat_regime": "debits"})
    assert (refused.status_code, 'aria-invalid="true"' in refused.text) == (422, True)
    typed = {"name": "Nom donné", "email": NEW, "phone": "demain", "language": "fr", "role": role}
    assert "huit chiffres" in administrator.post("/administration/personnes", data=typed).text
