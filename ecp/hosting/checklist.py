"""What still waits before a month can be closed: counted, with where to look."""

from dataclasses import dataclass
from datetime import date

from ecp.accounting import periods
from ecp.hosting import contracts, hosted


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing to look at: its key (worded by the page), how many there are."""

    key: str
    count: int


def of(enterprise_id: int, month: date) -> list[Waiting]:
    """List what waits; nothing of it stops the run but an earlier month left open."""
    activities = [each.id for each in hosted.in_month(enterprise_id, month)]
    agreed = contracts.levies_by_activity(enterprise_id, activities, month=month)
    first = periods.first_open(enterprise_id)
    earlier = (month.year - first.year) * 12 + month.month - first.month if first and first < month else 0
    return [
        Waiting(key="earlier_months", count=earlier),
        Waiting(key="without_levy", count=sum(not found for found in agreed.values())),
    ]
