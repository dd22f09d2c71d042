"""The month's end of a thousand activities, and the front pages of the three roles, with 600,000 lines behind them."""

import threading
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import psycopg
import sqlalchemy as sa
from flask import Flask

from bench import rows, town
from bench.rows import Row
from ecp import walls
from ecp.db import database as flask_database
from ecp.db import session, transaction
from ecp.hosting import contracts, month, portfolio
from ecp.hosting.levies import Base, Bracket, Levy

MONTH = date(2026, 10, 1)
AT_ONCE, PAGES = 16, 20


def closing(app: Flask, large: town.Town) -> Iterator[Row]:
    """Levies, closing and figures of every activity, in slices as the worker does them."""
    with app.app_context(), walls.system():
        with transaction():
            for activity in large.activities:
                signed = contracts.sign(enterprise_id=large.enterprise_id, activity_id=activity, starts_on=town.FIRST)
                terms = Levy(
                    code="contribution",
                    label="Contribution",
                    base=Base.COLLECTED_NET,
                    brackets=(Bracket(None, Decimal("0.10")),),
                    starts_on=MONTH,
                    expense_account="9211",
                    income_account="9711",
                )
                contracts.add_levy(terms, enterprise_id=large.enterprise_id, contract_id=signed)
        start = time.perf_counter()
        with transaction():
            run = month.start(large.enterprise_id, MONTH)
        while run.state not in {"printing", "done", "incomplete"}:
            with transaction():
                run = month.advance(large.enterprise_id, MONTH)
        elapsed = time.perf_counter() - start
        with transaction():
            made = session.execute(
                sa.text("select count(*) from monthly_statement where enterprise_id = :e"), {"e": large.enterprise_id}
            ).scalar_one()
        rows.agree("statements", made, len(large.activities))
    yield Row(
        measure="month-end of 1,000 activities at 600,000 lines",
        product=elapsed,
        unit="s",
        floor=None,
        wanted="≤ 120 s (papers follow as jobs)",
        reached=elapsed <= 120,
    )


def front_pages(app: Flask, url: str, large: town.Town) -> Iterator[Row]:
    """Three front pages, sixteen readers at a time, beside a bare driver that makes the same reads."""
    with app.app_context(), walls.system():
        with transaction():
            portfolio.refresh(large.enterprise_id, date(2026, 11, 1))
            people = {
                role: session.execute(
                    sa.text("select person_create(:email, :name, 'fr', '', false)"),
                    {"email": f"{role}@bench.example", "name": role},
                ).scalar_one()
                for role in ("entrepreneur", "accountant", "coordinator")
            }
            for role, person in people.items():
                session.execute(
                    sa.text(
                        "insert into membership (person_id, role, enterprise_id, activity_id) values (:p, :r, :e, :a)"
                    ),
                    {
                        "p": person,
                        "r": role,
                        "e": large.enterprise_id,
                        "a": large.activities[0] if role == "entrepreneur" else None,
                    },
                )
        tokens = {role: walls.open_session(person) for role, person in people.items()}
    for role, address in (
        ("entrepreneur", "/mon-argent"),
        ("accountant", "/comptabilite"),
        ("coordinator", "/portefeuille"),
    ):
        statements = _recorded(app, tokens[role], address)
        ours = _crowd(lambda place, token=tokens[role], address=address: _visit(app, token, address), PAGES)
        bare = _crowd(lambda place, said=statements, token=tokens[role]: _bare(url, said, token), PAGES)
        ratio = bare[0] / ours[0]
        yield Row(
            measure=f"{address}, 16 at a time ({len(statements)} reads)",
            product=AT_ONCE * PAGES / ours[0],
            unit="pages/s",
            floor=AT_ONCE * PAGES / bare[0],
            wanted="≥ 0.35 of a bare-driver page",
            reached=ratio >= 0.35,
        )
        yield Row(
            measure=f"{address}, p95",
            product=1000 * rows.p95(ours[1]),
            unit="ms",
            floor=1000 * rows.p95(bare[1]),
            wanted="≤ 3 × the floor's p95",
            reached=rows.p95(ours[1]) <= 3 * rows.p95(bare[1]),
        )


def _visit(app: Flask, token: str, address: str) -> None:
    """A visit of a reader who has signed in; each keeps their browser, as the bare driver keeps its connection."""
    if getattr(_BROWSERS, "token", None) != token:
        _BROWSERS.made, _BROWSERS.token = app.test_client(), token
        with _BROWSERS.made.session_transaction() as visit:
            visit["_user_id"] = token
    answer = _BROWSERS.made.get(address)
    assert answer.status_code == 200, answer.status


def _recorded(app: Flask, token: str, address: str) -> list[tuple[str, object]]:
    """The reads that a page makes, as the driver gets them."""
    said: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "set_config" not in statement:
            said.append((statement, parameters))

    with app.app_context():
        engine = flask_database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        _visit(app, token, address)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return said


_BROWSERS, _CONNECTIONS = threading.local(), threading.local()


def _bare(url: str, said: list[tuple[str, object]], token: str) -> None:
    """The same reads under the same walls, one transaction, no application around."""
    if not hasattr(_CONNECTIONS, "made"):
        _CONNECTIONS.made = psycopg.connect(url)
    connection = _CONNECTIONS.made
    connection.execute("select set_config('ecp.token', %s, true)", [token])
    for statement, parameters in said:
        connection.execute(statement, parameters).fetchall()
    connection.rollback()


def _crowd(work: object, each: int) -> tuple[float, list[float]]:
    """Sixteen threads; gives the whole time and each page's."""
    times: list[float] = []

    def visitor(place: int) -> None:
        work(place)  # type: ignore[operator]
        for _ in range(each):
            start = time.perf_counter()
            work(place)  # type: ignore[operator]
            times.append(time.perf_counter() - start)

    return rows.at_once(AT_ONCE, visitor) * each / (each + 1), times
