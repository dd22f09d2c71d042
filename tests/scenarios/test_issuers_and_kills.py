"""Sixteen issuers, every tenth transaction given up, the database killed in the middle: no gap, nothing lost."""

import os
import signal
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import sqlalchemy as sa

from config import Settings
from ecp import parties, walls
from ecp.accounting import verify
from ecp.db import session, transaction
from ecp.sales import documents, issuing
from ecp.sales import verify as sales_verify
from ecp.sales.documents import Item
from tests import build

ISSUERS, INVOICES, GIVEN_UP = 16, 400, 10
TODAY = date(2026, 3, 10)


class GivenUp(Exception):
    """Somebody changed their mind."""


@dataclass
class Log:
    """What was acknowledged, kept outside the database."""

    numbers: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def issue_one(shop, key: str) -> str:
    items = [Item(description="Bol", quantity=Decimal(1), unit_price=Decimal("10.00"), vat_category="standard")]
    with transaction():
        made = documents.draft(
            enterprise_id=shop[0], activity_id=shop[1], party_id=shop[2], items=items, on=TODAY, key=key
        )
        number = issuing.issue(made, on=TODAY)
        if int(key.split(":")[1]) % GIVEN_UP == 0 and key.startswith("give"):
            raise GivenUp
    return number


def issuer(app, shop, share: range, log: Log) -> None:
    with app.app_context():
        for place in share:
            keys = [f"give:{place}", f"keep:{place}"] if place % GIVEN_UP == 0 else [f"keep:{place}"]
            for key in keys:
                until = time.monotonic() + 60
                while time.monotonic() < until:
                    try:
                        with walls.system():
                            number = issue_one(shop, key)
                    except GivenUp:
                        break
                    except (sa.exc.DBAPIError, sa.exc.InvalidRequestError):
                        session.remove()
                        time.sleep(0.2)
                        continue
                    with log.lock:
                        log.numbers.append(number)
                    break


def postmaster(settings: Settings) -> int:
    with psycopg.connect(settings.database_url) as connection:
        folder = connection.execute("show data_directory").fetchone()[0]
    return int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])


def test_numbers_have_no_gap_whatever_fails(place):
    settings, app = place
    with app.app_context(), walls.system():
        with transaction():
            enterprise = build.enterprise()
            activity = build.activity(enterprise)
            party = parties.add(enterprise.id, activity.id, name="Client fictif")
        shop = (enterprise.id, activity.id, party)
    log = Log()
    share = INVOICES // ISSUERS
    threads = [
        threading.Thread(target=issuer, args=(app, shop, range(n * share + 1, (n + 1) * share + 1), log))
        for n in range(ISSUERS)
    ]
    for thread in threads:
        thread.start()
    while len(log.numbers) < INVOICES // 2:
        time.sleep(0.05)
    os.kill(postmaster(settings), signal.SIGKILL)
    for thread in threads:
        thread.join()
    with app.app_context(), walls.system():
        numbers = [
            row[0] for row in session.execute(sa.text("select serial from sales_document where number is not null"))
        ]
        assert sorted(numbers) == list(range(1, INVOICES + 1))
        known = set(session.execute(sa.text("select number from sales_document where number is not null")).scalars())
        assert set(log.numbers) <= known
        assert len(set(log.numbers)) == INVOICES
        faults = [each.fault for each in [*verify.run(), *sales_verify.run()] if each.fault]
        assert faults == []
