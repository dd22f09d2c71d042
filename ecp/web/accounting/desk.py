"""The accountant's front door: what waits, how far the months are, where the books are."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from ecp import clock
from ecp.accounting import month_readings, periods, suspense
from ecp.enterprises import Role
from ecp.hosting import month
from ecp.purchasing import bills
from ecp.sales import reading
from ecp.web import access
from ecp.web.accounting import bp, chosen_enterprise, titles
from ecp.web.htmx import render

SHOWN = 6


@bp.get("/comptabilite")
@access.requires(Role.ACCOUNTANT)
def desk() -> str:
    """Show what waits in an enterprise."""
    enterprise = chosen_enterprise()
    first_open = periods.first_open(enterprise.id)
    is_over = first_open is not None and month_readings.last_day(first_open) < clock.today()
    return render(
        "accounting/desk.html",
        "accounting/_desk.html",
        enterprise=enterprise,
        waiting=reading.waiting(enterprise.id),
        documents=reading.listed(enterprise_ids=[enterprise.id], kind=None, show="waiting", limit=SHOWN),
        purchases=bills.listed(enterprise_ids=[enterprise.id], show="waiting", limit=SHOWN),
        suspense=suspense.left(enterprise.id),
        title=titles.account,
        first_open=first_open,
        is_over=is_over,
        runs=month.runs(enterprise.id)[:3],
        today=clock.today(),
    )


@bp.get("/fichiers")
@access.requires(Role.ACCOUNTANT)
def files() -> Response:
    """Lead to the files of the first enterprise."""
    return redirect(url_for("accounting.entries_files", enterprise_id=chosen_enterprise().id))


@bp.get("/contrats")
@access.requires(Role.ACCOUNTANT)
def contracts() -> Response:
    """Lead to the contracts of the first enterprise."""
    return redirect(url_for("hosting.contract_list", enterprise_id=chosen_enterprise().id))
