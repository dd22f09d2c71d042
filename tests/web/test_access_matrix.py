"""Every route and every actor: who is let in, and that a neighbour's, another house's and an absent id look the same.

Routes come from the application's own map and ids from a town with rows of every kind, so what is added is asked too.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from urllib.parse import urlencode

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from ecp import clock, create_app, walls
from ecp.db import database as flask_database
from ecp.enterprises import Role
from tests.documents import reading
from tests.web import town as towns
from tests.web.town import BOOKED, FOREIGN, NEIGHBOUR, OWN, Place, Town

SIGNED_OUT, REFUSED, MISSING = frozenset({302}), frozenset({403}), frozenset({404})
LET_IN = frozenset({200, 302, 400, 409, 422})
OPEN = frozenset({200, 302, 409, 422})

NOBODY = "nobody"
SEES = {
    NOBODY: (),
    "entrepreneur": ("own",),
    "accountant": ("own", "neighbour"),
    "coordinator": ("own", "neighbour"),
    "administrator": ("own", "neighbour", "foreign"),
}
"""Whose rows each actor finds behind the views that let the actor in."""

UNSEEN = {"coordinator": {"mail_id"}, "administrator": {"mail_id"}}
"""Kinds of which an actor finds none: mails are for those they are sent to, and for those who keep the books."""

_BOOKS = tuple(f"{begins} {word}" for begins in BOOKED for word in (OWN, NEIGHBOUR, FOREIGN))
HIDDEN = {
    "entrepreneur": (NEIGHBOUR, FOREIGN),
    "accountant": (FOREIGN,),
    "coordinator": (FOREIGN, *_BOOKS),
    "administrator": _BOOKS,
}
"""What no page tells an actor; those who follow or administer read nobody's books."""

WHOSE = ("absent", "own", "neighbour", "foreign")
ACTORS, ROLES, METHODS = tuple(SEES), tuple(HIDDEN), ("GET", "POST")
LEAVE = "identity.leave"
GONE_AFTERWARDS = {"administration.revoke", "sales.discard", "sales.discard_purchase"}
"""Sent last: what they are about is no longer there."""

FIXED = {
    "key": ("customers",),
    "name": ("app.css",),
    "of": (towns.MONTH,),
    "place": (0,),
    "section": ("moves",),
    "suffix": ("csv", "xlsx", "journal", "beancount"),
    "word": ("mot",),
}
"""What addresses name that is no id."""

SALE = {
    "channel": "workshop",
    "prices": "net",
    "means": "cheque",
    "language": "fr",
    "lines-0-description": "Bol",
    "lines-0-unit_price": "100,00",
    "lines-0-vat_category": "standard",
}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Route:
    """A rule of the application's map, and a method."""

    app: Flask
    rule: Rule
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule.endpoint}"

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of ids that its addresses name."""
        return frozenset(self.rule.arguments - set(FIXED))

    @property
    def roles(self) -> frozenset[Role] | str:
        return self.app.view_functions[self.rule.endpoint].roles

    def lets_in(self, actor: str) -> bool:
        return actor != NOBODY and self.roles != "anyone" and Role(actor) in self.roles

    def bare(self, place: Place) -> Iterator[str]:
        """Its addresses for the rows of a place."""
        names, known = sorted(self.rule.arguments), {**FIXED, **place.ids}
        for values in product(*(known[name] for name in names)):
            yield self.app.url_map.bind("").build(self.rule.endpoint, dict(zip(names, values, strict=True)))

    def addresses(self, place: Place) -> Iterator[str]:
        """The same; where they name no id, the question says which activity is meant."""
        for address in self.bare(place):
            yield address if self.kinds else asked(address, {"activite": place["activity_id"]})


class Visitor:
    """A browser, and who sits before it."""

    def __init__(self, app: Flask, town: Town, actor: str, token: str = "") -> None:
        self.client, self.page = app.test_client(), "/connexion" if actor == NOBODY else "/compte"
        if actor != NOBODY:
            with app.app_context(), self.client.session_transaction() as visit:
                visit["_user_id"] = token or walls.open_session(town.people[actor])
                visit["_fresh"] = True

    @cached_property
    def form(self) -> dict[str, str]:
        """A form that nobody filled: it holds what a page of this browser put there."""
        return {"csrf_token": TOKEN.search(self.client.get(self.page).text)[1]}

    def ask(self, method: str, address: str, typed: dict[str, object] | None = None) -> TestResponse:
        form = {**self.form, **(typed or {})} if method == "POST" else None
        answer = self.client.open(address, method=method, data=form, buffered=True)
        if form and answer.status_code == 302:
            self.client.get(self.page)  # what was flashed is read here, and on no page that is compared
        return answer


@pytest.fixture(scope="module")
def app(new_database) -> Iterator[Flask]:
    """The application on a database of these tests' own, where what is committed stays and can be compared."""
    clock.stop(towns.NOON)
    made = create_app(new_database())
    yield made
    with made.app_context():
        flask_database.engine.dispose()
    clock.stop(None)


