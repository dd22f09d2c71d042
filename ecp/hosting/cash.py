"""Available cash of activities at the end of a day, from posted lines (DESIGN §2); amounts are dirhams."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ecp import money
from ecp.accounting import month_readings, periods
from ecp.hosting import contribution, figures, owed, snapshot
from ecp.hosting.contribution import Exercise
from ecp.hosting.snapshot import Keyed


@dataclass(frozen=True, kw_only=True)
class Available:
    """Available cash and what it is made of, each term with the sign it has in the sum."""

    on: date
    terms: tuple[Keyed, ...]

    @property
    def amount(self) -> Decimal:
        """The figure entrepreneurs decide on."""
        return snapshot.total(self.terms)


def available(enterprise_id: int, activity_id: int, *, on: date) -> Available:
    """Give the available cash of an activity at the end of a day."""
    return available_of(enterprise_id, [activity_id], on=on)[activity_id]


def available_of(enterprise_id: int, activity_ids: Sequence[int], *, on: date) -> dict[int, Available]:
    """Give the available cash of many activities at the end of a day."""
    balances = month_readings.balances(enterprise_id, activity_ids, on)
    coming = contribution.to_come(enterprise_id, activity_ids, on=on)
    refunds = owed.refunds(enterprise_id, activity_ids, on)
    return {
        activity_id: Available(
            on=on,
            terms=figures.terms(
                balances.get(activity_id, {}), coming[activity_id], refunds=refunds.get(activity_id, money.ZERO)
            ),
        )
        for activity_id in activity_ids
    }


def exercise_of(enterprise_id: int, day: date) -> Exercise:
    """Give the exercise a day belongs to."""
    year = periods.year_of(enterprise_id, day)
    return Exercise(opens_on=year.opens_on, closes_on=year.closes_on)
