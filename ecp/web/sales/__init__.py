"""Pages of sales and purchases.

invoices    documents: list, draft, approval, issue, papers
settling    payments, receipts, credit notes, refunds
forms       what is typed for them
people      customers, suppliers, and what the activity sells
purchases   bills and expense notes
mandates    what each activity may do alone
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, Flask, abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ecp import enterprises
from ecp.enterprises import Activity, Role
from ecp.hosting import hosted
from ecp.web import access
from ecp.web.accounting import chosen_enterprise
from ecp.web.forms import read_day
from ecp.web.htmx import render

View = TypeVar("View", bound=Callable[..., Any])
bp = Blueprint("sales", __name__)
SELLERS = (Role.ENTREPRENEUR, Role.ACCOUNTANT)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    from ecp.sales import words
    from ecp.web.languages import current
    from ecp.web.sales import invoices, mandates, people, purchases, settling

    for module in (invoices, mandates, people, purchases, settling):
        assert module.bp is bp  # noqa: S101 (importing them is what adds their pages)
    app.add_template_filter(lambda key: words.channel(key, current()), "channel")
    app.add_template_filter(lambda key: words.means(key, current()), "means")
    app.register_blueprint(bp)


def activity() -> Activity:
    """The activity of `?activite=`, else the person's first; 404 without one, or where they do not sell for it."""
    wanted = request.values.get("activite", type=int)
    actor = access.current()
    if wanted is None and actor.activity_ids:
        wanted = actor.activity_ids[0]
    found = hosted.by_id(wanted) if wanted is not None else None
    if found is None or not may_sell(found.enterprise_id, found.id):
        abort(404)
    return enterprises.activity(found.enterprise_id, found.id)


def of_one_activity(view: View) -> View:
    """Have who keeps books say first which activity a page is for; it comes back with `?activite=`."""

    @wraps(view)
    def asked(**named: int) -> Any:
        actor = access.current()
        if not actor.books_ids or actor.activity_ids or "activite" in request.args:
            return view(**named)
        enterprise = chosen_enterprise()
        choices = enterprises.activities(enterprise.id)
        return render("sales/whose.html", "sales/_whose.html", enterprise=enterprise, activities=choices)

    return cast("View", asked)


def own_key(typed: object, activity_id: int) -> str:
    """Make a request's key one of the activity's: what another's browser sends is another key."""
    return f"{activity_id}:{str(typed or '')[:64]}"


def may_sell(enterprise_id: int, activity_id: int) -> bool:
    """Tell whether the person sells for an activity: it is theirs, or they keep its books."""
    actor = access.current()
    return activity_id in actor.activity_ids or enterprise_id in actor.books_ids


def scope() -> dict[str, object]:
    """What lists are limited to: an activity that is asked for, the enterprise one keeps, or all one sells for."""
    if request.args.get("activite", type=int) is not None:
        return {"activity_ids": [activity().id]}
    if access.current().books_ids:
        return {"enterprise_ids": [chosen_enterprise().id]}
    return {"activity_ids": access.current().activity_ids}


def last_day() -> date | None:
    """The day of `?au=`, after which lists leave things out; 404 for what is no day."""
    typed = request.args.get("au", "").strip()
    day = read_day(typed) if typed else None
    if typed and day is None:
        abort(404)
    return day


def onward(
    listed: Callable[..., Sequence[Any]], decided: Any, address: Callable[[int], str], waiting: str, none_left: str
) -> Response:
    """Lead to what waits after a document or purchase just decided, else to the first that does.

    `listed` lists such things, `address` is where one is, `waiting` the page of those that wait: where it leads, with
    `none_left`, when none does.
    """
    of = {"enterprise_ids": [decided.enterprise_id], "show": "waiting", "limit": 1}
    left = listed(**of, before=decided.id) or listed(**of)
    if left:
        flash(gettext("Voici ce qui attend ensuite."), "info")
        return redirect(address(left[0].id))
    flash(none_left, "ok")
    return redirect(url_for(waiting, voir="waiting", entreprise=decided.enterprise_id))


def whose() -> dict[str, object]:
    """What lists say of it: how addresses go on naming it, the activity, and those that an accountant may choose."""
    here = {name: request.args.get(name, type=int) for name in ("entreprise", "activite")}
    keeps_books = bool(access.current().books_ids)
    return {
        "here": {name: value for name, value in here.items() if value is not None},
        "activity_id": here["activite"],
        "activities": enterprises.activities(chosen_enterprise().id) if keeps_books else [],
    }
