"""The entrepreneur's front door: my money today, what it is made of, what needs me."""

from datetime import date

from flask import request, url_for

from ecp import clock
from ecp.accounting import month_readings
from ecp.enterprises import Role
from ecp.hosting import advice, behind, cash, figures, printing, tasks, words
from ecp.hosting.task import Task
from ecp.web import access, languages
from ecp.web.hosting import bp, chosen
from ecp.web.htmx import render

MOVEMENTS_SHOWN = 8


@bp.get("/mon-argent")
@access.requires(Role.ENTREPRENEUR)
def money_today() -> str:
    """Show available cash and its terms, what needs the person, the last movements, the latest statement."""
    activity, today, language = chosen.activity(), clock.today(), languages.current()
    available = cash.available(activity.enterprise_id, activity.id, on=today)
    told = tasks.of(activity.enterprise_id, activity.id, available=available)
    moves = month_readings.last_moves(
        activity.enterprise_id, activity.id, today, cash=figures.cash_prefixes(), limit=MOVEMENTS_SHOWN
    )
    return render(
        "hosting/money.html",
        "hosting/_money.html",
        activity=activity,
        available=available,
        terms=words.of(language, "terms"),
        tasks=[(advice.sentence(advice.of_task(each), language), _address(each, activity.id)) for each in told],
        movements=moves,
        statements=printing.listed(activity.enterprise_id, activity.id, limit=1),
        today=today,
    )


def _address(task: Task, activity_id: int) -> str:
    """Where a task is done: with whom it is about; nowhere for money that is missing."""
    if task.party_id is not None:
        return url_for("sales.party", party_id=task.party_id)
    if task.kind.startswith("late_customer"):
        return url_for("sales.invoices", voir="open", activite=activity_id)
    return url_for("sales.purchases", activite=activity_id) if task.kind.startswith("late_supplier") else ""


@bp.get("/mon-argent/<key>")
@access.requires(Role.ENTREPRENEUR, Role.ACCOUNTANT)
def term_lines(key: str) -> str:
    """Show the last lines behind a term of available cash, today or at the end of a day."""
    activity = chosen.activity()
    try:
        on = date.fromisoformat(request.args["au"])
    except (KeyError, ValueError):
        on = clock.today()
    return render(
        "hosting/lines.html",
        "hosting/_lines.html",
        activity=activity,
        title=words.of(languages.current(), "terms").get(key, key),
        behind=behind.of_term(activity.enterprise_id, activity.id, on, key=key),
    )