@pytest.fixture(scope="module")
def town(app) -> Town:
    with app.app_context():
        return towns.found()


@pytest.fixture
def town_to_change(app) -> Town:
    with app.app_context():
        return towns.found()


def routes(app: Flask, method: str) -> list[Route]:
    return [Route(app, rule, method) for rule in app.url_map.iter_rules() if method in (rule.methods or ())]


def asked(address: str, question: dict[str, object]) -> str:
    return f"{address}?{urlencode(question)}"


def table(route: Route, actor: str, whose: str) -> frozenset[int]:
    """What a route may answer an actor about somebody's rows."""
    if route.roles == "anyone":
        return OPEN
    if actor == NOBODY:
        return SIGNED_OUT
    if not route.lets_in(actor):
        return REFUSED
    is_found = whose in SEES[actor] and not route.kinds & UNSEEN.get(actor, set())
    return LET_IN if is_found or not route.kinds else MISSING


def is_as_wanted(answer: TestResponse, wanted: frozenset[int]) -> bool:
    is_login = answer.status_code in SIGNED_OUT and answer.location.startswith("/connexion")
    return answer.status_code in wanted and (wanted == OPEN or is_login == (wanted == SIGNED_OUT))


def complaints(where: str, answer: TestResponse, wanted: frozenset[int]) -> list[str]:
    return [] if is_as_wanted(answer, wanted) else [f"{where}: {answer.status_code}, not {sorted(wanted)}"]


def leaks(where: str, words: str, actor: str) -> list[str]:
    return [f"{where} tells {word}" for word in HIDDEN[actor] if word.lower() in words]


def are_alike(left: TestResponse, right: TestResponse) -> bool:
    """Tell whether two answers differ by no more than what was typed."""
    sizes = sorted((len(left.data), len(right.data)))
    return left.status_code == right.status_code and sizes[1] - sizes[0] <= sizes[1] // 10


@contextmanager
def nothing_changes(app: Flask) -> Iterator[None]:
    """Compare the rows of all tables but those of visits, their trail, and wrong passwords."""
    before = rows(app)
    yield
    after = rows(app)
    assert [name for name in after if after[name] != before[name]] == []


def rows(app: Flask) -> dict[str, object]:
    """Count and digest the rows of each table, past every wall."""
    left_out = {"user_session", "trail", "login_throttle"}
    digest = sql.SQL("select count(*), sum(hashtextextended(each::text, 0)) from {} each")
    with psycopg.connect(app.config["SETTINGS"].database_url) as connection:
        names = {row[0] for row in connection.execute("select tablename from pg_tables where schemaname = 'public'")}
        return {
            name: connection.execute(digest.format(sql.Identifier(name))).fetchone()
            for name in sorted(names - left_out)
        }


def told(answer: TestResponse) -> str:
    """All the words of an answer, whatever kind of file it is."""
    if answer.mimetype == "application/pdf":
        text = " ".join(reading.pages(answer.data))
    elif answer.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as files:
            text = " ".join(files.read(name).decode() for name in files.namelist())
    else:
        text = answer.get_data(as_text=True)
    return f"{answer.headers}{text}".lower()


def test_every_view_names_its_roles(app):
    assert all(getattr(view, "roles", None) for view in app.view_functions.values())
    open_to_all = {name for name, view in app.view_functions.items() if view.roles == "anyone"}
    assert open_to_all == {
        "assets.file",
        "front.choose_language",
        "front.door",
        "front.health",
        "identity.choose",
        "identity.enter",
        "identity.forgotten",
        "identity.login",
        "identity.save_password",
        "identity.send_link",
    }


def test_every_route_is_asked(app, town):
    """A new kind of id belongs to the town, what is no id to FIXED, another method to the tests below."""
    for rule in app.url_map.iter_rules():
        assert rule.arguments <= {*town.own.ids, *FIXED}, rule
        assert rule.methods & set(METHODS), rule
        assert rule.methods <= {*METHODS, "HEAD", "OPTIONS"}, rule


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("actor", ACTORS)
def test_routes_answer_as_the_table_says(app, town, actor, method):
    visitor = Visitor(app, town, actor)
    with nothing_changes(app):
        wrong = [each for route in routes(app, method) for each in wrong_answers(visitor, town, actor, route)]
        assert not wrong, "\n".join(wrong)


