"""The coordinator's front door: the activities, those who need a call first; no journal line, no customer's name."""

from flask import abort, request

from ecp import clock
from ecp.enterprises import Role
from ecp.hosting import charts, hosted, portfolio
from ecp.hosting.portfolio import Signal
from ecp.web import access
from ecp.web.hosting import bp, chosen
from ecp.web.htmx import render

LONGEST_SEARCH = 100


@bp.get("/portefeuille")
@access.requires(Role.COORDINATOR)
def portfolio_page() -> str:
    """List the activities with trend and signals."""
    enterprise_id = chosen.enterprise_id()
    search = request.args.get("cherche", "")[:LONGEST_SEARCH]
    signal = next((each for each in Signal if each.value == request.args.get("signal")), None)
    page = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    found = portfolio.read(enterprise_id, on=clock.today(), search=search, signal=signal, page=page)
    return render(
        "hosting/portfolio.html",
        "hosting/_portfolio.html",
        enterprise_id=enterprise_id,
        enterprises=chosen.those_open(),
        found=found,
        sparks={each.activity_id: charts.spark(each.sales) for each in found.standings},
        search=search,
        signal=signal,
        page=page,
        has_more=found.found > page * portfolio.PAGE,
    )


@bp.get("/portefeuille/<int:enterprise_id>/<int:activity_id>")
@access.requires(Role.COORDINATOR)
def portfolio_activity(enterprise_id: int, activity_id: int) -> str:
    """Show one activity: whom to call, its months side by side."""
    activity = hosted.one(enterprise_id, activity_id)
    if activity is None:
        abort(404)
    today = clock.today()
    months = portfolio.of_activity(enterprise_id, activity_id, on=today)
    standing = next(iter(portfolio.read(enterprise_id, on=today, activity_id=activity_id).standings), None)
    return render(
        "hosting/portfolio_activity.html",
        "hosting/_portfolio_activity.html",
        activity=activity,
        people=hosted.readers(enterprise_id, [activity_id]),
        months=months,
        bars=charts.months([(each.month, each.turnover) for each in months]),
        standing=standing,
    )
