"""The ledger's promises on real PostgreSQL: what is posted, refused, reversed, closed, read, and proven (I1–I7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from ecp import walls
from ecp.accounting import entries, errors, ledger, periods, posting, rules, verify
from ecp.accounting.posting import Draft, DraftLine
from ecp.db import session, transaction
from ecp.enterprises import Activity
from tests import build


@pytest.fixture
def books(db):
    with walls.system():
        with transaction():
            enterprise = build.enterprise()
            build.activity(enterprise, code="POT")
            build.activity(enterprise, code="TIS")
        yield enterprise.id


def activity(enterprise_id: int, code: str) -> int:
    query = sa.select(Activity.id).where(Activity.enterprise_id == enterprise_id, Activity.code == code)
    return session.execute(query).scalar_one()


def draft(enterprise_id: int, *lines: tuple[str, str, str, str], on=date(2026, 1, 10), source="t:1", journal="OD"):
    return Draft(
        enterprise_id=enterprise_id,
        journal=journal,
        on=on,
        label='Essai « é » \\ "اختبار"',
        source=source,
        lines=tuple(
            DraftLine(
                account=account,
                activity_id=activity(enterprise_id, code),
                debit=Decimal(amount) if side == "D" else Decimal("0.00"),
                credit=Decimal(amount) if side == "C" else Decimal("0.00"),
            )
            for account, code, side, amount in lines
        ),
    )


def plain(enterprise_id: int, source="t:1", on=date(2026, 1, 10), amount="12.34", journal="OD"):
    return draft(
        enterprise_id, ("6121", "POT", "D", amount), ("5141", "POT", "C", amount), source=source, on=on, journal=journal
    )


def faults() -> list[str]:
    return [finding.fault for finding in verify.run() if finding.fault]


def test_an_entry_is_posted_numbered_and_sealed(books):
    with transaction():
        posted = posting.post(plain(books))
    seen = entries.entry(posted.entry_id)
    assert posted.is_new
    assert (seen.number, seen.journal, seen.total) == (1, "OD", Decimal("12.34"))
    assert len(seen.digest) == 64
    assert not faults()


def test_numbers_follow_each_other_in_a_journal(books):
    with transaction():
        first = posting.post_many([plain(books, f"a:{n}") for n in range(5)])
        other = posting.post(plain(books, "b", journal="BQ"))
    with transaction():
        last = posting.post(plain(books, "c"))
    assert [entries.entry(each.entry_id).number for each in [*first, other, last]] == [1, 2, 3, 4, 5, 1, 6]
    assert not faults()


def test_the_same_source_again_is_the_same_entry(books):
    with transaction():
        first = posting.post(plain(books))
    with transaction():
        again = posting.post_many([plain(books), plain(books, "other")])
    assert again[0] == posting.Posted(first.entry_id, is_new=False)
    assert again[1].is_new


def test_the_same_source_twice_in_one_transaction_is_one_entry(books):
    with transaction():
        first = posting.post(plain(books))
        again = posting.post(plain(books))
    assert again == posting.Posted(first.entry_id, is_new=False)


def test_many_are_handed_over_some_at_a_time_in_their_order(books, monkeypatch):
    monkeypatch.setattr(posting, "AT_A_TIME", 3)
    with transaction():
        known = posting.post(plain(books, "n:4"))
    many = [plain(books, f"n:{number}") for number in range(8)]
    with transaction():
        posted = posting.post_many(iter(many))
    assert [each.is_new for each in posted] == [number != 4 for number in range(8)]
    assert posted[4].entry_id == known.entry_id
    assert [entries.entry(each.entry_id).source for each in posted] == [each.source for each in many]
    assert not faults()


@pytest.mark.parametrize(
    ("last", "error"),
    [
        ({"amount": "0.00"}, rules.EntryInvalid),
        ({"source": "n:0"}, errors.SourceReused),
        ({"source": "known"}, errors.SourceReused),
        ({"journal": "ZZ"}, errors.UnknownJournal),
    ],
)
def test_a_fault_among_the_last_leaves_nothing_of_the_first(books, monkeypatch, last, error):
    """Even where whoever asked goes on and commits."""
    monkeypatch.setattr(posting, "AT_A_TIME", 2)
    with transaction():
        posting.post(plain(books, "known"))
    many = [plain(books, f"n:{number}") for number in range(6)]
    many.append(plain(books, **{"source": "n:6", "amount": "99.00", **last}))
    with transaction():
        with pytest.raises(error):
            posting.post_many(many)
        posting.post(plain(books, "after"))
    assert ledger.balances(books)["6121"] == Decimal("24.68")
    assert not faults()


def test_a_known_source_with_other_content_is_refused(books):
    with transaction():
        posting.post(plain(books))
    with pytest.raises(errors.SourceReused) as refused, transaction():
        posting.post(plain(books, amount="12.35"))
    assert refused.value.data == {"source": "t:1"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"account": "6999"}, errors.UnknownAccount),
        ({"account": "612"}, errors.UnknownAccount),
        ({"journal": "ZZ"}, errors.UnknownJournal),
        ({"on": date(2019, 1, 1)}, errors.NoFiscalYear),
        ({"activity": 2_000_000_000}, errors.UnknownActivity),
    ],
)
def test_what_the_enterprise_does_not_know_is_named(books, change, error):
    lines = (
        DraftLine(
            account=change.get("account", "6121"),
            activity_id=change.get("activity", activity(books, "POT")),
            debit=Decimal("1.00"),
        ),
        DraftLine(account="5141", activity_id=change.get("activity", activity(books, "POT")), credit=Decimal("1.00")),
    )
    wrong = Draft(
        enterprise_id=books,
        journal=change.get("journal", "OD"),
        on=change.get("on", date(2026, 1, 1)),
        label="",
        source="w",
        lines=lines,
    )
    with pytest.raises(error), transaction():
        posting.post(wrong)


def test_an_entry_balances_in_each_activity(books):
    uneven = draft(books, ("6121", "POT", "D", "1.00"), ("5141", "TIS", "C", "1.00"))
    with pytest.raises(rules.EntryInvalid):
        posting.post(uneven)


def test_the_database_refuses_what_the_rules_let_by(books, monkeypatch):
    monkeypatch.setattr(rules, "check", lambda _: None)
    for number, lines in enumerate(
        [
            (("6121", "POT", "D", "1.00"), ("5141", "TIS", "C", "1.00")),
            (("6121", "POT", "D", "1.00"), ("5141", "POT", "C", "1.01")),
        ]
    ):
        with pytest.raises(errors.Unbalanced), transaction():
            posting.post(draft(books, *lines, source=f"wrong:{number}"))


def owed(code: str, side: str, *, by: str = "1601", amount: str = "1.00") -> tuple[tuple[str, str, str, str], ...]:
    """What an activity owes another one, or is owed."""
    other = "C" if side == "D" else "D"
    return (("6121", code, side, amount), (by, code, other, amount))


@pytest.mark.parametrize("by", ["1601", "9211"])
def test_what_activities_owe_one_another_cancels_out_in_each_entry(books, monkeypatch, by):
    alone = draft(books, *owed("POT", "D", by=by), source="alone")
    uneven = draft(books, *owed("POT", "D", by=by), *owed("TIS", "C", by=by, amount="0.99"), source="uneven")
    even = draft(books, *owed("POT", "D", by=by), *owed("TIS", "C", by=by), source="even")
    for wrong in (alone, uneven):
        with pytest.raises(rules.EntryInvalid) as refused:
            posting.post(wrong)
        assert [problem.where for problem in refused.value.problems] == ["lines"]
    with transaction():
        posting.post(even)
    monkeypatch.setattr(rules, "check", lambda _: None)
    for wrong in (alone, uneven):
        with pytest.raises(errors.InternalLeft), transaction():
            posting.post(wrong)
        with pytest.raises(errors.InternalLeft), transaction():
            posting.post_many([replace(even, source="even again"), wrong])
    assert set(ledger.balances(books).values()) == {Decimal("0.00")}
    assert not faults()


def test_a_reversal_is_the_exact_mirror_once(books):
    with transaction():
        entry_id = posting.post(plain(books)).entry_id
    with transaction():
        mirror = posting.reverse(books, entry_id, date(2026, 2, 1), "Erreur de montant")
    seen = entries.entry(mirror.entry_id)
    assert [(line.account, line.debit, line.credit) for line in seen.lines] == [
        ("6121", Decimal("0.00"), Decimal("12.34")),
        ("5141", Decimal("12.34"), Decimal("0.00")),
    ]
    assert (seen.reverses_id, entries.entry(entry_id).reversed_by_id) == (entry_id, mirror.entry_id)
    with transaction():
        assert posting.reverse(books, entry_id, date(2026, 2, 1), "Erreur de montant").is_new is False
    with pytest.raises(errors.AlreadyReversed), transaction():
        posting.reverse(books, entry_id, date(2026, 2, 2), "Encore", source="again")
    with pytest.raises(errors.ReversalOfReversal), transaction():
        posting.reverse(books, mirror.entry_id, date(2026, 2, 2), "Extourne d’extourne")
    assert set(ledger.balances(books).values()) == {Decimal("0.00")}
    assert not faults()


def test_a_reversal_does_not_come_before_its_original(books):
    with transaction():
        entry_id = posting.post(plain(books)).entry_id
    with pytest.raises(errors.ReversalBeforeOriginal), transaction():
        posting.reverse(books, entry_id, date(2026, 1, 1), "Trop tôt")


def test_a_closed_month_receives_nothing_and_is_closed_in_order(books):
    with transaction():
        entry_id = posting.post(plain(books)).entry_id
    with pytest.raises(errors.EarlierMonthOpen, match="01/2026"), transaction():
        periods.close(books, date(2026, 2, 1))
    with transaction():
        periods.close(books, date(2026, 1, 1))
    with pytest.raises(errors.PeriodClosed), transaction():
        posting.post(plain(books, "late"))
    with pytest.raises(errors.PeriodClosed), transaction():
        periods.close(books, date(2026, 1, 1))
    with transaction():
        posting.reverse(books, entry_id, date(2026, 2, 1), "Extourne dans un mois ouvert")
    assert periods.first_open(books) == date(2026, 2, 1)
    assert not faults()


def test_frozen_and_open_months_make_one_balance(books):
    with transaction():
        for month in (1, 2, 3):
            for code in ("POT", "TIS"):
                lines = (("7121", code, "C", f"{month}00.00"), ("5141", code, "D", f"{month}00.00"))
                posting.post(draft(books, *lines, on=date(2026, month, 20), source=f"{code}:{month}"))
    before = ledger.trial_balance(books)
    with transaction():
        periods.close(books, date(2026, 1, 1))
        periods.close(books, date(2026, 2, 1))
    assert ledger.trial_balance(books) == before
    assert ledger.balances(books, on=date(2026, 1, 31))["5141"] == Decimal("200.00")
    assert ledger.balances(books, on=date(2026, 2, 19))["5141"] == Decimal("200.00")
    assert ledger.balances(books, activity(books, "POT"), on=date(2026, 3, 31))["7121"] == Decimal("-600.00")
    rows = ledger.trial_balance(books, activity(books, "TIS"), from_on=date(2026, 2, 1), to_on=date(2026, 3, 31))
    assert [(row.account, row.opening, row.debit, row.credit, row.balance) for row in rows] == [
        ("5141", Decimal("100.00"), Decimal("500.00"), Decimal("0.00"), Decimal("600.00")),
        ("7121", Decimal("-100.00"), Decimal("0.00"), Decimal("500.00"), Decimal("-600.00")),
    ]
    assert not faults()


def test_pages_of_the_general_ledger_carry_the_true_balance(books):
    with transaction():
        posting.post_many(
            [plain(books, f"p:{n}", date(2026, 1 + n % 3, 1 + n), amount=f"{n + 1}.00") for n in range(9)]
        )
        periods.close(books, date(2026, 1, 1))
    whole = ledger.general_ledger(books, account="6121", limit=100)
    paged, after = [], None
    while True:
        page = ledger.general_ledger(books, account="6121", after=after, limit=2)
        paged += page.rows
        after = page.next
        if after is None:
            break
    assert paged == whole.rows
    assert whole.closing == Decimal("45.00") == whole.rows[-1].balance
    later = ledger.general_ledger(books, account="6121", from_on=date(2026, 2, 1))
    assert later.opening == ledger.balances(books, on=date(2026, 1, 31))["6121"]


def test_nothing_posted_changes_or_goes(books):
    with transaction():
        posting.post(plain(books))
    for statement in ("update entry set label = ''", "delete from entry_line", "truncate entry_seal"):
        with pytest.raises(errors.NotYours), transaction():
            session.execute(sa.text(statement))


def test_a_year_before_a_closed_month_stays_shut(books):
    with transaction():
        periods.close(books, date(2026, 1, 1))
    with pytest.raises(errors.PeriodClosed), transaction():
        periods.ensure_year(books, date(2025, 6, 1))


def test_an_entrepreneur_reads_their_activity_alone_and_posts_no_free_entry(books):
    with transaction():
        person = build.person(role="entrepreneur", enterprise=books, activity=activity(books, "POT"))
        foreign = draft(books, ("6121", "TIS", "D", "5.00"), ("5141", "TIS", "C", "5.00"), source="tis")
        other = posting.post(foreign).entry_id
        own = plain(books, "own")
        posted = posting.post(own).entry_id
    with walls.person(person):
        assert entries.entry(posted).total == Decimal("12.34")
        with pytest.raises(Exception, match="Introuvable"):
            entries.entry(other)
        for one in (foreign, replace(own, source="free")):
            with pytest.raises(errors.NotYours), transaction():
                posting.post(one)
            with pytest.raises(errors.NotYours), transaction():
                posting.post_many([one])
        assert session.execute(sa.text("select count(*) from entry_line")).scalar_one() == 2


def test_no_scope_sees_no_row(books):
    with transaction():
        posting.post(plain(books))
    with walls.token("forged"):
        for table in ("entry", "entry_line", "entry_seal", "enterprise", "activity", "membership", "person"):
            assert session.execute(sa.text(f"select count(*) from {table}")).scalar_one() == 0, table
