"""How transactions begin and end, on real connections."""

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.pq import TransactionStatus

from ecp import walls
from ecp.db import NothingCommitted, beside, own_connection, session, transaction

PID = sa.text("select pg_backend_pid()")


@pytest.fixture
def context(own_database):
    with own_database.app.app_context():
        yield


def _pid() -> int:
    with transaction():
        return session.execute(PID).scalar_one()


def test_a_context_keeps_its_connection_and_gives_it_back(own_database):
    with own_database.app.app_context():
        first = _pid()
        assert _pid() == first
        pool = session.get_bind().engine.pool
        assert pool.checkedout() == 1
    assert pool.checkedout() == 0


def test_a_failure_that_was_swallowed_does_not_pass_for_a_commit(context):
    with pytest.raises(NothingCommitted), transaction(), pytest.raises(sa.exc.DBAPIError):
        session.execute(sa.text("select 1 / 0"))
    assert _pid()


def test_what_happens_beside_needs_a_second_connection_only_inside_a_transaction(context):
    first = _pid()
    with beside() as connection:
        assert connection.execute(PID).scalar_one() == first
    with transaction():
        session.execute(PID)
        with beside() as connection:
            assert connection.execute(PID).scalar_one() != first


def test_a_connection_of_its_own_is_in_no_transaction(context):
    with own_connection() as keeper:
        keeper.execute(sa.text("select pg_advisory_lock(4711)"))
        assert keeper.connection.driver_connection.info.transaction_status is TransactionStatus.IDLE


def test_a_connection_that_broke_is_replaced(context, own_database):
    first = _pid()
    with psycopg.connect(own_database.settings.database_url, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s)", [first])
    with pytest.raises(sa.exc.OperationalError):
        _pid()
    assert _pid() != first


def test_the_scope_ends_with_its_transaction(context):
    token = sa.text("select current_setting('ecp.token', true)")
    with walls.token("abc"), transaction():
        assert session.execute(token).scalar_one() == "abc"
    with transaction():
        assert session.execute(token).scalar_one() == ""
