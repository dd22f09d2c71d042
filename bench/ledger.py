"""The ledger beside bare PostgreSQL: posting, importing, reading at two sizes."""

import csv
import io
import random
import time
from collections.abc import Iterator
from datetime import date

import psycopg
import sqlalchemy as sa
from flask import Flask

from bench import floor, rows, town
from bench.rows import Row
from ecp import walls
from ecp.accounting import entries_import, ledger, posting
from ecp.db import session, transaction

SINGLES, CLIENTS, SHARE, IMPORTED = 1500, 8, 250, 20_000
RACES = 5
"""How often product and floor run in turn where one run would tell more of the machine than of them."""

READS = 30


def doors(app: Flask, url: str, small: town.Town) -> Iterator[Row]:
    """One client, eight clients on one journal."""
    floor.prepare(url)
    floor.one_call(url, 200, "warm")
    bare = floor.one_call(url, SINGLES, "single")
    ours = _post(app, _drafts(small, SINGLES + 200, "single"))[200:]
    reached = rows.median(bare) / rows.median(ours)
    yield Row(
        measure="single door, 1 client",
        product=1 / rows.median(ours),
        unit="entries/s",
        floor=1 / rows.median(bare),
        wanted="≥ 0.30 of the floor",
        reached=reached >= 0.30,
    )
    yield Row(
        measure="single door, 1 client, p95",
        product=1000 * rows.p95(ours),
        unit="ms",
        floor=1000 * rows.p95(bare),
        wanted="≤ 4 × the floor's p95",
        reached=rows.p95(ours) <= 4 * rows.p95(bare),
    )
    races = [
        (floor.clients(url, CLIENTS, SHARE, f"{turn}:"), _clients(app, small, f"{turn}:")) for turn in range(RACES)
    ]
    naive, speed = (rows.median(column) for column in zip(*races, strict=True))
    with app.app_context(), walls.system(), transaction():
        gaps = session.execute(
            sa.text("""
            select count(*) - max(number) from entry_seal s join journal j on j.enterprise_id = s.enterprise_id
              and j.id = s.journal_id where s.enterprise_id = :e and j.code = 'VT'
              and s.year_id = (select id from fiscal_year where enterprise_id = :e and opens_on = date '2026-01-01')
        """),
            {"e": small.enterprise_id},
        ).scalar_one()
    rows.agree("numbers without gap", gaps, 0)
    yield Row(
        measure="single door, 8 clients on one gapless journal",
        product=speed,
        unit="entries/s",
        floor=naive,
        wanted="≥ 0.6 of the naive floor",
        reached=speed >= 0.6 * naive,
    )


def _clients(app: Flask, small: town.Town, tag: str) -> float:
    """Several clients at once on one journal; gives entries a second."""
    drafts = [_drafts(small, SHARE, f"{tag}client{place}") for place in range(CLIENTS)]
    return CLIENTS * SHARE / rows.at_once(CLIENTS, lambda place: _post(app, drafts[place]))


def _drafts(small: town.Town, count: int, tag: str) -> list[posting.Draft]:
    chance = random.Random(tag)
    return [town.sale(small, date(2026, 11, 20), chance, f"{tag}:{place}") for place in range(count)]


def _post(app: Flask, drafts: list[posting.Draft]) -> list[float]:
    """Post each alone; gives the seconds from the call of the service to the end of the commit."""
    times = []
    with app.app_context(), walls.system():
        for draft in drafts:
            start = time.perf_counter()
            with transaction():
                posting.post(draft)
            times.append(time.perf_counter() - start)
    return times


def importing(app: Flask, url: str) -> Iterator[Row]:
    """A CSV of 20,000 entries of three lines over 100 activities, from bytes to commit."""
    floor_seconds, our_seconds = [], []
    for turn in range(RACES):
        with app.app_context(), walls.system():
            target = town.build(f"IMPORT{turn}", activities=100, entries=town.OPEN_ENTRIES, closed=False)
            chance = random.Random(7)
            entries = [town.sale(target, date(2026, 1, 1), chance, f"i:{n}") for n in range(IMPORTED)]
            data = _file(target, entries)
            with transaction():
                before = _debits(target.enterprise_id)
            start = time.perf_counter()
            with transaction():
                entries_import.post(target.enterprise_id, data)
            our_seconds.append(time.perf_counter() - start)
            with transaction():
                added = _debits(target.enterprise_id) - before
        bare = [(each.on, "Vente", f"import:{each.source}", [_bare(line) for line in each.lines]) for each in entries]
        bare_seconds, total = floor.copy(url, bare)
        floor_seconds.append(bare_seconds)
        rows.agree("debits imported", added, total)
    ours, bare_median = rows.median(our_seconds), rows.median(floor_seconds)
    yield Row(
        measure="ecp entries import, 20,000 × 3 lines, CSV to commit",
        product=IMPORTED / ours,
        unit="entries/s",
        floor=IMPORTED / bare_median,
        wanted="≥ 0.25 of COPY, check, balances",
        reached=bare_median / ours >= 0.25,
    )


