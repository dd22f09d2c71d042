"""Pages of hosting.

money       the entrepreneur's front door: my money today, and what it is made of
statements  monthly statements as pages and PDFs; each figure leads to its lines
months      the accountant closes a month and watches
contracts   what binds activities to the enterprise; levy_form reads what is typed
portfolio   the coordinator's front door: who needs a call
mails       the outbox, readable in the application
"""

from datetime import date

from flask import Blueprint, Flask
from werkzeug.routing import BaseConverter, ValidationError

from ecp.hosting import month

bp = Blueprint("hosting", __name__)


class MonthConverter(BaseConverter):
    """A month in an address: 2026-10."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> date:
        """Read it; another text is no such page."""
        try:
            return month.parse(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: date) -> str:
        """Write it."""
        return f"{value:%Y-%m}"


def register(app: Flask) -> None:
    """Add the pages to the application."""
    from ecp.web.hosting import contracts, mails, money, months, portfolio, statements

    app.url_map.converters["mois"] = MonthConverter
    for module in (contracts, mails, money, months, portfolio, statements):
        assert module.bp is bp  # noqa: S101 (importing them is what adds their pages)
    app.register_blueprint(bp)