def wrong_answers(visitor: Visitor, town: Town, actor: str, route: Route) -> Iterator[str]:
    """Ask about everybody's rows; forms that the actor may send write, and are left to the next test."""
    nowhere = None
    for whose in WHOSE if route.kinds else ("own",):
        wanted = table(route, actor, whose)
        for address in route.addresses(town.place(whose)) if route.method == "GET" or wanted != LET_IN else ():
            answer = visitor.ask(route.method, address)
            nowhere = answer if whose == "absent" else nowhere
            yield from complaints(f"{route} {whose} {address}", answer, wanted)
            if wanted == MISSING and not are_alike(answer, nowhere):
                yield f"{route} {whose} {address}: told apart from what is absent"


@pytest.mark.parametrize("actor", ROLES)
def test_forms_that_one_may_send_are_read(app, town_to_change, actor):
    """An empty form is refused kindly or does what it says; what it is about is never missing."""
    visitor, wrong = Visitor(app, town_to_change, actor), []
    for route in sorted(routes(app, "POST"), key=lambda route: route.rule.endpoint in GONE_AFTERWARDS):
        for whose in SEES[actor] if route.kinds else ("own",):
            if table(route, actor, whose) != LET_IN or route.rule.endpoint == LEAVE:
                continue
            address = next(route.addresses(town_to_change.place(whose)))
            wrong += complaints(f"{route} {whose} {address}", visitor.ask("POST", address), LET_IN)
    assert not wrong, "\n".join(wrong)


def test_ids_that_do_not_belong_together_are_missing(app, town_to_change):
    wrong = []
    with nothing_changes(app):
        for actor in ROLES:
            visitor = Visitor(app, town_to_change, actor)
            for route in [each for method in METHODS for each in routes(app, method) if each.lets_in(actor)]:
                for place in mixtures(route, town_to_change, actor):
                    address = next(route.bare(place))
                    answer = visitor.ask(route.method, address)
                    wrong += complaints(f"{actor} {route} {place.word} {address}", answer, MISSING)
        assert not wrong, "\n".join(wrong)


def mixtures(route: Route, town: Town, actor: str) -> Iterator[Place]:
    """One's own ids but for one; a neighbour's rows are of one's own enterprise, but not of one's own activity."""
    of_activity = route.kinds - {"enterprise_id"}
    for kind in sorted(route.kinds) if len(route.kinds) > 1 else ():
        yield Place(f"foreign {kind}", {**town.own.ids, kind: town.foreign.ids[kind]})
        if kind in of_activity and (len(of_activity) > 1 or "neighbour" not in SEES[actor]):
            yield Place(f"neighbour {kind}", {**town.own.ids, kind: town.neighbour.ids[kind]})


@pytest.mark.parametrize("actor", ROLES)
def test_no_page_tells_of_others(app, town, actor):
    """Each page about rows tells the word in their names, so that another's would be seen."""
    visitor, wrong, telling, expected = Visitor(app, town, actor), [], set(), set()
    for route in routes(app, "GET"):
        is_found = route.lets_in(actor) and table(route, actor, "own") == LET_IN
        expected |= {str(route)} if is_found and route.kinds else set()
        for address in [*route.bare(town.own), *route.addresses(town.own)]:
            answer = visitor.ask("GET", address)
            words = told(answer)
            telling |= {str(route)} if OWN.lower() in words else set()
            wrong += leaks(f"{route} {address}", words, actor)
            wrong += complaints(f"{route} {address}", answer, table(route, actor, "own") | MISSING)
    assert not wrong, "\n".join(wrong)
    assert expected - telling == set()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("actor", ROLES)
def test_questions_about_others_are_answered_like_those_about_nobody(app, town, actor, method):
    """Where a page is asked about an activity, an enterprise, a customer that is not the actor's."""
    visitor, wrong = Visitor(app, town, actor), []
    with nothing_changes(app):
        for route in routes(app, method):
            if route.lets_in(actor) and route.rule.endpoint != LEAVE and (method == "GET" or not route.kinds):
                wrong += told_apart(visitor, town, actor, route)
        assert not wrong, "\n".join(wrong)


def told_apart(visitor: Visitor, town: Town, actor: str, route: Route) -> Iterator[str]:
    bare, others = next(route.bare(town.own)), {"neighbour", "foreign"} - set(SEES[actor])
    for number, about_nobody in enumerate(questions(town.place("absent"))):
        nowhere = visitor.ask(route.method, asked(bare, about_nobody))
        for whose in sorted(others) or ("foreign",):
            address = asked(bare, questions(town.place(whose))[number])
            answer = visitor.ask(route.method, address)
            yield from leaks(f"{route} {address}", told(answer), actor)
            if others and not are_alike(answer, nowhere):
                yield f"{route} {address}: {answer.status_code}, not {nowhere.status_code}"


