"""Statements said to the server straight through libpq: what every transaction begins and ends with, and the doors.

They are inside the transaction of SQLAlchemy's connection, and fail as its own statements do (decision 0010). What they
ask with is text, as PostgreSQL reads it; what they give is what the driver makes of it.
"""

import re
import select
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy.engine import Connection

Row = tuple[Any, ...]
Value = str | int | date

_UNNAMED = b""
"""The statement that lasts until another is prepared without a name."""

_PLACE = re.compile(r"\$[0-9]+")


class Query:
    """A question whose values stand at `$1`, `$2`…, each once and in that order."""

    def __init__(self, text: str) -> None:
        self.text = text.encode()
        self.as_driver_writes = _PLACE.sub("%s", text)
        self.key = (self.text, (0,) * len(_PLACE.findall(text)))
        """How the driver files what it has prepared: the text, and no type that would be known of its values."""


def say(connection: Connection, words: str) -> bytes | None:
    """Say what has no values and no rows; gives what was done, as the server tells it."""
    driver = _driver(connection)
    with _as_sqlalchemy_says(connection, driver):
        return _right(driver, driver.pgconn.exec_(words.encode())).command_status


def call(connection: Connection, query: Query, values: Iterable[Value]) -> list[Row]:
    """Ask once; what the driver has prepared before, as it does the first time, is asked past it."""
    driver = _driver(connection)
    texts = _texts(values)
    with _as_sqlalchemy_says(connection, driver):
        name = driver._prepared._names.get(query.key)  # noqa: SLF001 (it may forget all at any rollback)
        if name is None:
            return driver.execute(query.as_driver_writes, texts, prepare=True).fetchall()
        return _rows(driver, driver.pgconn.exec_prepared(name, [text.encode() for text in texts]))


def call_each(connection: Connection, query: Query, many: Iterable[Iterable[Value]]) -> Iterator[list[Row]]:
    """Do as `call` for each, in order, while the next is made; gives each one's rows.

    The connection is not to be used before the last rows are given, unless no more of them are asked for.
    """
    driver = _driver(connection)
    pgconn = driver.pgconn
    with _as_sqlalchemy_says(connection, driver):
        _right(driver, pgconn.prepare(_UNNAMED, query.text))
        try:
            for values in many:
                texts = [text.encode() for text in _texts(values)]
                rows = _rows(driver, _answer(pgconn)) if _is_under_way(pgconn) else None
                pgconn.send_query_prepared(_UNNAMED, texts)
                _send(pgconn)
                if rows is not None:
                    yield rows
            if _is_under_way(pgconn):
                yield _rows(driver, _answer(pgconn))
        finally:
            if _is_under_way(pgconn):
                _answer(pgconn)


def _driver(connection: Connection) -> psycopg.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 (a connection in a transaction is open)
    return driver


def _texts(values: Iterable[Value]) -> list[str]:
    """Write values as PostgreSQL reads them. Raises ValueError for the sign at which libpq would stop reading."""
    texts = list(map(str, values))
    if any("\0" in text for text in texts):
        raise ValueError
    return texts


def _is_under_way(pgconn: PGconn) -> bool:
    return pgconn.transaction_status == TransactionStatus.ACTIVE


def _send(pgconn: PGconn) -> None:
    """Hand over all of a question."""
    while pgconn.flush():
        _wait(pgconn, select.POLLIN | select.POLLOUT)
        pgconn.consume_input()


def _answer(pgconn: PGconn) -> PGresult:
    """Wait for the answer to a question, leaving other threads at their work."""
    pgconn.consume_input()
    while pgconn.is_busy():
        _wait(pgconn, select.POLLIN)
        pgconn.consume_input()
    answer = pgconn.get_result()
    assert answer is not None  # noqa: S101 (something was asked)
    while pgconn.get_result():
        pass
    return answer


def _wait(pgconn: PGconn, events: int) -> None:
    poll = select.poll()
    poll.register(pgconn.socket, events)
    poll.poll()


def _rows(driver: psycopg.Connection, answer: PGresult) -> list[Row]:
    loaded = Transformer(driver)
    loaded.set_pgresult(_right(driver, answer))
    return loaded.load_rows(0, answer.ntuples, tuple)


def _right(driver: psycopg.Connection, answer: PGresult) -> PGresult:
    """Give an answer that is no refusal, or raise what the driver would."""
    if driver.broken:
        raise psycopg.OperationalError(answer.get_error_message())
    if answer.status not in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        raise psycopg.errors.error_from_result(answer, driver.info.encoding)
    return answer


@contextmanager
def _as_sqlalchemy_says(connection: Connection, driver: psycopg.Connection) -> Iterator[None]:
    """Tell what the driver refuses as SQLAlchemy would, and throw a broken connection away."""
    try:
        yield
    except psycopg.OperationalError as error:
        if driver.closed or driver.broken:
            connection.invalidate(error)
        raise sa.exc.OperationalError("", None, error) from error
