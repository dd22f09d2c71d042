"""The accountant closes a month: choose it, see what still waits, start, watch, read what became of each activity."""

from datetime import date
from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from ecp import enterprises, jobs, money
from ecp.accounting import month_readings, periods
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.errors import DomainError
from ecp.hosting import checklist, contribution, hosted, month
from ecp.web import access
from ecp.web.accounting import check_books, chosen_enterprise, titles
from ecp.web.hosting import bp
from ecp.web.htmx import render


@bp.get("/mois")
@access.requires(Role.ACCOUNTANT)
def months() -> str:
    """List the months that were run, and the next one to close."""
    enterprise = chosen_enterprise()
    return render(
        "hosting/months.html",
        "hosting/_months.html",
        enterprise=enterprise,
        runs=month.runs(enterprise.id),
        offered=_offered(enterprise.id),
    )


@bp.get("/mois/<int:enterprise_id>/<mois:of>")
@access.requires(Role.ACCOUNTANT)
def month_run(enterprise_id: int, of: date) -> str:
    """Show a month: what still waits, how far the run is, what became of each activity."""
    return _page(enterprise_id, of)


@bp.get("/mois/<int:enterprise_id>/<mois:of>/avancement")
@access.requires(Role.ACCOUNTANT)
def month_progress(enterprise_id: int, of: date) -> str:
    """Show how far a run is: the part that renews itself."""
    return render("hosting/month_run.html", "hosting/_progress.html", **_told(enterprise_id, of))


@bp.post("/mois/<int:enterprise_id>/<mois:of>/cloturer")
@access.requires(Role.ACCOUNTANT)
def start_month_run(enterprise_id: int, of: date) -> Response | tuple[str, int]:
    """Ask for a month to be closed, or tried again."""
    check_books(enterprise_id)
    person_id = access.current().person_id
    try:
        with transaction():
            run = month.start(enterprise_id, of, by=person_id)
            jobs.enqueue(
                month.CLOSE,
                key=month.key(run),
                enterprise_id=enterprise_id,
                requested_by=person_id,
                payload={"month": f"{of:%Y-%m}"},
            )
            jobs.again(month.CLOSE, month.key(run), enterprise_id)
    except DomainError as error:
        return _page(enterprise_id, of, refused=error), 409
    jobs.nudge(month.CLOSE)
    return redirect(url_for("hosting.month_run", enterprise_id=enterprise_id, of=of))


def _offered(enterprise_id: int) -> date | None:
    """The first open month, if it may be closed."""
    first = periods.first_open(enterprise_id)
    return first if first and month.refusal(enterprise_id, first) is None else None


def _page(enterprise_id: int, of: date, *, refused: DomainError | None = None) -> str:
    last = month_readings.last_day(of)
    return render(
        "hosting/month_run.html",
        "hosting/_month_run.html",
        refused=refused,
        checklist=checklist.of(enterprise_id, of),
        addresses=_addresses(enterprise_id, last),
        last=last,
        title=titles.account,
        **_told(enterprise_id, of),
    )


def _addresses(enterprise_id: int, last: date) -> dict[str, str]:
    """Where to look for what waits at the end of a month."""
    until: dict[str, Any] = {"entreprise": enterprise_id, "au": last.isoformat()}
    return {
        "earlier_months": url_for("hosting.months", entreprise=enterprise_id),
        "documents": url_for("sales.invoices", voir="waiting", **until),
        "unissued": url_for("sales.invoices", voir="unissued", **until),
        "purchases": url_for("sales.purchases", voir="waiting", **until),
        "suspense": url_for("accounting.trial_balance", **until),
        "without_levy": url_for("hosting.contract_list", enterprise_id=enterprise_id),
    }


def _told(enterprise_id: int, of: date) -> dict[str, object]:
    check_books(enterprise_id)
    activities = hosted.in_month(enterprise_id, of)
    outcomes = month.outcomes(enterprise_id, of)
    frozen = {each.activity_id for each in outcomes if each.stage == month.STATEMENTS and each.state == "done"}
    taken = dict.fromkeys(sorted(frozen), money.ZERO)
    for (activity_id, *_), amount in contribution.amounts(enterprise_id, list(taken), of, of).items():
        taken[activity_id] += amount
    return {
        "enterprise_id": enterprise_id,
        "of": of,
        "run": month.found(enterprise_id, of),
        "refusal": month.refusal(enterprise_id, of),
        "enterprise_name": enterprises.get(enterprise_id).name,
        "failed": [each for each in outcomes if each.state == "failed"],
        "names": {each.id: each.name for each in activities},
        "statements": [each for each in activities if each.id in frozen],
        "taken": taken,
    }
