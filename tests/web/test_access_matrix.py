"""Every page and every actor: who is let in, and that a neighbour's, another house's and an absent id look the same."""

from dataclasses import dataclass, field

import pytest

from ecp import parties, walls
from ecp.db import transaction
from ecp.enterprises import Role
from tests import build

SIGNED_OUT, REFUSED, MISSING = 302, 403, 404
LET_IN = {200, 302, 304, 400, 404, 405, 409, 422}


@dataclass
class Town:
    """Two houses: people of one, ids of both."""

    actors: dict[str, str] = field(default_factory=dict)
    own: dict[str, int] = field(default_factory=dict)
    neighbour: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)


def ids(enterprise_id: int, activity_id: int) -> dict[str, int]:
    entry = build.entry(enterprise_id, activity_id)
    party = parties.add(enterprise_id, activity_id, name="Client fictif")
    return {"enterprise_id": enterprise_id, "activity_id": activity_id, "entry_id": entry, "party_id": party}


@pytest.fixture
def town(db, app):
    made = Town()
    with walls.system():
        with transaction():
            ours, theirs = build.enterprise(), build.enterprise()
            mine, next_door, abroad = build.activity(ours), build.activity(ours), build.activity(theirs)
            made.own = ids(ours.id, mine.id)
            made.neighbour = ids(ours.id, next_door.id)
            made.foreign = ids(theirs.id, abroad.id)
            people = {
                "entrepreneur": build.person(role="entrepreneur", enterprise=ours, activity=mine),
                "accountant": build.person(role="accountant", enterprise=ours),
                "coordinator": build.person(role="coordinator", enterprise=ours),
                "administrator": build.person(role="administrator"),
            }
        made.actors = {role: walls.open_session(person) for role, person in people.items()}
    return made


def browser(app, token: str | None):
    client = app.test_client()
    if token:
        with client.session_transaction() as visit:
            visit["_user_id"] = token
            visit["_fresh"] = True
    return client


def addresses(app, values: dict[str, int]):
    """Every page that GET opens, with the ids that it takes; those that need another kind of value are left out."""
    for rule in app.url_map.iter_rules():
        if (
            "GET" in (rule.methods or ())
            and rule.arguments <= set(values) | {"name"}
            and rule.endpoint != "assets.file"
        ):
            with app.test_request_context():
                yield rule.endpoint, app.url_map.bind("").build(rule.endpoint, {k: values[k] for k in rule.arguments})


def roles_of(app, endpoint: str):
    return app.view_functions[endpoint].roles


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


def test_nobody_signed_in_is_sent_to_the_login(app, town):
    client = browser(app, None)
    for endpoint, address in addresses(app, town.own):
        if roles_of(app, endpoint) != "anyone":
            answer = client.get(address)
            assert (answer.status_code, "/connexion" in answer.location) == (SIGNED_OUT, True), address


@pytest.mark.parametrize("role", ["entrepreneur", "accountant", "coordinator", "administrator"])
def test_a_page_opens_to_its_roles_alone(app, town, role):
    client = browser(app, town.actors[role])
    for endpoint, address in addresses(app, town.own):
        allowed = roles_of(app, endpoint)
        if allowed == "anyone":
            continue
        status = client.get(address).status_code
        if Role(role) in allowed:
            assert status in LET_IN, f"{role} {address}: {status}"
        else:
            assert status == REFUSED, f"{role} {address}: {status}"


@pytest.mark.parametrize("role", ["entrepreneur", "accountant", "coordinator"])
def test_others_ids_and_absent_ids_look_the_same(app, town, role):
    client = browser(app, town.actors[role])
    absent = dict.fromkeys(town.own, 2000000000)
    others = [town.foreign, town.neighbour] if role == "entrepreneur" else [town.foreign]
    for endpoint, missing in addresses(app, absent):
        if roles_of(app, endpoint) == "anyone" or Role(role) not in roles_of(app, endpoint):
            continue
        if not app.url_map._rules_by_endpoint[endpoint][0].arguments:
            continue
        for values in others:
            wanted = dict(addresses(app, values))[endpoint]
            here, there = client.get(wanted), client.get(missing)
            assert (here.status_code, there.status_code) == (MISSING, MISSING), f"{role} {wanted}"
            assert abs(len(here.data) - len(there.data)) <= len(there.data) // 10


def test_a_withdrawn_session_ends_at_once(app, town):
    client = browser(app, town.actors["accountant"])
    assert client.get("/balance").status_code == 200
    walls.close_session(town.actors["accountant"])
    assert client.get("/balance").status_code == SIGNED_OUT


def test_forged_cookies_and_unsigned_forms_do_nothing(app, town):
    assert browser(app, "forged").get("/balance").status_code == SIGNED_OUT
    client = browser(app, town.actors["accountant"])
    assert client.post("/langue", data={"language": "ar"}).status_code == 400
