"""Contribution and further levies of a month: measured, computed and described for many activities at once (DESIGN §2).

Amounts are dirhams, positive for what an activity pays. A levy moves money inside the enterprise, so nothing of it
touches the statutory accounts but the share of the bank: in the activity a charge of class 9 against its share of the
bank (or the liaison account), in *Structure* the mirror. Each side balances.

What is taken is a row in `levy_result`, written with its entry. Computing a month again takes the difference only, so
a run that was cut, repeated or corrected comes to what one clean run comes to. Decision 0051.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import clock, money
from ecp.accounting import month_readings, periods, posting
from ecp.db import session
from ecp.hosting import contracts, levies, snapshot
from ecp.hosting.contracts import ContractLevy
from ecp.hosting.levies import Bases, LevyResult, Settlement, YearToDate
from ecp.sales import collected

JOURNAL = "CT"
BANK = "5141"
LIAISON_WITH_STRUCTURE, LIAISON_WITH_ACTIVITIES = "1601", "1605"


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """The fiscal year a month belongs to."""

    opens_on: date
    closes_on: date


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was posted for a levy and a month so far."""

    base: Decimal = money.ZERO
    amount: Decimal = money.ZERO
    times: int = 0


@dataclass(frozen=True, kw_only=True)
class Due:
    """What a levy comes to for a month, and what of it was taken already."""

    levy: ContractLevy
    month: date
    result: LevyResult
    taken: Taken

    @property
    def left(self) -> Decimal:
        """What is still to be posted; negative where too much was taken."""
        return self.result.amount - self.taken.amount

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be written."""
        return bool(self.taken.times) and not self.left and self.result.base == self.taken.base


def compute(enterprise_id: int, activity_ids: Sequence[int], month: date, exercise: Exercise) -> dict[int, list[Due]]:
    """Compute all levies of activities for the month that begins on a day, with a handful of queries."""
    running = contracts.levies_by_activity(enterprise_id, activity_ids, month=month)
    with_levies = [activity_id for activity_id, found in running.items() if found]
    first, last = month, month_readings.last_day(month)
    measured = _measured(enterprise_id, with_levies, first, last) if with_levies else {}
    before = _before(enterprise_id, with_levies, exercise.opens_on, month)
    taken = _taken(enterprise_id, with_levies, month)
    return {
        activity_id: [
            _due(
                each,
                _Months(month, exercise),
                measured.get(activity_id, ()),
                before=before.get((activity_id, each.terms.code), Taken()),
                taken=taken.get(each.id, Taken()),
            )
            for each in found
        ]
        for activity_id, found in running.items()
    }


def _measured(
    enterprise_id: int, activity_ids: Sequence[int], first: date, last: date
) -> dict[int, list[month_readings.DayOfTurnover]]:
    """Measure what levies are computed on, day by day: what entries tell, and what was collected of invoices."""
    found = month_readings.turnover_by_day(enterprise_id, activity_ids, first, last, beside=collected.SOURCES)
    for (activity_id, day), net in collected.net_by_day(enterprise_id, activity_ids, first, last).items():
        found.setdefault(activity_id, []).append(month_readings.DayOfTurnover(on=day, collected_net=net))
    return found


@dataclass(frozen=True)
class _Months:
    """A month and the exercise it belongs to."""

    month: date
    exercise: Exercise


def _due(
    levy: ContractLevy,
    of: _Months,
    measured: Sequence[month_readings.DayOfTurnover],
    *,
    before: Taken,
    taken: Taken,
) -> Due:
    """Compute one levy, given what was measured and what the exercise took before this month and in it."""
    covered = levies.days(levy.terms, of.month)
    bases = bases_of(measured, covered) if covered else Bases()
    year = YearToDate(
        opens_on=of.exercise.opens_on, closes_on=of.exercise.closes_on, base=before.base, taken=before.amount
    )
    return Due(levy=levy, month=of.month, result=levies.compute(levy.terms, bases, of.month, year), taken=taken)


def bases_of(measured: Iterable[month_readings.DayOfTurnover], covered: tuple[date, date]) -> Bases:
    """Add up what was measured on the days that a levy covers."""
    sums = dict.fromkeys(("collected_net", "collected_gross", "invoiced_net", "margin"), money.ZERO)
    for day in measured:
        if covered[0] <= day.on <= covered[1]:
            for name in sums:
                sums[name] += getattr(day, name)
    return Bases(**sums)


def post(enterprise_id: int, dues: Sequence[Due], *, structure_id: int) -> None:
    """Post what is left of levies through the bulk door, and remember what was computed."""
    written = [due for due in dues if not due.is_settled]
    moving = [due for due in written if due.left]
    posted = posting.post_many([draft(due, structure_id=structure_id) for due in moving]) if moving else []
    entry_ids = {id(due): each.entry_id for due, each in zip(moving, posted, strict=True)}
    if written:
        rows = [_row(enterprise_id, due, entry_ids.get(id(due))) for due in written]
        session.execute(_REMEMBER, rows)


def draft(due: Due, *, structure_id: int) -> posting.Draft:
    """Describe the entry of a levy: four lines, balanced in the activity and in the structure."""
    terms, amount = due.levy.terms, due.left
    by_bank = terms.settlement is Settlement.BANK
    ours = BANK if by_bank else LIAISON_WITH_STRUCTURE
    theirs = BANK if by_bank else LIAISON_WITH_ACTIVITIES
    label = f"{terms.label} {due.month:%m/%Y}"
    activity_id = due.levy.activity_id
    return posting.Draft(
        enterprise_id=due.levy.enterprise_id,
        journal=JOURNAL,
        on=month_readings.last_day(due.month),
        label=label,
        source=source(due),
        document="",
        lines=(
            _line(terms.expense_account, activity_id, amount, label),
            _line(ours, activity_id, -amount, label),
            _line(theirs, structure_id, amount, label),
            _line(terms.income_account, structure_id, -amount, label),
        ),
    )


def source(due: Due) -> str:
    """Name the posting: the first one of a levy and a month, or a later correction of it."""
    name = f"levy:{due.levy.id}:{due.levy.activity_id}:{due.month:%Y-%m}"
    return f"{name}:{due.taken.times + 1}" if due.taken.times else name


def to_come(enterprise_id: int, activity_ids: Sequence[int], *, on: date) -> dict[int, Decimal]:
    """Say what months that no run has taken yet will take, up to a day, by activity.

    In January a December that is not closed counts too: every exercise that is still under way does.
    """
    sums = dict.fromkeys(activity_ids, money.ZERO)
    agreed = contracts.levies_of(enterprise_id, activity_ids)
    if not agreed:
        return sums
    concerned = sorted({each.activity_id for each in agreed})
    for year in periods.under_way(enterprise_id, on):
        exercise, last = Exercise(opens_on=year.opens_on, closes_on=year.closes_on), min(on, year.closes_on)
        known = _results(enterprise_id, concerned, exercise.opens_on)
        measured = _measured(enterprise_id, concerned, exercise.opens_on, last)
        for activity_id in concerned:
            ours = [each for each in agreed if each.activity_id == activity_id]
            found = measured.get(activity_id, ())
            sums[activity_id] += _to_come_of(ours, known, found, on=last, exercise=exercise)
    return sums


def _to_come_of(
    agreed: Sequence[ContractLevy],
    known: Mapping[tuple[int, date], Taken],
    measured: Sequence[month_readings.DayOfTurnover],
    *,
    on: date,
    exercise: Exercise,
) -> Decimal:
    """Walk the months of the exercise: those taken count as they were, the others are computed in turn."""
    so_far: dict[str, Taken] = {}
    coming = money.ZERO
    for month in month_readings.months(exercise.opens_on, on):
        for levy in agreed:
            if not levies.days(levy.terms, month):
                continue
            taken, before = known.get((levy.id, month)), so_far.get(levy.terms.code, Taken())
            if taken is None:
                due = _due(levy, _Months(month, exercise), measured, before=before, taken=Taken())
                taken = Taken(base=due.result.base, amount=due.result.amount)
                coming += taken.amount
            so_far[levy.terms.code] = Taken(base=before.base + taken.base, amount=before.amount + taken.amount)
    return coming


def told(enterprise_id: int, activity_ids: Sequence[int], month: date) -> dict[int, list[snapshot.Computed]]:
    """Give the computations of a month as they were posted, for statements."""
    found: dict[int, list[snapshot.Computed]] = {activity_id: [] for activity_id in activity_ids}
    values = {"enterprise_id": enterprise_id, "activity_ids": list(activity_ids), "month": month}
    for row in session.execute(_TOLD, values):
        found[row.activity_id].append(snapshot.Computed(row.label, snapshot.steps_from(row.steps)))
    return found


def amounts(
    enterprise_id: int, activity_ids: Sequence[int], first: date, last: date
) -> dict[tuple[int, str, str, date], Decimal]:
    """Give what was taken, by activity, code, label and month."""
    values = {"enterprise_id": enterprise_id, "activity_ids": list(activity_ids), "first": first, "last": last}
    return {
        (row.activity_id, row.code, row.label, row.month): money.from_centimes(row.amount)
        for row in session.execute(_AMOUNTS, values)
    }


def entry_ids(enterprise_id: int, activity_id: int, month: date, *, code: str | None = None) -> list[int]:
    """Give the entries of a levy of an activity and month; without a code, of all its levies."""
    values = {"enterprise_id": enterprise_id, "activity_ids": [activity_id], "month": month, "code": code}
    return list(session.execute(_ENTRIES, values).scalars())


def _line(account: str, activity_id: int, amount: Decimal, label: str) -> posting.DraftLine:
    return posting.DraftLine(
        account=account,
        activity_id=activity_id,
        debit=max(amount, money.ZERO),
        credit=max(-amount, money.ZERO),
        label=label,
    )


def _row(enterprise_id: int, due: Due, entry_id: int | None) -> dict[str, Any]:
    return {
        "enterprise_id": enterprise_id,
        "activity_id": due.levy.activity_id,
        "levy_id": due.levy.id,
        "month": due.month,
        "sequence": due.taken.times + 1,
        "code": due.levy.terms.code,
        "base": money.centimes(due.result.base - due.taken.base),
        "amount": money.centimes(due.left),
        "steps": json.dumps(snapshot.steps_written(due.result.steps), ensure_ascii=False),
        "entry_id": entry_id,
        "at": clock.now(),
    }


def _before(
    enterprise_id: int, activity_ids: Sequence[int], opens_on: date, month: date
) -> dict[tuple[int, str], Taken]:
    values = {"enterprise_id": enterprise_id, "activity_ids": list(activity_ids), "first": opens_on, "month": month}
    return {(row.activity_id, row.code): _sums(row) for row in session.execute(_BEFORE, values)}


def _taken(enterprise_id: int, activity_ids: Sequence[int], month: date) -> dict[int, Taken]:
    values = {"enterprise_id": enterprise_id, "activity_ids": list(activity_ids), "month": month}
    return {row.levy_id: _sums(row) for row in session.execute(_TAKEN, values)}


def _results(enterprise_id: int, activity_ids: Sequence[int], opens_on: date) -> dict[tuple[int, date], Taken]:
    values = {"enterprise_id": enterprise_id, "activity_ids": list(activity_ids), "first": opens_on}
    return {(row.levy_id, row.month): _sums(row) for row in session.execute(_RESULTS, values)}


def _sums(row: Any) -> Taken:
    return Taken(base=money.from_centimes(row.base), amount=money.from_centimes(row.amount), times=row.times)


_OF = "enterprise_id = :enterprise_id and activity_id = any(:activity_ids)"
_SUMS = "cast(sum(base) as bigint) as base, cast(sum(amount) as bigint) as amount, cast(count(*) as int) as times"
_BEFORE = sa.text(f"""
    select activity_id, code, {_SUMS} from levy_result
    where {_OF} and month >= :first and month < :month group by activity_id, code
