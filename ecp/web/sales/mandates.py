"""What each activity may do alone, as its contract says."""

from collections.abc import Sequence

from flask import abort, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ecp import clock
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.hosting import hosted
from ecp.sales import mandates
from ecp.web import access
from ecp.web.htmx import render
from ecp.web.sales import bp, forms


@bp.get("/mandats/<int:activity_id>")
@access.requires(Role.ACCOUNTANT)
def mandate(activity_id: int) -> str:
    """Show what an activity may do alone, since when."""
    found = _ours(activity_id)
    today = clock.today()
    holds = mandates.in_force(found.enterprise_id, activity_id, today)
    form = forms.MandateForm(
        formdata=None,
        starts_on=today,
        may_issue=holds.may_issue if holds else False,
        may_collect=holds.may_collect if holds else True,
    )
    return _page(activity_id, form)


def _page(activity_id: int, form: forms.MandateForm) -> str:
    found = _ours(activity_id)
    return render(
        "sales/mandate.html",
        "sales/_mandate.html",
        activity=found,
        form=form,
        given=_holding(mandates.history(found.enterprise_id, activity_id)),
    )


def _holding(history: Sequence[mandates.Given]) -> list[mandates.Given]:
    """Of several words for one day the last one, which comes first: the others were replaced before they served."""
    return list({each.starts_on: each for each in reversed(history)}.values())[::-1]


def _ours(activity_id: int) -> hosted.Hosted:
    found = hosted.by_id(activity_id)
    if found is None or found.enterprise_id not in access.current().books_ids:
        abort(404)
    return found


@bp.post("/mandats/<int:activity_id>")
@access.requires(Role.ACCOUNTANT)
def give_mandate(activity_id: int) -> str | Response | tuple[str, int]:
    """Say what it may do from a day on."""
    found = _ours(activity_id)
    form = forms.MandateForm()
    if not form.validate():
        return _page(activity_id, form), 422
    with transaction():
        mandates.give(
            found.enterprise_id,
            activity_id,
            starts_on=form.starts_on.data,  # type: ignore[arg-type]
            may_issue=bool(form.may_issue.data),
            may_collect=bool(form.may_collect.data),
        )
    flash(gettext("C’est enregistré."), "ok")
    return redirect(url_for("sales.mandate", activity_id=activity_id))
