"""The coordinator's front door: the activities, those who need a call first; no journal line, no customer's name."""

from flask import abort

from ecp import clock
from ecp.enterprises import Role
from ecp.hosting import charts, hosted, portfolio
from ecp.web import access
from ecp.web.hosting import bp, chosen
from ecp.web.htmx import render


@bp.get("/portefeuille")
@access.requires(Role.COORDINATOR)
def portfolio_page() -> str:
    """List the activities with trend and signals."""
    today = clock.today()
    enterprise_id = chosen.enterprise_id()
    standings = portfolio.standings(enterprise_id, on=today)
    return render(
        "hosting/portfolio.html",
        "hosting/_portfolio.html",
        enterprise_id=enterprise_id,
        enterprises=chosen.those_open(),
        standings=standings,
        sparks={each.activity_id: charts.spark([m.turnover for m in each.months]) for each in standings},
        today=today,
    )


@bp.get("/portefeuille/<int:enterprise_id>/<int:activity_id>")
@access.requires(Role.COORDINATOR)
def portfolio_activity(enterprise_id: int, activity_id: int) -> str:
    """Show one activity: its months side by side."""
    activity = hosted.one(enterprise_id, activity_id)
    if activity is None:
        abort(404)
    months = portfolio.of_activity(enterprise_id, activity_id, on=clock.today())
    return render(
        "hosting/portfolio_activity.html",
        "hosting/_portfolio_activity.html",
        activity=activity,
        months=months,
        bars=charts.months([(each.month, each.turnover) for each in months]),
        signals=portfolio.signals(months, on=clock.today()),
    )
