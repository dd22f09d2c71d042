"""What every test may stand on: a database that forgets each test, or one of its own that keeps what is committed."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg import sql

from config import Settings
from ecp import clock, create_app, database, servers
from ecp.db import database as flask_database
from ecp.db import session

TEMPLATE = "ecp_template"


NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _calendar() -> Iterator[None]:
    """Hold the clock where the tests' months are, whatever day they run on."""
    clock.stop(NOW)
    yield
    clock.stop(None)


@pytest.fixture(autouse=True)
def _today() -> None:
    """Hold it there again where a test let it run."""
    if clock.stopped() is None:
        clock.stop(NOW)


@dataclass(frozen=True)
class OwnDatabase:
    """A database of one test's own; what is committed there stays until the test ends."""

    settings: Settings
    app: Flask

    def administrator(self) -> psycopg.Connection:
        """Connect past every wall."""
        return psycopg.connect(self.settings.database_url, autocommit=True)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Servers, and an empty database at the program's version that others are copied from."""
    place = tmp_path_factory.mktemp("servers")
    given = Settings(data_dir=place, secret_key="a key for tests alone, and nothing else")
    with servers.running(given, durable=False) as addresses:
        settings = _named(servers.reached(given, addresses), TEMPLATE)
        database.prepare(settings)
        yield settings


@pytest.fixture(scope="session")
def new_database(template: Settings) -> Iterator[Callable[[], Settings]]:
    """Make databases; they go when the tests are over."""
    made: list[str] = []

    def make() -> Settings:
        name = f"ecp_test_{uuid.uuid4().hex[:12]}"
        _run(template, sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
        made.append(name)
        return _named(template, name)

    yield make
    for name in made:
        _run(template, sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def app(new_database: Callable[[], Settings]) -> Iterator[Flask]:
    """The application, on a database where tests leave nothing."""
    made = create_app(new_database())
    made.config["TESTING"] = True
    yield made
    with made.app_context():
        flask_database.engine.dispose()


@pytest.fixture
def db(app: Flask) -> Iterator[None]:
    """An application context whose commits are undone at the end; what is due at commit happens at each commit."""
    with app.app_context():
        engines = flask_database.engines
        engine = engines[None]
        session.session_factory.kw["join_transaction_mode"] = "create_savepoint"
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection
        app.extensions["ecp.connection"], app.extensions["ecp.engine"] = connection, engine
        sa.event.listen(session, "before_commit", _fire_constraints)
        app.teardown_request_funcs.setdefault(None, []).append(_end_reading)
        try:
            yield
        finally:
            app.teardown_request_funcs[None].remove(_end_reading)
            sa.event.remove(session, "before_commit", _fire_constraints)
            session.remove()
            outer.rollback()
            connection.close()
            del app.extensions["ecp.connection"], app.extensions["ecp.engine"]
            engines[None] = engine
            del session.session_factory.kw["join_transaction_mode"]


@pytest.fixture
def client(app: Flask, db):
    """A browser without a screen, on the database that forgets."""
    return app.test_client()


@pytest.fixture
def own_database(new_database: Callable[[], Settings]) -> Iterator[OwnDatabase]:
    """A database with real commits: for concurrency, workers and browsers."""
    settings = new_database()
    made = create_app(settings, patient=True)
    yield OwnDatabase(settings, made)
    with made.app_context():
        flask_database.engine.dispose()


def _end_reading(_error: BaseException | None) -> None:
    """End what a request was reading in, as the end of its context does outside of tests."""
    session.rollback()


def _fire_constraints(each) -> None:
    each.execute(sa.text("set constraints all immediate"))
    each.execute(sa.text("set constraints all deferred"))


def _named(settings: Settings, name: str) -> Settings:
    return replace(settings, database_url=urlunsplit(urlsplit(settings.database_url)._replace(path=f"/{name}")))


def _run(settings: Settings, statement: sql.Composable) -> None:
    with psycopg.connect(_named(settings, "postgres").database_url, autocommit=True) as connection:
        connection.execute(statement)
