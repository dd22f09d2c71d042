"""Frozen figures: written and read again without loss, told in three languages, with advice that fits."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ecp import documents
from ecp.hosting import advice, late, monthly_statement, natures, words
from ecp.hosting.levies import Step
from ecp.hosting.snapshot import Computed, Keyed, Owed, Row, Snapshot, digest, read, written

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def some(**changes: object) -> Snapshot:
    snapshot = Snapshot(
        month=date(2026, 10, 1),
        last_day=date(2026, 10, 31),
        year_opens_on=date(2026, 1, 1),
        enterprise={"name": "ECP Tanger", "ice": "001525645000089", "capital": "50000.00", "address": ["1 rue"]},
        activity="Poterie",
        people=("Zahra", "Ali"),
        terms=(Keyed("bank", Decimal("900.00")), Keyed("vat_due", Decimal("-100.00"))),
        to_come=(Keyed("customers", Decimal("120.00")),),
        sales=(Row(key="channel:fair", month=Decimal("1000.00"), year_to_date=Decimal("4000.00")),),
        costs=(Row(key="costs:rent", month=Decimal("300.00"), last_year=Decimal("290.00")),),
        levies=(Row(key="levy:contribution", label="Contribution", month=Decimal("80.00")),),
        computations=(
            Computed(
                "Contribution",
                (
                    Step("Chiffre d’affaires HT encaissé dans le mois", Decimal("1000.00")),
                    Step(
                        "%(part)s × %(bracket_rate)s",
                        Decimal("80.00"),
                        (("part", Decimal("1000.00")), ("bracket_rate", Decimal("0.08"))),
                    ),
                ),
            ),
        ),
        history=((date(2026, 9, 1), Decimal("700.00")), (date(2026, 10, 1), Decimal("1000.00"))),
        cash_opening=Decimal("200.00"),
        cash_moves=(Keyed("customers", Decimal("1200.00")), Keyed("suppliers", Decimal("-500.00"))),
        cash_closing=Decimal("900.00"),
        receivables=(
            Owed(
                party="Riad",
                document="F-1",
                since_on=date(2026, 9, 1),
                due_on=date(2026, 10, 1),
                amount=Decimal("120.00"),
            ),
        ),
    )
    return replace(snapshot, **changes)


def test_figures_are_written_and_read_without_loss():
    plain = json.loads(json.dumps(written(some())))
    assert read(plain) == replace(some(), enterprise=plain["enterprise"])
    assert digest(plain) == digest(written(some()))


def test_one_centime_changes_the_fingerprint():
    assert digest(written(some())) != digest(written(some(cash_closing=Decimal("900.01"))))


def test_figures_of_an_unknown_version_are_refused():
    with pytest.raises(ValueError, match="version 9"):
        read({**written(some()), "version": 9})


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_statement_is_set_in_each_language(language: str):
    document = monthly_statement.document(some(), made_at=AT, language=language)
    assert document.result == Decimal("620.00")
    assert documents.pdf(document, language=language).startswith(b"%PDF")


def test_a_figure_that_is_not_the_sum_of_its_parts_is_refused():
    with pytest.raises(ValueError, match="cash_closing"):
        monthly_statement.document(some(cash_closing=Decimal("1.00")), made_at=AT, language="fr")


def test_every_key_has_its_words_in_every_language():
    french = {kind: set(table) for kind, table in words._table()["fr"].items()}
    for language in ("ar", "en"):
        assert {kind: set(table) for kind, table in words._table()[language].items()} == french
    known = {
        side: {key for each, key in natures._table("natures.csv").values() if each == side} for side in natures.Side
    }
    assert known[natures.Side.SALES] <= french["sales"]
    assert known[natures.Side.COSTS] <= french["costs"]
    assert {key for _, key in natures._table("cash_moves.csv").values()} <= french["moves"]


def test_what_presses_most_comes_first():
    told = advice.of(some(terms=(Keyed("bank", Decimal("50.00")), Keyed("vat_due", Decimal("-100.00")))))
    assert [each.key for each in told] == ["missing", "late_customer", "vat"]
    assert told[0].amount == Decimal("50.00")
    assert told[1].days == 30
    assert told[2].day == date(2026, 11, 30)


def test_who_is_late_is_told_once():
    def owed(party: str, document: str, due_on: date, amount: str) -> Owed:
        return Owed(party=party, document=document, since_on=due_on, due_on=due_on, amount=Decimal(amount))

    items = (
        owed("Riad", "F-3", date(2026, 10, 1), "5.00"),
        owed("Hôtel", "F-2", date(2026, 9, 20), "70.00"),
        owed("Riad", "F-1", date(2026, 9, 10), "60.00"),
        owed("Riad", "F-9", date(2026, 10, 31), "900.00"),
        owed("", "OD-1", date(2026, 10, 2), "1.00"),
        owed("", "OD-2", date(2026, 10, 3), "2.00"),
    )
    told = late.by_party(items, date(2026, 10, 31))
    assert [(each.first.document, each.amount, each.days) for each in told] == [
        ("F-1", Decimal("65.00"), 51),
        ("F-2", Decimal("70.00"), 41),
        ("OD-1", Decimal("1.00"), 29),
        ("OD-2", Decimal("2.00"), 28),
    ]
    said = advice.of(some(terms=(), receivables=items))
    assert [(each.key, each.party, each.amount) for each in said] == [
        ("late_customer", "Hôtel", Decimal("70.00")),
        ("late_customer", "Riad", Decimal("65.00")),
    ]


def test_an_ordinary_month_says_so():
    assert [each.key for each in advice.of(some(terms=(), receivables=()))] == ["in_order"]


def test_a_cost_that_grew_is_named():
    row = Row(key="costs:supplies", month=Decimal("1500.00"), last_year=Decimal("900.00"))
    told = [each for each in advice.of(some(costs=(row,))) if each.key == "dearer"]
    assert (
        advice.sentence(told[0], "en")
        == "“Water, power, small equipment” cost 67% more than a year ago: compare prices."
    )
