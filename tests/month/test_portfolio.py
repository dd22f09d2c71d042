"""Who needs a call: signals, search and pages of the portfolio, from its summaries."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from ecp.db import session, transaction
from ecp.hosting import portfolio
from ecp.hosting.portfolio import Signal
from tests import build

TODAY = date(2026, 6, 20)
WRITE = sa.text("""
    insert into portfolio_month (enterprise_id, activity_id, month, turnover, costs, result, cash, available,
        receivables, receivables_late, levies, last_sale_on, written_at)
    values (:e, :a, :month, :turnover, 0, 0, 0, :available, 0, :late, 0, :sold, now())
""")


def months(enterprise_id: int, activity_id: int, sales: list[int], **last: Any) -> None:
    """Six months or fewer up to June 2026, in dirhams."""
    for place, sold in enumerate(sales):
        values = {"available": 1000_00, "late": 0, "sold": TODAY, **last}
        session.execute(
            WRITE,
            {
                "e": enterprise_id,
                "a": activity_id,
                "month": date(2026, 6 - len(sales) + 1 + place, 1),
                "turnover": sold * 100,
                **values,
            },
        )


@pytest.mark.parametrize(
    ("sales", "last", "signals"),
    [
        ([4000] * 6, {}, ()),
        ([4000, 4000, 4000, 3000, 3000, 3000], {}, ()),
        ([4000, 4000, 4000, 3000, 3000, 2999], {}, (Signal.FALLING,)),
        ([4000, 4000, 4000, 5000, 5000, 5000], {}, ()),
        ([4000, 4000, 4000, 5000, 5000, 5001], {}, (Signal.RISING,)),
        ([4000, 4000, 0, 0, 0], {}, ()),
        ([300, 300, 300, 0, 0, 0], {}, ()),
        ([4000] * 6, {"available": -1}, (Signal.NEGATIVE,)),
        ([4000] * 6, {"late": 1000_00}, ()),
        ([4000] * 6, {"late": 1000_01}, (Signal.LATE,)),
        ([8000] * 6, {"late": 2000_00}, ()),
        ([8000] * 6, {"late": 2000_01}, (Signal.LATE,)),
        ([4000] * 6, {"sold": date(2026, 5, 6)}, ()),
        ([4000] * 6, {"sold": date(2026, 5, 5)}, (Signal.QUIET,)),
        ([], {}, (Signal.QUIET,)),
    ],
)
def test_what_makes_a_signal(house, sales, last, signals):
    with transaction():
        months(house.enterprise_id, house.potter, sales, **last)
    found = portfolio.read(house.enterprise_id, on=TODAY, activity_id=house.potter).standings
    assert [each.signals for each in found] == [signals]


def test_who_needs_a_call_comes_first_and_counts_are_of_all(house):
    with transaction():
        months(house.enterprise_id, house.potter, [4000] * 6)
        months(house.enterprise_id, house.weaver, [4000] * 6, available=-5)
    found = portfolio.read(house.enterprise_id, on=TODAY)
    assert [each.name for each in found.standings] == ["Tissage", "Poterie"]
    assert (found.found, found.hosted, found.counts[Signal.NEGATIVE], found.counts[Signal.QUIET]) == (2, 2, 1, 0)
    chosen = portfolio.read(house.enterprise_id, on=TODAY, signal=Signal.NEGATIVE)
    assert ([each.name for each in chosen.standings], chosen.hosted) == (["Tissage"], 2)


def test_a_search_takes_signs_as_they_are_written(house):
    assert [each.name for each in portfolio.read(house.enterprise_id, on=TODAY, search=" poter ").standings] == [
        "Poterie"
    ]
    for nothing in ("%", "_", "\\"):
        assert portfolio.read(house.enterprise_id, on=TODAY, search=nothing).standings == []


def test_pages_miss_nobody(houses):
    house = houses()
    with transaction():
        for place in range(60):
            build.activity(house.enterprise_id, name=f"Atelier {place}")
    pages = [portfolio.read(house.enterprise_id, on=TODAY, page=place).standings for place in (1, 2, 3)]
    assert [len(each) for each in pages] == [25, 25, 12]
    assert len({each.activity_id for page in pages for each in page}) == 62
