"""What the contract lets each activity do alone: issue, collect; dated, never changed, only followed by another."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ecp.db import session


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """What holds for an activity on a day."""

    may_issue: bool
    may_collect: bool


@dataclass(frozen=True, kw_only=True)
class Given(Mandate):
    """A mandate, and the day it begins."""

    starts_on: date


def give(enterprise_id: int, activity_id: int, *, starts_on: date, may_issue: bool, may_collect: bool) -> None:
    """Say what an activity may do alone from a day on; of two words for the same day the last one holds."""
    values = {
        "enterprise": enterprise_id,
        "activity": activity_id,
        "starts_on": starts_on,
        "issue": may_issue,
        "collect": may_collect,
    }
    session.execute(_GIVE, values)


def of(enterprise_id: int, activity_id: int) -> Mandate:
    """Tell what the present person may do for an activity today; accountants may all."""
    row = session.execute(_MAY, {"enterprise": enterprise_id, "activity": activity_id}).one()
    return Mandate(may_issue=row.may_issue, may_collect=row.may_collect)


def in_force(enterprise_id: int, activity_id: int, on: date) -> Given | None:
    """Give the mandate that holds on a day; None where none was given yet: issue with approval, collect alone."""
    return next((each for each in history(enterprise_id, activity_id) if each.starts_on <= on), None)


def history(enterprise_id: int, activity_id: int) -> list[Given]:
    """List what was given, the newest first."""
    rows = session.execute(_HISTORY, {"enterprise": enterprise_id, "activity": activity_id})
    return [Given(**row._mapping) for row in rows]  # noqa: SLF001


_HISTORY = sa.text("""
    select starts_on, may_issue, may_collect from sales_mandate
    where enterprise_id = :enterprise and activity_id = :activity order by starts_on desc, id desc
""")
_GIVE = sa.text("""
    insert into sales_mandate (enterprise_id, activity_id, starts_on, may_issue, may_collect, made_by)
    values (:enterprise, :activity, :starts_on, :issue, :collect, (select walls_person()))
""")
_MAY = sa.text("""
    select sales_may(:enterprise, :activity, 'issue') as may_issue,
        sales_may(:enterprise, :activity, 'collect') as may_collect
""")
