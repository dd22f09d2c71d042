"""What needs an entrepreneur today, from the books: money missing, customers who are late, suppliers who wait."""

from collections.abc import Iterator

from ecp.accounting import month_readings
from ecp.hosting import figures
from ecp.hosting.cash import Available
from ecp.hosting.task import Task

_MOST = 3


def of(enterprise_id: int, activity_id: int, *, available: Available) -> list[Task]:
    """List what needs the person, the most pressing first."""
    return list(_tasks(enterprise_id, activity_id, available))


def _tasks(enterprise_id: int, activity_id: int, available: Available) -> Iterator[Task]:
    if available.amount < 0:
        yield Task(kind="missing", amount=-available.amount)
    for kind, accounts, owing in (
        ("late_customer", figures.CUSTOMERS, "debit"),
        ("late_supplier", figures.SUPPLIERS, "credit"),
    ):
        found = month_readings.open_items(enterprise_id, [activity_id], available.on, accounts=accounts, owing=owing)
        late = [each for each in found.get(activity_id, ()) if each.due_on < available.on]
        for each in sorted(late, key=lambda item: item.due_on)[:_MOST]:
            yield Task(
                kind=kind,
                party=each.party,
                document=each.document,
                amount=each.amount,
                days=(available.on - each.due_on).days,
            )
