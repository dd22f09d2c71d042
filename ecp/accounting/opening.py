"""Opening an enterprise with its books."""

from datetime import date
from typing import Any

from ecp import enterprises
from ecp.accounting import chart, periods
from ecp.enterprises import Enterprise


def open_enterprise(*, code: str, name: str, opened_on: date, **fields: Any) -> Enterprise:
    """Create an enterprise with its chart of accounts, its journals, the exercise of its first day, its Structure.

    Raises: Invalid where the code is taken or cannot be one.
    """
    made = enterprises.create(code=code, name=name, opened_on=opened_on, **fields)
    chart.open_for(made.id)
    periods.ensure_year(made.id, opened_on)
    return made
