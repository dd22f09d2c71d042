"""Contracts and levies: read and changed by accountants and administrators, with a live example."""

from datetime import date, timedelta
from decimal import Decimal

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ecp import clock, enterprises, numbers
from ecp.accounting import month_readings
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.errors import DomainError, Problem
from ecp.hosting import contracts, hosted, levies, words
from ecp.hosting.errors import ContractNotFound
from ecp.hosting.hosted import Hosted
from ecp.hosting.levies import Bases, Levy, YearToDate
from ecp.sales import mandates
from ecp.web import access, languages
from ecp.web.hosting import bp, levy_form
from ecp.web.hosting.levy_form import LevyForm
from ecp.web.htmx import render

READERS = (Role.ACCOUNTANT, Role.ADMINISTRATOR)
_EXAMPLE = Decimal("20000.00")


@bp.get("/contrats/<int:enterprise_id>")
@access.requires(*READERS)
def contract_list(enterprise_id: int) -> str:
    """List the hosted activities with what binds them."""
    first = clock.today().replace(day=1)
    activities = hosted.in_month(enterprise_id, first)
    return render(
        "hosting/contracts.html",
        "hosting/_contracts.html",
        enterprise=enterprises.get(enterprise_id),
        activities=activities,
        signed={each.activity_id: each for each in reversed(contracts.of_enterprise(enterprise_id))},
        agreed=contracts.levies_by_activity(enterprise_id, [each.id for each in activities], month=first),
    )


@bp.get("/contrats/<int:enterprise_id>/<int:activity_id>")
@access.requires(*READERS)
def contract(enterprise_id: int, activity_id: int) -> str:
    """Show what binds an activity: dates, people, permissions, levies."""
    return _page(_activity(enterprise_id, activity_id))


@bp.post("/contrats/<int:enterprise_id>/<int:activity_id>")
@access.requires(*READERS)
def sign_contract(enterprise_id: int, activity_id: int) -> str | Response | tuple[str, int]:
    """Open a contract, or change the end and the note of the one that runs."""
    activity = _activity(enterprise_id, activity_id)
    form = LevyForm(request.form)
    contract_id = request.form.get("contract", type=int)
    starts_on = form.day("starts_on", is_needed=contract_id is None)
    ends_on = form.day("ends_on", is_needed=False)
    note = form.value("note")
    if form.problems:
        return _page(activity, form=form), 422
    try:
        with transaction():
            if contract_id is not None:
                _check_contract(contract_id, activity)
                contracts.amend(contract_id, enterprise_id=enterprise_id, ends_on=ends_on, note=note)
            elif starts_on is not None:
                contracts.sign(
                    enterprise_id=enterprise_id,
                    activity_id=activity_id,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    note=note,
                    by=access.current().person_id,
                )
    except DomainError as error:
        form.problems = list(error.problems) or [error.at("starts_on")]
        return _page(activity, form=form), 422
    flash(gettext("C’est enregistré."), "ok")
    return redirect(url_for("hosting.contract", enterprise_id=enterprise_id, activity_id=activity_id))


@bp.get("/contrats/<int:enterprise_id>/<int:activity_id>/prelevements/nouveau")
@access.requires(*READERS)
def new_levy(enterprise_id: int, activity_id: int) -> str:
    """Show the form of a levy, empty or filled with the terms that a new version is to replace."""
    activity = _activity(enterprise_id, activity_id)
    replaced = request.args.get("remplace", type=int)
    if replaced is None:
        return _levy_page(activity, levy_form.blank(clock.today()))
    old = _levy(replaced, activity)
    following = month_readings.last_day(clock.today()) + timedelta(days=1)
    return _levy_page(activity, levy_form.of(old.terms, starts_on=following), replaced=replaced)


@bp.post("/contrats/<int:enterprise_id>/<int:activity_id>/prelevements")
@access.requires(*READERS)
def save_levy(enterprise_id: int, activity_id: int) -> str | Response | tuple[str, int]:
    """Add a levy to the contract that runs, or let new terms take over."""
    activity = _activity(enterprise_id, activity_id)
    form, replaced = LevyForm(request.form), request.form.get("replaced", type=int)
    terms = form.terms()
    if terms is None:
        return _levy_page(activity, form, replaced=replaced), 422
    try:
        with transaction():
            _save(activity, terms, replaced)
    except DomainError as error:
        form.problems = list(error.problems) or [error.at("starts_on")]
        return _levy_page(activity, form, replaced=replaced), 422
    flash(gettext("C’est enregistré."), "ok")
    return redirect(url_for("hosting.contract", enterprise_id=enterprise_id, activity_id=activity_id))


