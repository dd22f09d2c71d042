"""Forty kills while sixteen clients post, judged by a log of acknowledgements kept outside the database (I12).

`python -m bench.kills [KILLS]`: sessions and postmasters are killed by turns; at the end every acknowledged entry must
be there, once, and `verify` clean. Then the control: the same with a database that confirms before it has written,
which must lose some, or the judge is blind.
"""

import os
import random
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask

from bench import town
from config import Settings
from ecp import create_app, database, servers, walls
from ecp.accounting import posting, verify
from ecp.db import database as flask_database
from ecp.db import session, transaction

CLIENTS, KILLS, CONTROL_KILLS = 16, 40, 8


@dataclass
class Judge:
    """What was acknowledged, and when to stop."""

    acknowledged: list[str] = field(default_factory=list)
    doubts: int = 0
    over: threading.Event = field(default_factory=threading.Event)


def client(app: Flask, place: int, small: town.Town, judge: Judge) -> None:
    """Post until told to stop; what is in doubt is tried again with the same source."""
    chance, count = random.Random(place), 0
    with app.app_context():
        while not judge.over.is_set():
            count += 1
            draft = town.sale(
                small, date(2026, 11, 20), chance, f"k:{place}:{count}", journal="VT" if place % 2 else "OD"
            )
            while not judge.over.is_set():
                try:
                    with walls.system(), transaction():
                        posting.post(draft)
                except (sa.exc.SQLAlchemyError, psycopg.Error):
                    judge.doubts += 1
                    session.remove()
                    time.sleep(0.1)
                else:
                    judge.acknowledged.append(draft.source)
                    break


def kill(settings: Settings, turn: int) -> None:
    """Kill two sessions, or the postmaster every third time."""
    with answering(settings) as connection:
        folder = connection.execute("show data_directory").fetchone()
        pids = connection.execute("select pid from pg_stat_activity where usename = 'ecp_app'").fetchall()
    assert folder
    if turn % 3 == 0:
        os.kill(int((Path(folder[0]) / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        return
    for (pid,) in random.sample(pids, min(2, len(pids))):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def answering(settings: Settings) -> psycopg.Connection:
    """Wait until the database has recovered, at most two minutes; give a connection of the administrator's."""
    until = time.monotonic() + 120
    while True:
        try:
            return psycopg.connect(settings.database_url or "", autocommit=True, connect_timeout=5)
        except psycopg.Error:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def run(kills: int, *, durable: bool) -> tuple[int, int, int, list[str]]:
    """Give how many were acknowledged, how many of them are missing, how many were in doubt, and what verify says."""
    with tempfile.TemporaryDirectory(prefix="ecp-kills-") as place:
        given = Settings(data_dir=Path(place), secret_key="a key for killing alone")
        with servers.running(given, redis=False) as addresses:
            settings = servers.reached(given, addresses)
            database.prepare(settings)
            app = create_app(settings, patient=True)
            if not durable:
                with app.app_context():
                    sa.event.listen(flask_database.engine.pool, "checkout", _confirm_early)
            with app.app_context(), walls.system():
                small = town.build("KILLED", activities=20, entries=town.OPEN_ENTRIES, closed=False)
            judge = Judge()
            threads = [threading.Thread(target=client, args=(app, n, small, judge)) for n in range(CLIENTS)]
            for thread in threads:
                thread.start()
            for turn in range(1, kills + 1):
                time.sleep(1.5)
                kill(settings, turn if durable else 3)
            time.sleep(3)
            judge.over.set()
            for thread in threads:
                thread.join()
            answering(settings).close()
            with app.app_context():
                session.remove()
                flask_database.engine.dispose()
                with walls.system(), transaction():
                    found = session.execute(sa.text("select source from entry where source like 'k:%'")).scalars()
                    known = set(found)
                    faults = [each.fault for each in verify.run() if each.fault]
                flask_database.engine.dispose()
            missing = len([each for each in judge.acknowledged if each not in known])
            return len(judge.acknowledged), missing, judge.doubts, faults


def _confirm_early(driver: psycopg.Connection, *_: object) -> None:
    """Let a connection confirm before it has written: what the application insists on not to do."""
    driver.pgconn.exec_(b"set synchronous_commit = off")


def main() -> int:
    """Judge the product, then the judge."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    acknowledged, missing, doubts, faults = run(kills, durable=True)
    sys.stdout.write(
        f"{kills} kills: {acknowledged} acknowledged, {missing} missing,"
        f" {doubts} tries refused or in doubt, verify {faults}\n"
    )
    control, lost, _, _ = run(CONTROL_KILLS, durable=False)
    sys.stdout.write(f"control without durability: {control} acknowledged, {lost} missing (some must be)\n")
    return 0 if not missing and not faults and lost else 1


if __name__ == "__main__":
    raise SystemExit(main())
