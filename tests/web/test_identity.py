"""Signing in, waiting after wrong tries, choosing a password by a link that serves once."""

import re
from dataclasses import replace

import pytest
from flask import request

from ecp import create_app, outgoing, walls
from ecp.db import transaction
from ecp.errors import NotFound
from ecp.identity import people, signing_in
from ecp.identity.errors import WeakPassword
from tests import build

PASSWORD = "bol plat argile"


@pytest.fixture
def zahra(db, app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return make_zahra()


def make_zahra() -> int:
    with walls.system(), transaction():
        activity = build.activity(build.enterprise())
        person = people.create(email="zahra@essai.example", name="Zahra Exemple", password=PASSWORD)
        people.grant(person, people.Role.ENTREPRENEUR, enterprise_id=activity.enterprise_id, activity_id=activity.id)
    return person


def sign_in(client, password=PASSWORD, email="zahra@essai.example"):
    return client.post("/connexion", data={"email": email, "password": password})


def test_the_right_password_opens_the_front_door(zahra, client):
    assert sign_in(client).status_code == 302
    assert client.get("/", follow_redirects=True).request.path == "/mon-argent"
    client.post("/deconnexion")
    assert client.get("/mon-argent").status_code == 302


def test_an_address_is_known_however_it_is_typed(zahra, client):
    with walls.system(), transaction():
        people.create(email="andré@essai.example", name="André Exemple", password=PASSWORD)
    assert sign_in(client, email=" Andre\u0301@Essai.example ").status_code == 302
    client.post("/deconnexion")
    assert sign_in(client, email="pas une adresse").status_code == 422


def test_wrong_and_unknown_hear_the_same(zahra, client):
    wrong, unknown = sign_in(client, "un autre mot"), sign_in(client, email="nobody@essai.example")
    assert wrong.status_code == unknown.status_code == 422
    assert "L’adresse ou le mot de passe" in wrong.text
    assert re.sub(r'value="[^"]*"', "", wrong.text)[-900:] == re.sub(r'value="[^"]*"', "", unknown.text)[-900:]


def test_tries_are_throttled(zahra, client):
    answers = [sign_in(client, "faux") for _ in range(7)]
    assert "Trop d’essais" in answers[-1].text
    assert "Trop d’essais" in sign_in(client).text


def test_a_link_chooses_a_password_once_and_ends_visits(own_database):
    app = own_database.app
    app.config["WTF_CSRF_ENABLED"] = False
    client, other = app.test_client(), app.test_client()
    with app.app_context():
        make_zahra()
    sign_in(other)
    client.post("/mot-de-passe-oublie", data={"email": "zahra@essai.example"})
    with app.app_context(), walls.system():
        mail = outgoing.one(next(each.id for each in outgoing.listed() if each.recipient == "zahra@essai.example"))
    link = re.search(r"http://[^/]+(/lien/\S+)", mail.text)[1]
    assert client.get(link).status_code == 200
    assert client.post(link, data={"password": "court"}).status_code == 422
    assert client.post(link, data={"password": "sept collines vertes"}).status_code == 302
    spent = client.post(link, data={"password": "huit collines vertes"})
    assert (spent.status_code, 'href="/mot-de-passe-oublie"' in spent.text) == (409, True)
    assert other.get("/mon-argent").status_code == 302
    assert sign_in(client).status_code == 422
    assert sign_in(client, "sept collines vertes").status_code == 302


def test_links_begin_with_the_installation_whatever_a_request_says_of_its_host(zahra, app, client):
    asked = {"email": " Zahra@essai.example"}
    answer = client.post("/mot-de-passe-oublie", data=asked, headers={"Host": "ailleurs.example"})
    assert answer.status_code == 302
    with walls.system():
        (mail,) = outgoing.listed()
        text = outgoing.one(mail.id).text
    assert f"{app.config['SETTINGS'].root}/lien/" in text
    assert "ailleurs" not in text


def test_links_are_not_asked_for_without_end(zahra, client):
    for email in ("zahra@essai.example", "nobody@essai.example"):
        answers = [client.post("/mot-de-passe-oublie", data={"email": email}) for _ in range(7)]
        assert [each.status_code for each in answers][:5] == [302] * 5
        assert answers[-1].status_code == 422
        assert "Trop d’essais" in answers[-1].text


@pytest.mark.parametrize(("proxies", "seen"), [(0, "10.0.0.9"), (1, "203.0.113.7")])
def test_who_calls_is_told_by_as_many_proxies_as_there_are(app, proxies, seen):
    settings = replace(app.config["SETTINGS"], proxies=proxies)
    behind = create_app(settings)
    heard = []
    behind.before_request_funcs[None] = [lambda: heard.append((request.remote_addr, request.scheme)) or "ici"]
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7", "X-Forwarded-Proto": "https"}
    behind.test_client().get("/sante", headers=forwarded, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert heard == [(seen, "https" if proxies else "http")]


@pytest.mark.parametrize("password", ["court", "zahra exemple", "motdepasse123", "aaaaaaaaaaaaaa", "password1234"])
def test_passwords_that_would_be_guessed_are_refused(zahra, password):
    with walls.system(), pytest.raises(WeakPassword):
        people.create(email="x@essai.example", name="Zahra Exemple", password=password)


def test_a_wrong_present_password_is_told_at_its_field(zahra, client):
    sign_in(client)
    answer = client.post("/compte/mot-de-passe", data={"current": "faux", "password": "sept collines vertes"})
    assert answer.status_code == 422
    field = re.search(r'<input[^>]*name="current"[^>]*>.*?</div>', answer.text, re.DOTALL)[0]
    assert "Ce n’est pas votre mot de passe actuel." in field
    assert "L’adresse ou le mot de passe" not in answer.text


@pytest.mark.parametrize(("phone", "status"), [("", 302), ("+212 6 12-34-56-78", 302), ("demain", 422), ("0612", 422)])
def test_a_telephone_looks_like_one_or_is_empty(zahra, client, phone, status):
    sign_in(client)
    answer = client.post("/compte", data={"name": "Zahra Exemple", "phone": phone, "language": "fr"})
    assert answer.status_code == status


def test_visits_are_told_by_browser_and_system(zahra, client):
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
    client.post(
        "/connexion", data={"email": "zahra@essai.example", "password": PASSWORD}, headers={"User-Agent": chrome}
    )
    page = client.get("/compte").text
    assert "Chrome · Linux" in page
    assert "AppleWebKit" not in page


def test_the_language_of_a_person_stays_after_they_left(zahra, client):
    sign_in(client)
    client.post("/compte", data={"name": "Zahra Exemple", "phone": "", "language": "ar"})
    page = client.get("/compte").text
    assert ("تم الحفظ." in page, "C’est enregistré." in page) == (True, False)
    client.post("/deconnexion")
    assert '<html lang="ar"' in client.get("/connexion").text
    sign_in(client)
    same = client.post("/compte/mot-de-passe", data={"current": PASSWORD, "password": PASSWORD})
    assert same.status_code == 422
    changed = {"current": PASSWORD, "password": "sept collines vertes"}
    assert client.post("/compte/mot-de-passe", data=changed).status_code == 302
    assert '<html lang="ar"' in client.get("/connexion").text


def test_a_password_set_by_who_keeps_the_machine_ends_visits(own_database):
    app = own_database.app
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with app.app_context():
        make_zahra()
    sign_in(client)
    with app.app_context(), walls.system():
        with pytest.raises(WeakPassword):
            signing_in.set_password("zahra@essai.example", "court")
        with pytest.raises(NotFound):
            signing_in.set_password("personne@essai.example", "quatre collines bleues")
        signing_in.set_password(" Zahra@essai.example", "quatre collines bleues")
    assert client.get("/compte").status_code == 302
    assert sign_in(client).status_code == 422
    assert sign_in(client, password="quatre collines bleues").status_code == 302
