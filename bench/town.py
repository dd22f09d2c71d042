"""An enterprise of a thousand activities with as many entries as one wants, through the bulk door."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from ecp import enterprises, money
from ecp.accounting import opening, periods, posting
from ecp.accounting.posting import Draft, DraftLine
from ecp.db import session, transaction

FIRST, LAST_CLOSED, LAST = date(2024, 12, 1), date(2026, 9, 30), date(2026, 11, 25)
OPEN_ENTRIES, AT_A_TIME = 10_000, 20_000


@dataclass(frozen=True)
class Town:
    """An enterprise and its activities."""

    enterprise_id: int
    activities: list[int]


def build(code: str, *, activities: int, entries: int, closed: bool = True) -> Town:
    """Open an enterprise and post entries of three lines: the last two months are open and always the same."""
    with transaction():
        made = opening.open_enterprise(code=code, name=code, opened_on=FIRST.replace(month=1, day=1))
        periods.ensure_year(made.id, date(2025, 1, 1))
        periods.ensure_year(made.id, date(2026, 1, 1))
        rows = [{"e": made.id, "code": f"A{place}", "on": FIRST} for place in range(activities)]
        session.execute(
            sa.text("insert into activity (enterprise_id, code, name, opened_on) values (:e, :code, :code, :on)"), rows
        )
        hosted = [each.id for each in enterprises.activities(made.id) if not each.is_structure]
    town = Town(made.id, hosted)
    pending: list[Draft] = []
    for draft in _drafts(town, entries):
        pending.append(draft)
        if len(pending) == AT_A_TIME:
            _post(pending)
    _post(pending)
    with transaction():
        posting.refresh_statistics()
    if closed:
        for period in [each.month for each in periods.all_of(made.id) if each.month <= LAST_CLOSED]:
            with transaction():
                periods.close(made.id, period)
    return town


def _post(pending: list[Draft]) -> None:
    if pending:
        with transaction():
            posting.post_many(pending)
        pending.clear()


def _drafts(town: Town, entries: int) -> Iterator[Draft]:
    chance = random.Random(20)
    old = entries - OPEN_ENTRIES
    span = (LAST_CLOSED - FIRST).days
    for place in range(old):
        yield sale(town, FIRST + timedelta(days=place * span // old), chance, f"old:{place}")
    for place in range(OPEN_ENTRIES):
        yield sale(town, date(2026, 10, 1) + timedelta(days=place * 55 // OPEN_ENTRIES), chance, f"open:{place}")


def sale(town: Town, on: date, chance: random.Random, source: str, journal: str = "VT") -> Draft:
    """A sale paid at once: bank, sales, VAT."""
    net = chance.randrange(1_000, 900_000)
    vat = net // 5
    activity = chance.choice(town.activities)
    lines = (
        DraftLine(account="5141", activity_id=activity, debit=money.from_centimes(net + vat)),
        DraftLine(account=chance.choice(("7121", "7124")), activity_id=activity, credit=money.from_centimes(net)),
        DraftLine(account="445520", activity_id=activity, credit=Decimal(vat).scaleb(-2)),
    )
    return Draft(
        enterprise_id=town.enterprise_id,
        journal=journal,
        on=on,
        label=f"Vente {source}",
        source=source,
        document=source,
        lines=lines,
    )
