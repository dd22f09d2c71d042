"""What needs an entrepreneur today, from the books: money missing, customers who are late, suppliers who wait."""

from collections.abc import Iterator

from ecp import money
from ecp.hosting import late, owed
from ecp.hosting.cash import Available
from ecp.hosting.task import Task

_MOST = 3


def of(enterprise_id: int, activity_id: int, *, available: Available) -> list[Task]:
    """List what needs the person, the most pressing first."""
    return list(_tasks(enterprise_id, activity_id, available))


def _tasks(enterprise_id: int, activity_id: int, available: Available) -> Iterator[Task]:
    if available.amount < 0:
        yield Task(kind="missing", amount=-available.amount)
    read = owed.read(enterprise_id, [activity_id], available.on)
    for kind, found in (("late_customer", read.receivables), ("late_supplier", read.payables)):
        parties = late.by_party(found.get(activity_id, ()), available.on)
        for each in parties[:_MOST]:
            yield Task(
                kind=kind,
                party=each.first.party,
                party_id=each.first.party_id,
                document=each.first.document,
                amount=each.amount,
                days=each.days,
            )
        if rest := parties[_MOST:]:
            yield Task(kind=f"{kind}_more", amount=sum((each.amount for each in rest), money.ZERO), count=len(rest))