@bp.post("/contrats/<int:enterprise_id>/<int:activity_id>/prelevements/<int:levy_id>/fin")
@access.requires(*READERS)
def end_levy(enterprise_id: int, activity_id: int, levy_id: int) -> Response:
    """Put an end to a levy."""
    _levy(levy_id, _activity(enterprise_id, activity_id))
    form = LevyForm(request.form)
    ends_on = form.day("ends_on")
    try:
        if ends_on is not None:
            with transaction():
                contracts.end_levy(levy_id, enterprise_id=enterprise_id, ends_on=ends_on)
    except DomainError as error:
        form.problems += list(error.problems) or [error.at("ends_on")]
    for problem in form.problems:
        flash(languages.sentence(problem), "error")
    if not form.problems:
        flash(gettext("C’est enregistré."), "ok")
    return redirect(url_for("hosting.contract", enterprise_id=enterprise_id, activity_id=activity_id))


@bp.get("/contrats/<int:enterprise_id>/<int:activity_id>/exemple")
@access.requires(*READERS)
def levy_example(enterprise_id: int, activity_id: int) -> str:
    """Compute the levy as typed so far on an example month: the part under the form, renewed at each change."""
    activity = _activity(enterprise_id, activity_id)
    form = LevyForm(request.args)
    return render("hosting/levy.html", "hosting/_example.html", **_example(form), **_of_levy(activity, form))


def _activity(enterprise_id: int, activity_id: int) -> Hosted:
    return hosted.one(enterprise_id, activity_id) or abort(404)


def _levy(levy_id: int, activity: Hosted) -> contracts.ContractLevy:
    """Give a levy of an activity; that of another is not found."""
    found = contracts.levy(levy_id, enterprise_id=activity.enterprise_id)
    if found.activity_id != activity.id:
        abort(404)
    return found


def _check_contract(contract_id: int, activity: Hosted) -> None:
    if contracts.one(contract_id, enterprise_id=activity.enterprise_id).activity_id != activity.id:
        abort(404)


def _save(activity: Hosted, terms: Levy, replaced: int | None) -> None:
    by = access.current().person_id
    if replaced is not None:
        _levy(replaced, activity)
        contracts.replace_levy(replaced, terms, enterprise_id=activity.enterprise_id, by=by)
        return
    running = [each for each in contracts.of_enterprise(activity.enterprise_id) if each.activity_id == activity.id]
    if not running:
        raise ContractNotFound
    contracts.add_levy(terms, enterprise_id=activity.enterprise_id, contract_id=running[0].id, by=by)


def _page(activity: Hosted, *, form: LevyForm | None = None) -> str:
    ours = [each for each in contracts.of_enterprise(activity.enterprise_id) if each.activity_id == activity.id]
    return render(
        "hosting/contract.html",
        "hosting/_contract.html",
        activity=activity,
        enterprise=enterprises.get(activity.enterprise_id),
        contract=ours[0] if ours else None,
        earlier=ours[1:],
        people=hosted.readers(activity.enterprise_id, [activity.id]),
        agreed=contracts.levies_of(activity.enterprise_id, [activity.id]),
        mandate=mandates.in_force(activity.enterprise_id, activity.id, clock.today()),
        keeps_books=activity.enterprise_id in access.current().books_ids,
        form=form or LevyForm({}),
        today=clock.today(),
        month_end=month_readings.last_day(clock.today()),
    )


def _levy_page(activity: Hosted, form: LevyForm, *, replaced: int | None = None) -> str:
    return render(
        "hosting/levy.html",
        "hosting/_levy.html",
        replaced=replaced,
        **_example(form),
        **_of_levy(activity, form),
    )


def _of_levy(activity: Hosted, form: LevyForm) -> dict[str, object]:
    return {
        "activity": activity,
        "enterprise": enterprises.get(activity.enterprise_id),
        "form": form,
        "brackets": range(levy_form.BRACKETS),
        "choices": {
            "base": list(levies.Base),
            "scale": list(levies.Scale),
            "span": list(levies.Span),
            "part_period": list(levies.PartPeriod),
            "settlement": list(levies.Settlement),
        },
    }


def _example(form: LevyForm) -> dict[str, object]:
    """The computation of the month the levy starts in, on one amount for whatever its base is."""
    typed = numbers.amount(form.value("example") or languages.typed(_EXAMPLE), "example")
    trial = LevyForm(form.typed)
    terms = trial.terms()
    if terms is None or isinstance(typed, Problem):
        return {"example": None, "example_amount": form.value("example") or languages.typed(_EXAMPLE), "steps": ()}
    month = terms.starts_on.replace(day=1)
    year = YearToDate(opens_on=date(month.year, 1, 1), closes_on=date(month.year, 12, 31))
    bases = Bases(collected_net=typed, collected_gross=typed, invoiced_net=typed, margin=typed)
    result = levies.compute(terms, bases, month, year)
    language = languages.current()
    steps = [(words.step(each, language), each.amount) for each in result.steps]
    return {"example": result, "example_amount": languages.typed(typed), "steps": steps}