""")
_TAKEN = sa.text(f"select levy_id, {_SUMS} from levy_result where {_OF} and month = :month group by levy_id")
_RESULTS = sa.text(f"""
    select levy_id, month, {_SUMS} from levy_result where {_OF} and month >= :first group by levy_id, month
""")
_ENTRIES = sa.text(f"""
    select entry_id from levy_result
    where {_OF} and month = :month and entry_id is not null and (cast(:code as text) is null or code = :code)
""")
_REMEMBER = sa.text("""
    insert into levy_result (enterprise_id, activity_id, levy_id, month, sequence, code, base, amount, steps, entry_id,
        computed_at)
    values (:enterprise_id, :activity_id, :levy_id, :month, :sequence, :code, :base, :amount, cast(:steps as jsonb),
        :entry_id, :at)
""")
_TOLD = sa.text("""
    select distinct on (r.activity_id, r.levy_id) r.activity_id, l.label, r.steps
    from levy_result r join levy l on l.enterprise_id = r.enterprise_id and l.id = r.levy_id
    where r.enterprise_id = :enterprise_id and r.activity_id = any(:activity_ids) and r.month = :month
    order by r.activity_id, r.levy_id, r.sequence desc
""")
_AMOUNTS = sa.text("""
    select r.activity_id, r.code, l.label, r.month, cast(sum(r.amount) as bigint) as amount
    from levy_result r join levy l on l.enterprise_id = r.enterprise_id and l.id = r.levy_id
    where r.enterprise_id = :enterprise_id and r.activity_id = any(:activity_ids)
      and r.month between :first and :last
    group by r.activity_id, r.code, l.label, r.month order by r.activity_id, min(l.id)
""")
