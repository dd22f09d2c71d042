"""The house that the tests of a month's end live in."""

from datetime import UTC, datetime

import pytest

from ecp import clock, enterprises, walls
from ecp.db import transaction
from ecp.hosting import contracts
from tests import build
from tests.month.books import MONTH, House


@pytest.fixture
def houses(db):
    """Make as many as a test wants, all alike."""
    clock.stop(datetime(2026, 2, 3, 9, 0, tzinfo=UTC))
    with walls.system():
        yield _house
    clock.stop(None)


@pytest.fixture
def house(houses):
    return houses()


def _house() -> House:
    with transaction():
        enterprise = build.enterprise(opened_on=MONTH)
        potter = build.activity(enterprise, name="Poterie")
        weaver = build.activity(enterprise, name="Tissage")
    with transaction():
        contract = contracts.sign(enterprise_id=enterprise.id, activity_id=potter.id, starts_on=MONTH)
    return House(
        enterprise_id=enterprise.id,
        structure_id=enterprises.structure(enterprise.id).id,
        potter=potter.id,
        weaver=weaver.id,
        contract=contract,
    )
