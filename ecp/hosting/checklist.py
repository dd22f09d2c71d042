"""What still waits before a month can be closed: counted, with where to look."""

from dataclasses import dataclass
from datetime import date

from ecp.accounting import month_readings, periods, suspense
from ecp.accounting.suspense import Uncleared
from ecp.hosting import contracts, hosted
from ecp.sales import reading


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing to look at: its key (worded by the page), how many there are; the accounts, where it is about some."""

    key: str
    count: int
    accounts: tuple[Uncleared, ...] = ()


def of(enterprise_id: int, month: date) -> list[Waiting]:
    """List what waits at the end of a month; nothing of it stops the run but an earlier month left open.

    What is not issued or posted by then belongs to a later month, so that it is told while there is a choice.
    """
    last = month_readings.last_day(month)
    activities = [each.id for each in hosted.in_month(enterprise_id, month)]
    agreed = contracts.levies_by_activity(enterprise_id, activities, month=month)
    first = periods.first_open(enterprise_id)
    earlier = (month.year - first.year) * 12 + month.month - first.month if first and first < month else 0
    counted = reading.waiting(enterprise_id, until=last)
    accounts = tuple(suspense.left(enterprise_id, last))
    return [
        Waiting(key="earlier_months", count=earlier),
        *(Waiting(key=each, count=counted[each]) for each in ("documents", "unissued", "purchases")),
        Waiting(key="suspense", count=len(accounts), accounts=accounts),
        Waiting(key="without_levy", count=sum(not found for found in agreed.values())),
    ]