def questions(place: Place) -> list[dict[str, object]]:
    """What pages may be asked about somebody; a part of a word finds it, and is not the word where it is repeated."""
    others = {"client": place["party_id"], "remplace": place["levy_id"], "avant": place["document_id"] + 1}
    return [
        {"activite": place["activity_id"]},
        {"entreprise": place["enterprise_id"]},
        {**others, "compte": "6121", "du": towns.MONTH, "cherche": place.word[1:-1]},
    ]


@pytest.mark.parametrize("actor", ROLES)
def test_ids_that_no_column_can_hold_are_absent_too(app, town, actor):
    visitor, huge, wrong = Visitor(app, town, actor), town.place("huge"), []
    for route in [each for method in METHODS for each in routes(app, method) if each.lets_in(actor)]:
        bare = next(route.bare(huge))
        addresses = [bare] if route.kinds else [asked(bare, each) for each in questions(huge)]
        for address in addresses if route.rule.endpoint != LEAVE else ():
            wanted = MISSING if route.kinds else LET_IN | MISSING
            wrong += complaints(f"{route} {address}", visitor.ask(route.method, address), wanted)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("field", "kind"), [("party_id", "party_id"), ("lines-0-product_id", "product_id")])
def test_forms_name_nobody_elses_rows(app, town, field, kind):
    """What a form names is looked for like what an address names."""
    visitor, answers = Visitor(app, town, "entrepreneur"), {}
    with nothing_changes(app):
        for whose in ("neighbour", "foreign", "absent"):
            typed = {**SALE, "party_id": town.own["party_id"], field: town.place(whose)[kind]}
            answers[whose] = visitor.ask("POST", "/factures/nouvelle", typed)
        statuses = {whose: answer.status_code for whose, answer in answers.items()}
        assert set(statuses.values()) <= {404, 422}, statuses
        assert all(are_alike(answer, answers["absent"]) for answer in answers.values()), statuses


def test_a_key_that_is_taken_next_door_stops_nobody(app, town):
    """Keys of forms are told apart by activity: whoever guesses a neighbour's stands in nobody's way."""
    with app.app_context():
        token = walls.open_session(town.neighbour["person_id"])
    neighbour = Visitor(app, town, "entrepreneur", token)
    typed = {**SALE, "party_id": town.neighbour["party_id"]}
    quote = neighbour.ask("POST", "/factures/nouvelle?type=quote", typed).location
    typed = {**SALE, "party_id": town.own["party_id"], "key": f"quote:{quote.rpartition('/')[2]}"}
    Visitor(app, town, "entrepreneur").ask("POST", "/factures/nouvelle", typed)
    assert is_as_wanted(neighbour.ask("POST", f"{quote}/facturer"), LET_IN)


def test_a_withdrawn_session_ends_at_once(app, town):
    with app.app_context():
        token = walls.open_session(town.people["accountant"])
    visitor = Visitor(app, town, "accountant", token)
    assert visitor.ask("GET", "/balance").status_code == 200
    with app.app_context():
        walls.close_session(token)
    assert is_as_wanted(visitor.ask("GET", "/balance"), SIGNED_OUT)


def test_who_stayed_too_long_and_who_is_shut_out_is_out_at_once(app, town_to_change):
    for change in (
        "update user_session set expires_at = now() where person_id = %s",
        "update person set disabled_at = now() where id = %s",
    ):
        visitor = Visitor(app, town_to_change, "accountant")
        assert visitor.ask("GET", "/balance").status_code == 200
        with psycopg.connect(app.config["SETTINGS"].database_url) as connection:
            connection.execute(change, (town_to_change.people["accountant"],))
        assert is_as_wanted(visitor.ask("GET", "/balance"), SIGNED_OUT), change


@pytest.mark.parametrize("actor", ["entrepreneur", "coordinator", "administrator"])
def test_nobody_ends_the_visit_of_another(app, town, actor):
    with app.app_context():
        token = walls.open_session(town.people["accountant"])
    key = hashlib.sha256(token.encode()).hexdigest()
    assert Visitor(app, town, actor).ask("POST", f"/compte/visites/{key}/fermer").status_code == 302
    assert Visitor(app, town, "accountant", token).ask("GET", "/balance").status_code == 200


def test_forged_cookies_and_unsigned_forms_do_nothing(app, town):
    assert is_as_wanted(Visitor(app, town, "accountant", "forged").ask("GET", "/balance"), SIGNED_OUT)
    client = Visitor(app, town, "accountant").client
    assert client.post("/langue", data={"language": "ar"}).status_code == 400
