"""The month run: what one clean run leaves, and that nothing else is left however it goes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from ecp import clock, outgoing
from ecp.accounting import periods, posting
from ecp.accounting.errors import EarlierMonthOpen
from ecp.db import session, transaction
from ecp.errors import Refused
from ecp.hosting import behind, contracts, errors, month, portfolio, printing
from ecp.hosting.levies import Base
from ecp.hosting.printing import Sheet
from tests import build
from tests.month import books
from tests.month.books import MONTH, House


class Killed(BaseException):
    """The worker is gone."""


def agree(house: House) -> None:
    """Both activities pay ten percent and fifty dirhams for the fund."""
    with transaction():
        contract = contracts.sign(enterprise_id=house.enterprise_id, activity_id=house.weaver, starts_on=MONTH)
        for contract_id in (house.contract, contract):
            contracts.add_levy(books.contribution_terms(), enterprise_id=house.enterprise_id, contract_id=contract_id)
            contracts.add_levy(
                books.contribution_terms(
                    code="fund", label="Fonds", base=Base.FIXED, brackets=(), fixed=Decimal("50.00")
                ),
                enterprise_id=house.enterprise_id,
                contract_id=contract_id,
            )


def run_to_the_end(house: House) -> month.Run:
    """What the worker does."""
    while True:
        with transaction():
            run = month.advance(house.enterprise_id, MONTH)
        if not run.goes_on:
            break
    printed = 1
    while printed:
        with transaction():
            printed = printing.print_some(link=lambda _: "http://here", render=quickly)
    with transaction():
        printing.settle()
    return month.of(house.enterprise_id, MONTH)


def quickly(sheets: list[Sheet]) -> list[bytes]:
    """Papers without typst."""
    return [f"{sheet.statement.digest} {sheet.language}".encode() for sheet in sheets]


def start(house: House) -> month.Run:
    with transaction():
        return month.start(house.enterprise_id, MONTH)


def left(house: House) -> dict[str, list[tuple[object, ...]]]:
    """All that a run leaves in the tables, but the ids."""
    of = {"enterprise_id": house.enterprise_id}
    queries = {
        "statements": "select cast(figures - 'enterprise' as text) from monthly_statement"
        " where enterprise_id = :enterprise_id",
        "levies": "select code, month, sequence, base, amount from levy_result where enterprise_id = :enterprise_id",
        "balances": "select a.number, sum(l.debit - l.credit), count(*) from entry_line l"
        " join account a on a.enterprise_id = l.enterprise_id and a.id = l.account_id"
        " where l.enterprise_id = :enterprise_id group by l.activity_id, a.number",
        "mails": "select count(*) from mail where enterprise_id = :enterprise_id",
    }
    return {name: sorted(tuple(row) for row in session.execute(sa.text(query), of)) for name, query in queries.items()}


@pytest.fixture
def ready(house):
    books.first_month(house)
    agree(house)
    return house


def test_a_clean_run_posts_closes_freezes_and_prints(ready):
    assert start(ready).state == "levies"
    run = run_to_the_end(ready)
    assert (run.state, run.done, run.total, run.reason) == ("done", 2, 2, "")
    assert periods.is_closed(ready.enterprise_id, MONTH)
    statement = printing.one(ready.enterprise_id, ready.potter, MONTH)
    figures = statement.figures
    assert figures.cash_opening == Decimal("0.00")
    assert figures.cash_closing == Decimal("610.00")  # 600 of the customer, 120 at the till, less 60 and 50
    assert {move.key: move.amount for move in figures.cash_moves} == {
        "customers": Decimal("720.00"),
        "levies": Decimal("-110.00"),
    }
    assert figures.result == Decimal("690.00")  # 1 100 sold, 300 of materials, 110 of levies
    assert figures.available == Decimal("190.00")  # less 120 of VAT and 300 to the supplier
    assert [each.amount for each in figures.receivables] == [Decimal("600.00")]
    assert [each.amount for each in figures.payables] == [Decimal("300.00")]


def test_the_portfolio_is_written_with_the_statements(ready):
    start(ready)
    run_to_the_end(ready)
    found = portfolio.read(ready.enterprise_id, on=date(2026, 1, 31)).standings
    now = next(each for each in found if each.activity_id == ready.potter)
    assert (now.turnover, now.available, now.quiet_days) == (Decimal("1100.00"), Decimal("190.00"), 6)


def test_a_second_run_changes_nothing(ready):
    start(ready)
    run_to_the_end(ready)
    before = left(ready)
    assert start(ready).state == "done"
    assert run_to_the_end(ready).state == "done"
    assert left(ready) == before


@pytest.mark.parametrize("step", ["post", "close", "freeze", "print", "note", "move"])
def test_a_run_killed_at_any_step_and_started_again_leaves_what_a_clean_one_leaves(houses, monkeypatch, step):
    clean, killed = houses(), houses()
    for house in (clean, killed):
        books.first_month(house)
        agree(house)
        build.person(role="entrepreneur", enterprise=house.enterprise_id, activity=house.potter, language="fr")
        start(house)
    run_to_the_end(clean)
    where = {
        "post": (month.contribution, "post"),
        "close": (month.periods, "close"),
        "freeze": (month.portfolio, "write"),
        "print": (outgoing, "write"),
        "note": (month, "_note"),
        "move": (month, "_move"),
    }[step]
    original = getattr(*where)

    def dies(*args: object, **kwargs: object) -> None:
        original(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(*where, dies)
    with pytest.raises(Killed):
        run_to_the_end(killed)
    monkeypatch.undo()
    assert run_to_the_end(killed).state == "done"
    assert left(killed) == left(clean)


def test_what_fails_for_one_activity_is_told_and_stops_no_other(ready, monkeypatch):
    original = posting.post_many

    def refuses(drafts: list[posting.Draft]) -> list[posting.Posted]:
        if any(line.activity_id == ready.weaver for draft in drafts for line in draft.lines):
            raise Refused
        return original(drafts)

    monkeypatch.setattr(posting, "post_many", refuses)
    start(ready)
    run = run_to_the_end(ready)
    assert run.state == "incomplete"
    assert run.reason.startswith("1 activités restent")
    told = {each.activity_id: (each.state, each.reason) for each in month.outcomes(ready.enterprise_id, MONTH)}
    assert told == {ready.potter: ("done", ""), ready.weaver: ("failed", "L’opération est refusée.")}
    assert not periods.is_closed(ready.enterprise_id, MONTH)
    assert books.class_9_and_liaison(ready, ready.potter) == {"9211": Decimal("110.00")}
    monkeypatch.undo()
    assert start(ready).attempt == 2
    assert run_to_the_end(ready).state == "done"
    assert books.class_9_and_liaison(ready, ready.weaver) == {"9211": Decimal("110.00")}


def test_a_month_that_is_not_over_is_refused(ready):
    clock.stop(datetime(2026, 1, 31, 12, 0, tzinfo=UTC))
    with pytest.raises(errors.MonthNotOver):
        start(ready)


def test_months_are_closed_in_order(ready):
    clock.stop(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    with pytest.raises(EarlierMonthOpen), transaction():
        month.start(ready.enterprise_id, date(2026, 2, 1))


def test_frozen_figures_cannot_be_changed(ready):
    start(ready)
    run_to_the_end(ready)
    for statement in ("update monthly_statement set digest = ''", "delete from monthly_statement"):
        with pytest.raises(sa.exc.DBAPIError), session.begin_nested():
            session.execute(sa.text(statement))


def test_each_reader_gets_a_paper_in_their_language_and_one_mail(ready):
    build.person(role="entrepreneur", enterprise=ready.enterprise_id, activity=ready.potter, language="ar")
    build.person(role="entrepreneur", enterprise=ready.enterprise_id, activity=ready.potter, language="fr")
    start(ready)
    run_to_the_end(ready)
    mails = [each for each in outgoing.listed() if each.enterprise_id == ready.enterprise_id]
    assert len(mails) == 2
    assert {outgoing.attachments(each.id)[0].content[-2:] for each in mails} == {b"ar", b"fr"}


def test_a_real_paper_is_the_same_twice(ready):
    start(ready)
    run_to_the_end(ready)
    statement = printing.one(ready.enterprise_id, ready.weaver, MONTH)
    assert printing.pdf(statement, "en") == printing.pdf(statement, "en")


def test_each_figure_is_the_sum_of_the_lines_behind_it(ready):
    start(ready)
    run_to_the_end(ready)
    of = (ready.enterprise_id, ready.potter)
    figures = printing.one(*of, MONTH).figures
    for section, rows in (("sales", figures.sales), ("costs", figures.costs), ("levies", figures.levies)):
        for row in rows:
            key = row.key.partition(":")[2]
            assert behind.of_month(*of, MONTH, section=section, key=key).total == row.month, row
    for move in figures.cash_moves:
        assert behind.of_month(*of, MONTH, section="moves", key=move.key).total == move.amount, move
    for term in figures.terms:
        assert behind.of_term(*of, figures.last_day, key=term.key).total == term.amount, term


def test_a_figure_that_does_not_exist_has_no_lines(ready):
    for section, key in (("sales", "nothing"), ("nothing", "rent"), ("moves", "nothing")):
        with pytest.raises(errors.StatementNotFound):
            behind.of_month(ready.enterprise_id, ready.potter, MONTH, section=section, key=key)
