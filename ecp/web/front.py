"""The front door, the reader's language, the health of the installation, the page of the design system."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, request, session, url_for
from werkzeug.wrappers import Response

from ecp import clock
from ecp.db import session as database_session
from ecp.enterprises import Role
from ecp.hosting import charts
from ecp.web import access, navigation
from ecp.web.htmx import render
from ecp.web.languages import LANGUAGES

bp = Blueprint("front", __name__)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(bp)


@bp.get("/")
@access.anyone
def door() -> Response:
    """Lead each person to their own first page."""
    actor = access.signed_in()
    return redirect(navigation.front_door(actor) if actor else url_for("identity.login"))


@bp.post("/langue")
@access.anyone
def choose_language() -> Response:
    """Show everything in another language, for this visit."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(access.safe_target(request.form.get("suite")) or url_for("front.door"))


@bp.get("/sante")
@access.anyone
def health() -> Response:
    """Say that pages and database answer, for whoever watches the installation."""
    database_session.execute(sa.text("select 1"))
    return Response("ok\n", mimetype="text/plain")


@bp.get("/charte")
@access.requires(*Role)
def styleguide() -> str:
    """Show every piece that pages are made of, on invented figures."""
    months = [(date(2026, month, 1), Decimal(amount)) for month, amount in zip(range(1, 9), _SAMPLE, strict=True)]
    rows = [
        {"on": date(2026, 10, day), "label": label, "amount": Decimal(amount)}
        for day, label, amount in ((3, "Bols bleus", "1200.00"), (9, "Argile", "-340.50"), (17, "Plat creux", "86.25"))
    ]
    return render("styleguide.html", "_styleguide.html", bars=charts.months(months), rows=rows, today=clock.today())


_SAMPLE = (3200, 4100, 2800, 5200, 6100, 4300, -700, 5900)
