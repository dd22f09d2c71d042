"""Opening an enterprise with its books."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from ecp import enterprises
from ecp.accounting import chart, periods
from ecp.db import session, told
from ecp.enterprises import Enterprise


def open_enterprise(*, code: str, name: str, opened_on: date, **fields: Any) -> Enterprise:
    """Create an enterprise with its chart of accounts, its journals, the exercise of its first day, its Structure.

    Raises: Invalid where the code is taken or cannot be one.
    """
    made = enterprises.create(code=code, name=name, opened_on=opened_on, **fields)
    chart.open_for(made.id)
    periods.ensure_year(made.id, opened_on)
    return made


def open_exercises(day: date) -> None:
    """Open the calendar year of a day in every enterprise that is seen and has no exercise for it."""
    with told():
        session.execute(_OPEN_ALL, {"day": day})


_OPEN_ALL = sa.text("""
    select ledger_open_year(e.id, :day) from enterprise e
    where e.opened_on <= :day and not exists (select 1 from fiscal_year y
        where y.enterprise_id = e.id and :day between y.opens_on and y.closes_on)
""")
