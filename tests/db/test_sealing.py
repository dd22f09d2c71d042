"""Every entry is sealed at its commit, however it came, and lines come with entries of their own statement alone."""

import threading
from datetime import date
from decimal import Decimal

import psycopg
import pytest
import sqlalchemy as sa

from ecp import walls
from ecp.accounting import entries, posting, verify
from ecp.db import session, transaction
from tests import build

ENTRY = """
    insert into entry (enterprise_id, day, journal_id, year_id, label, source, fingerprint, activities, leads)
    select e.enterprise_id, e.day, e.journal_id, e.year_id, '', %s, e.fingerprint, e.activities, %s
    from entry e where e.enterprise_id = %s order by e.id limit 1 returning id
"""
LINES = """
    insert into entry_line (enterprise_id, entry_id, position, day, account_id, activity_id, debit, credit)
    select l.enterprise_id, %s, 10 + l.position, l.day, l.account_id, l.activity_id, l.debit, l.credit
    from entry_line l where l.enterprise_id = %s and l.entry_id = (select min(entry_id) from entry_seal)
"""


@pytest.fixture
def books(own_database):
    with own_database.app.app_context(), walls.system():
        with transaction():
            enterprise = build.enterprise()
            activity = build.activity(enterprise, code="POT")
        yield enterprise.id, activity.id


def plain(books, source: str) -> posting.Draft:
    return build.entry_draft(*books, on=date(2026, 1, 10), amount="12.34", source=source)


def numbers(books) -> dict[str, int]:
    query = """
        select e.source, s.number from entry e
        left join entry_seal s on s.enterprise_id = e.enterprise_id and s.entry_id = e.id
        where e.enterprise_id = :e order by s.number
    """
    with transaction():
        return {row.source: row.number for row in session.execute(sa.text(query), {"e": books[0]})}


def clean() -> bool:
    with transaction():
        return not [finding for finding in verify.run() if finding.fault]


def test_what_two_post_at_once_is_posted_and_sealed_once(books, own_database):
    """The second waits for the first, finds its own first entry known, and has the others sealed all the same."""
    under_way, answer = threading.Event(), []

    def second():
        with own_database.app.app_context(), walls.system(), transaction():
            under_way.set()
            answer.append(posting.post_many([plain(books, f"n:{number}") for number in range(6)]))

    other = threading.Thread(target=second)
    with transaction():
        first = posting.post_many([plain(books, f"n:{number}") for number in range(4)])
        other.start()
        under_way.wait()
        waiting = sa.text("select count(*) from pg_locks where not granted")
        while other.is_alive() and not session.execute(waiting).scalar_one():
            pass
    other.join()
    assert [each.is_new for each in answer[0]] == [False] * 4 + [True] * 2
    assert [each.entry_id for each in answer[0][:4]] == [each.entry_id for each in first]
    assert numbers(books) == {f"n:{number}": number + 1 for number in range(6)}
    assert clean()


def test_what_comes_after_a_sealing_is_sealed_too(books):
    with transaction():
        posting.post_many([plain(books, f"a:{number}") for number in range(3)])
        session.execute(sa.text("set constraints all immediate"))
        session.execute(sa.text("set constraints all deferred"))
        posting.post_many([plain(books, f"b:{number}") for number in range(3)])
        posting.post(plain(books, "c"))
    assert list(numbers(books).values()) == [1, 2, 3, 4, 5, 6, 7]
    assert clean()


def test_a_sealing_that_is_taken_back_is_done_again(books):
    with transaction():
        posting.post_many([plain(books, f"a:{number}") for number in range(3)])
        taken_back = session.begin_nested()
        session.execute(sa.text("set constraints all immediate"))
        session.execute(sa.text("set constraints all deferred"))
        posting.post_many([plain(books, f"b:{number}") for number in range(3)])
        taken_back.rollback()
    assert numbers(books) == {"a:0": 1, "a:1": 2, "a:2": 3}
    assert clean()


def test_lines_come_with_their_entries_alone(books, own_database):
    """Not even an administrator adds some to an entry that is sealed, unknown, or that nothing would seal."""
    with transaction():
        posted = posting.post(plain(books, "known")).entry_id
    with own_database.administrator() as other:
        for entry_id in (posted, posted + 1000):
            with pytest.raises(psycopg.Error, match="sealed or unknown"):
                other.execute(LINES, [entry_id, books[0]])
        with other.transaction():
            made = other.execute(ENTRY, ["unled", False, books[0]]).fetchone()[0]
            with pytest.raises(psycopg.errors.SerializationFailure, match="nothing would seal"):
                other.execute(LINES, [made, books[0]])
    with transaction():
        assert entries.entry(posted).total == Decimal("12.34")
    assert clean()


def test_nothing_unknown_is_reversed(books, own_database):
    with transaction():
        posting.post(plain(books, "known"))
    reversal = ENTRY.replace("leads)", "leads, reverses_id)").replace("%s\n    from", "%s, 0\n    from")
    with own_database.administrator() as other, pytest.raises(psycopg.errors.ForeignKeyViolation):
        other.execute(reversal, ["r", True, books[0]])


def test_an_entry_without_a_leader_is_named(books, own_database):
    with transaction():
        posting.post(plain(books, "known"))
    with own_database.administrator() as other:
        other.execute(ENTRY, ["unled", False, books[0]])
    with transaction():
        told = [finding.fault for finding in verify.run() if finding.fault]
    assert "OD sans scellé du 2026-01-10" in told[0]
