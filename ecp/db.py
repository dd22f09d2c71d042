"""The database as the application sees it: a session whose transactions carry the scope of whom they act for.

    with transaction():            # at the edge: a view, a command, a job; services never commit
        invoicing.issue(invoice_id, on=today)

The scope is a token (see `ecp.walls`), told to PostgreSQL at the beginning of each transaction and forgotten at its
end; without one, row-level security shows no row.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import psycopg
import sqlalchemy as sa
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from psycopg.pq import TransactionStatus
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.types import TypeDecorator

from ecp import libpq, money
from ecp.errors import DomainError


class Base(DeclarativeBase):
    """What every table's class extends."""


class Dirhams(TypeDecorator[Decimal]):
    """Decimal dirhams in Python, a bigint of centimes in the database."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        """Whole centimes; a fraction of one is a bug and raises ValueError."""
        return None if value is None else money.centimes(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Decimal | None:  # noqa: ARG002
        """Dirhams with two decimals."""
        return None if value is None else money.from_centimes(value)


pk = Annotated[int, mapped_column(primary_key=True)]
identity = Annotated[int, mapped_column(sa.Identity(always=True), primary_key=True)]
"""The part of a composite key that the database gives."""

dirhams = Annotated[Decimal, mapped_column(Dirhams)]
instant = Annotated[datetime, mapped_column(sa.DateTime(timezone=True))]


class KeepingSession(BoundSession):
    """A session that keeps its connection from one transaction to the next, until it is removed with its context."""

    _kept: Connection | None = None

    def get_bind(self, *arguments: Any, **named: Any) -> Engine | Connection:
        """Give the connection kept; what is a connection already, as in tests, stays what it is."""
        if self._kept is None:
            bind = super().get_bind(*arguments, **named)
            if isinstance(bind, Connection):
                return bind
            self._kept = bind.connect()
        return self._kept

    def close(self) -> None:
        """End the transaction, and give the connection back."""
        super().close()
        if self._kept is not None:
            self._kept.close()
            self._kept = None


database = SQLAlchemy(
    model_class=Base,
    session_options={"class_": KeepingSession, "expire_on_commit": False, "autoflush": False},
)
session = database.session

scope: ContextVar[str] = ContextVar("scope", default="")
"""The token of whom this thread acts for; set by `ecp.walls` alone."""

_TELL = "select set_config('ecp.token', %s, true)"
_EACH_STATEMENT = "ecp_each_statement"
_NOT_OF_TOKENS = re.compile(r"[^A-Za-z0-9_-]")


@sa.event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Begin a transaction and tell its scope in one message: the driver itself is left in autocommit."""
    if not connection.get_execution_options().get(_EACH_STATEMENT):
        token = _NOT_OF_TOKENS.sub("", scope.get())
        libpq.say(connection, f"begin isolation level read committed; set local ecp.token = '{token}'")


@sa.event.listens_for(Engine, "commit")
def _commit(connection: Connection) -> None:
    """Commit; the driver's own turn, which follows, finds nothing left to do.

    PostgreSQL answers ROLLBACK, and no error, where a statement had failed: that must not pass for a commit.
    """
    if not connection.get_execution_options().get(_EACH_STATEMENT) and libpq.say(connection, "commit") != b"COMMIT":
        raise NothingCommitted


class NothingCommitted(RuntimeError):
    """A statement had failed and whoever ran it went on."""


@sa.event.listens_for(Pool, "checkin")
def _forget_settings(driver: psycopg.Connection | None, record: ConnectionPoolEntry) -> None:
    """Give a connection back as it was, so that no setting of one person reaches the next; or not at all."""
    if driver is None or driver.closed:
        return
    try:
        driver.pgconn.exec_(b"reset all")
    except psycopg.OperationalError as error:
        record.invalidate(error)


@sa.event.listens_for(Session, "after_begin")
def _tell_scope(_session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """Tell it again inside a transaction that had begun before, as tests do."""
    if connection.in_nested_transaction():
        connection.exec_driver_sql(_TELL, (scope.get(),))


def tell_scope() -> None:
    """Tell a transaction that has begun already whom it acts for from now on."""
    if session.registry.has() and session().in_transaction():
        connection = session.connection()
        driver = connection.connection.driver_connection
        if driver is not None and driver.info.transaction_status is not TransactionStatus.INERROR:
            connection.exec_driver_sql(_TELL, (scope.get(),))


Teller = Callable[[psycopg.Error], DomainError | None]
_TELLERS: list[Teller] = []


def tells_refusals(teller: Teller) -> Teller:
    """Register what knows the error that a refusal of the database stands for; None: not one of its own."""
    _TELLERS.append(teller)
    return teller


@contextmanager
def told() -> Iterator[None]:
    """Turn what the database refuses in a block into the error it stands for; others pass unchanged."""
    try:
        yield
    except (sa.exc.DBAPIError, psycopg.Error) as error:
        original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        known = _known(original) if isinstance(original, psycopg.Error) else None
        if known is None:
            raise
        raise known from error


def _known(error: psycopg.Error) -> DomainError | None:
    return next((found for teller in _TELLERS if (found := teller(error))), None)


def hold(what: str) -> None:
    """Let others who name the same thing wait until this transaction ends."""
    session.execute(_HOLD, {"what": what})


_HOLD = sa.text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")


def call(query: libpq.Query, values: Iterable[libpq.Value]) -> list[libpq.Row]:
    """Ask in the session's transaction, straight through libpq: for the doors that are called most."""
    return libpq.call(session.connection(), query, values)


def call_each(query: libpq.Query, many: Iterable[Iterable[libpq.Value]]) -> Iterator[list[libpq.Row]]:
    """Do as `call` for each, in order, while the next is made; gives each one's rows.

    The session is not to be used before the last rows are given.
    """
    return libpq.call_each(session.connection(), query, many)


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did, or nothing of it; what the database refuses comes out as the error it stands for."""
    try:
        with told():
            yield
            session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def beside() -> Iterator[Connection]:
    """Give a transaction beside the caller's, that stays whatever becomes of that.

    It is on the session's own connection where no transaction is under way, so that few need two.
    """
    mine = session()
    bind = database.engine if mine.in_transaction() else mine.get_bind()
    if isinstance(bind, Connection):
        with bind.begin():
            yield bind
    else:
        with bind.begin() as connection:
            yield connection


def own_connection() -> sa.Connection:
    """Open a connection beside every transaction, that commits each statement: for locks that outlive transactions."""
    engine: Engine = current_app.extensions.get("ecp.engine") or database.engine
    return engine.connect().execution_options(**{_EACH_STATEMENT: True})


def settings_of(url: str, *, patient: bool) -> dict[str, Any]:
    """Give Flask-SQLAlchemy's settings: small pools, no statement that waits for ever (I22)."""
    limits = {
        "lock_timeout": "10s" if patient else "5s",
        "idle_in_transaction_session_timeout": "60s",
        "row_security": "on",  # what the role might have altered of itself
        "synchronous_commit": "on",
    }
    if not patient:
        limits["statement_timeout"] = "30s"
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return {
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "isolation_level": "AUTOCOMMIT",  # see _begin
            "pool_size": 8,  # a thread of the web server (it has 8) keeps one, and may need one beside it (ecp.walls)
            "max_overflow": 8,
            "pool_pre_ping": False,
            "connect_args": {"options": options, "prepare_threshold": 2, "application_name": "ecp"},
        },
    }