def _file(target: town.Town, entries: list[posting.Draft]) -> bytes:
    codes = {each: f"A{place}" for place, each in enumerate(target.activities)}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["entry_ref", "date", "journal", "activity", "account", "debit", "credit", "label"])
    writer.writerows(
        [entry.source, entry.on, "VT", codes[line.activity_id], line.account, line.debit, line.credit, "Vente"]
        for entry in entries
        for line in entry.lines
    )
    return text.getvalue().encode()


def _bare(line: posting.DraftLine) -> floor.Line:
    return int(line.account), line.activity_id, int(line.debit * 100), int(line.credit * 100)


def _debits(enterprise_id: int) -> int:
    query = sa.text("select coalesce(sum(debit), 0)::bigint from entry_line where enterprise_id = :e")
    return int(session.execute(query, {"e": enterprise_id}).scalar_one())


def reading(app: Flask, url: str, small: town.Town, large: town.Town) -> Iterator[Row]:
    """Trial balances and a page of the general ledger, at both sizes, in SQL as the application's role."""
    ours = {}
    with app.app_context(), walls.system(), transaction():
        for name, each in (("60", small), ("600", large)):
            whole = _sql(ledger._TRIAL_OF_ENTERPRISE, {"enterprise": each.enterprise_id, "activity": None, **_DAYS})
            one = {"enterprise": each.enterprise_id, "activity": each.activities[5], **_DAYS}
            ours[name] = (whole, _sql(ledger._TRIAL_OF_ACTIVITY, one))
            with psycopg.connect(url) as connection:
                bare = connection.execute(
                    "select sum(debit)::bigint from entry_line where enterprise_id = %s", [each.enterprise_id]
                ).fetchone()
            told = sum(int(row.debit * 100) for row in ledger.trial_balance(each.enterprise_id))
            rows.agree("debits of the trial balance", told, bare and bare[0])
        page = _sql(ledger._PAGE[ledger._OF_ENTERPRISE], _place(large))
        before = _sql(ledger._BEFORE[ledger._OF_ENTERPRISE], _place(large))
    with psycopg.connect(url) as connection:
        group = "select account_id, sum(debit), sum(credit) from entry_line where enterprise_id = %s group by 1"
        bare_group = rows.median(rows.seconds(lambda: connection.execute(group, [large.enterprise_id]).fetchall(), 3))
    yield Row(
        measure="trial balance of an enterprise, 600,000 lines",
        product=ours["600"][0],
        unit="ms",
        floor=1000 * bare_group,
        wanted="≤ 10 ms",
        reached=ours["600"][0] <= 10,
    )
    yield Row(
        measure="the same beside its time at 60,000 lines",
        product=ours["600"][0],
        unit="ms",
        floor=ours["60"][0],
        wanted="≤ 1.3 × the time at 60,000",
        reached=ours["600"][0] <= 1.3 * ours["60"][0],
    )
    for size in ("60", "600"):
        yield Row(
            measure=f"trial balance of one activity, {size},000 lines",
            product=ours[size][1],
            unit="ms",
            floor=None,
            wanted="≤ 2 ms",
            reached=ours[size][1] <= 2,
        )
    yield Row(
        measure="50 rows of the general ledger in the middle of 200,000",
        product=page + before,
        unit="ms",
        floor=None,
        wanted="≤ 3 ms",
        reached=page + before <= 3,
    )


_DAYS = {"eve": None, "last": date(2026, 11, 30)}


def _place(large: town.Town) -> dict[str, object]:
    account = session.execute(
        sa.text("select id from account where enterprise_id = :e and number = '5141'"), {"e": large.enterprise_id}
    ).scalar_one()
    row = session.execute(
        sa.text("""
            select day, entry_id, position from entry_line where enterprise_id = :e and account_id = :a
            order by day, entry_id, position offset 100000 limit 1
        """),
        {"e": large.enterprise_id, "a": account},
    ).one()
    return {
        "enterprise": large.enterprise_id,
        "activity": None,
        "account": account,
        "day": row.day,
        "entry": row.entry_id,
        "position": row.position,
        "last": date.max,
        "limit": 51,
    }


def _sql(query: sa.TextClause, values: dict[str, object]) -> float:
    """The median time PostgreSQL itself says it took, in milliseconds; the driver prepares what it repeats."""
    told = sa.text(f"explain (analyze, format json, timing off) {query.text}")
    found = []
    for _ in range(READS):
        plan = session.execute(told, values).scalar_one()[0]
        found.append(plan["Execution Time"])
    return rows.median(found)
