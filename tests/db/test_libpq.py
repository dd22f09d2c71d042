"""Questions asked past the driver: their answers, their refusals, and a connection that is as good afterwards."""

import psycopg
import pytest
import sqlalchemy as sa

from ecp import libpq
from ecp.db import call, call_each, session, transaction
from ecp.libpq import Query

ADD = Query("select $1::int + $2::int as sum, length($3::text), true")
DIVIDE = Query("select 10 / $1::int")
ONE = sa.text("select 1")


@pytest.fixture
def context(own_database):
    with own_database.app.app_context():
        yield


def test_answers_are_what_the_driver_makes_of_them(context):
    with transaction():
        for _ in range(3):
            assert call(ADD, (2, 3, "a")) == [(5, 1, True)]
            assert call(ADD, (-2, 3, "é" * 300_000)) == [(1, 300_000, True)]
    with transaction():
        assert call(ADD, (70_000, 3_000_000, "")) == [(3_070_000, 0, True)]


def test_no_text_is_cut_short(context):
    for _ in range(2):
        with pytest.raises(ValueError), transaction():
            call(ADD, (1, 1, "a\0b"))
    with pytest.raises(ValueError), transaction():
        list(call_each(ADD, [(1, 1, "a"), (1, 1, "a\0b")]))
    with transaction():
        assert call(ADD, (1, 1, "a")) == [(2, 1, True)]


def test_what_the_driver_forgot_is_asked_all_the_same(context):
    with transaction():
        for _ in range(3):
            call(ADD, (1, 1, "a"))
            session.begin_nested().rollback()
            assert session.execute(ONE).scalar_one() == 1
    with pytest.raises(ZeroDivisionError), transaction():
        assert call(ADD, (1, 1, "a"))[0][0] / 0
    with transaction():
        assert call(ADD, (1, 1, "a")) == [(2, 1, True)]


def test_many_are_asked_in_their_order_while_others_are_made(context):
    made = []

    def values():
        for number in range(5):
            made.append(number)
            yield number, 1, "a" * 200_000

    with transaction():
        answers = call_each(ADD, values())
        assert next(answers) == [(1, 200_000, True)]
        assert made == [0, 1]
        assert [rows[0][0] for rows in answers] == [2, 3, 4, 5]
        assert session.execute(ONE).scalar_one() == 1
        assert list(call_each(ADD, [])) == []


@pytest.mark.parametrize("given", [1, 2, 3])
def test_who_stops_in_the_middle_leaves_the_connection_well(context, given):
    def values():
        for number in range(given):
            yield number, 1, "a"
        raise KeyError

    with transaction():
        with pytest.raises(KeyError):
            list(call_each(ADD, values()))
        assert session.execute(ONE).scalar_one() == 1
        answers = call_each(ADD, [(1, 1, "a")] * 3)
        next(answers)
        answers.close()
        assert call(ADD, (1, 1, "a")) == [(2, 1, True)]


def test_a_refusal_is_the_drivers_own(context):
    for ask in (lambda: call(DIVIDE, (0,)), lambda: list(call_each(DIVIDE, [(1,), (0,), (2,)]))):
        for _ in range(2):
            with pytest.raises(psycopg.errors.DivisionByZero), transaction():
                ask()
            with transaction():
                assert call(DIVIDE, (5,)) == [(2,)]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_connection_that_breaks_is_told_and_replaced(context, own_database, is_first):
    with transaction():
        pid = session.execute(sa.text("select pg_backend_pid()")).scalar_one()
        if not is_first:
            call(ADD, (1, 1, "a"))

    def break_off():
        session.execute(ONE)
        with own_database.administrator() as other:
            other.execute("select pg_terminate_backend(%s, 5000)", [pid])
        call(ADD, (1, 1, "a"))

    with pytest.raises(sa.exc.OperationalError), transaction():
        break_off()
    with transaction():
        assert call(ADD, (1, 1, "a")) == [(2, 1, True)]


def test_the_driver_still_files_what_it_has_prepared_as_it_did(context):
    """Else every question would take the longer way: slower, not wrong."""
    with transaction():
        call(ADD, (1, 1, "a"))
        driver = session.connection().connection.driver_connection
        assert ADD.key in driver._prepared._names
    assert libpq.Query("select $1, $2").as_driver_writes == "select %s, %s"
