"""A month's end killed three times in the middle leaves the same statements as one that nobody disturbed (P9)."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import sqlalchemy as sa

from ecp import walls
from ecp.db import session, transaction
from ecp.hosting import contracts
from ecp.hosting.levies import Base, Levy
from tests import build

ROOT = Path(__file__).parents[2]
MONTH, ACTIVITIES, KILLS = "2026-01", 40, 3
PROGRESS = """
    select (select count(*) from levy_result where enterprise_id = %(e)s)
        + (select count(*) from monthly_statement where enterprise_id = %(e)s)
"""


def house(code: str) -> int:
    enterprise = build.enterprise(code=code)
    for place in range(ACTIVITIES):
        activity = build.activity(enterprise, name=f"Activité {place}", code=f"A{place}")
        signed = contracts.sign(enterprise_id=enterprise.id, activity_id=activity.id, starts_on=date(2026, 1, 1))
        terms = Levy(
            code="contribution",
            label="Contribution",
            base=Base.FIXED,
            fixed=Decimal("50.00") + place,
            starts_on=date(2026, 1, 1),
            expense_account="9211",
            income_account="9711",
        )
        contracts.add_levy(terms, enterprise_id=enterprise.id, contract_id=signed)
        build.entry(enterprise.id, activity.id, amount=f"{100 + place}.00", source=f"e:{place}")
    return enterprise.id


def close(settings, code: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "ECP_DATA": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "ecp", "month", "close", MONTH, "--enterprise", code]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)


def statements(enterprise_id: int) -> list[tuple[object, ...]]:
    query = sa.text("""
        select a.code, cast(m.figures - 'enterprise' as text) from monthly_statement m
        join activity a on a.enterprise_id = m.enterprise_id and a.id = m.activity_id
        where m.enterprise_id = :e order by a.code
    """)
    return [tuple(row) for row in session.execute(query, {"e": enterprise_id})]


def test_a_killed_run_leaves_what_a_clean_one_leaves(place):
    settings, app = place
    with app.app_context(), walls.system():
        with transaction():
            killed, clean = house("KILLED"), house("CLEAN")
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            for _ in range(KILLS):
                before = connection.execute(PROGRESS, {"e": killed}).fetchone()
                process = close(settings, "KILLED")
                until = time.monotonic() + 8
                while time.monotonic() < until and process.poll() is None:
                    if connection.execute(PROGRESS, {"e": killed}).fetchone() != before:
                        break
                    time.sleep(0.005)
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        assert close(settings, "KILLED").wait() == 0
        assert close(settings, "CLEAN").wait() == 0
        with transaction():
            assert len(statements(killed)) == ACTIVITIES
            assert statements(killed) == statements(clean)
            balances = "select account_id, sum(debit), sum(credit) from entry_line where enterprise_id = :e group by 1"
            sums = [
                sorted((row[1], row[2]) for row in session.execute(sa.text(balances), {"e": each}))
                for each in (killed, clean)
            ]
            assert sums[0] == sums[1]
