"""How transactions begin and end, on real connections."""

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.pq import TransactionStatus

from ecp import walls
from ecp.db import NothingCommitted, beside, own_connection, session, transaction
from tests import build

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


def test_no_setting_of_one_context_reaches_the_next(own_database):
    settings = ("timezone", "default_transaction_isolation", "row_security", "ecp.token")
    asked = sa.text("select " + ", ".join(f"current_setting('{each}', true)" for each in settings))
    with own_database.app.app_context(), transaction():
        first = session.execute(PID).scalar_one()
        session.execute(sa.text("set timezone to '+167'"))
        session.execute(sa.text("set default_transaction_isolation to 'serializable'"))
        session.execute(sa.text("select set_config('ecp.token', 'left', false)"))
    with own_database.app.app_context(), transaction():
        assert session.execute(PID).scalar_one() == first
        assert session.execute(asked).one() == ("UTC", "read committed", "on", "")


def test_tokens_are_not_to_be_seen_by_other_connections(context, own_database):
    with walls.token("secret-of-somebody"), transaction():
        pid = session.execute(PID).scalar_one()
        with psycopg.connect(own_database.settings.database_url) as other:
            row = other.execute("select query from pg_stat_activity where pid = %s", [pid]).fetchone()
    assert "secret" not in (row[0] or "")


def test_an_entry_is_posted_under_read_committed_alone(context):
    with walls.system():
        with transaction():
            enterprise = build.enterprise()
            activity = build.activity(enterprise).id
        with pytest.raises(psycopg.Error, match="read committed"):
            post_under("repeatable read", enterprise.id, activity)


def post_under(isolation: str, enterprise_id: int, activity_id: int) -> None:
    with transaction():
        session.execute(sa.text(f"set transaction isolation level {isolation}"))
        build.entry(enterprise_id, activity_id)
