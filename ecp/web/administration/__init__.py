"""Enterprises, their activities, people and roles: for administrators, and for accountants in their own enterprise."""

from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import EmailField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from ecp import clock, enterprises, identifiers, jobs, money, outgoing
from ecp.accounting import opening
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.errors import DomainError, Problem
from ecp.identity import people as identity
from ecp.web import access
from ecp.web.administration import inviting
from ecp.web.forms import ChoiceField, DayText, DecimalText, Form, required
from ecp.web.htmx import render
from ecp.web.identity.telephones import telephone
from ecp.web.languages import LANGUAGES, sentence

bp = Blueprint("administration", __name__, url_prefix="/administration")
KEEPERS = (Role.ADMINISTRATOR, Role.ACCOUNTANT)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(bp)


def _checked(read: object) -> object:
    """A validator from one of `ecp.identifiers`' readers; the field takes the tidy form."""

    def validate(_form: object, field: StringField) -> None:
        if not field.data:
            return
        found = read(field.data, None)  # type: ignore[operator]
        if isinstance(found, Problem):
            raise ValidationError(sentence(found))
        field.data = found

    return validate


class EnterpriseForm(Form):
    """What stands on an enterprise's papers."""

    name = StringField(_l("Dénomination"), [required(), Length(max=200)])
    legal_form = StringField(_l("Forme juridique"), [Length(max=100)])
    capital = DecimalText(_l("Capital social"), [Optional()])
    ice = StringField(_l("ICE"), [Optional(), _checked(identifiers.ice)], render_kw={"inputmode": "numeric"})
    tax_id = StringField(_l("Identifiant fiscal (IF)"), [Optional(), _checked(identifiers.tax_identifier)])
    business_tax = StringField(_l("Taxe professionnelle"), [Optional(), _checked(identifiers.business_tax_number)])
    rc = StringField(_l("Registre du commerce"), [Length(max=60)])
    cnss = StringField(_l("CNSS"), [Optional(), _checked(identifiers.cnss_number)])
    address = TextAreaField(_l("Adresse"), [Length(max=400)])
    city = StringField(_l("Ville"), [Length(max=100)])
    phone = StringField(_l("Téléphone"), [Length(max=40)])
    email = EmailField(_l("Adresse électronique"), [Length(max=200)])
    rib = StringField(_l("RIB"), [Optional(), _checked(identifiers.rib)], render_kw={"inputmode": "numeric"})
    vat_regime = ChoiceField(
        _l("Régime de TVA"), choices=[("encaissement", _l("Encaissement")), ("debits", _l("Débits"))]
    )
    language = ChoiceField(_l("Langue"), choices=list(LANGUAGES.items()))


class NewEnterpriseForm(EnterpriseForm):
    """The same, with what never changes afterwards."""

    code = StringField(_l("Code"), [required(), Length(max=20)])
    opened_on = DayText(_l("Premier jour des livres"), [required()])


class ActivityForm(Form):
    """An activity that is hosted."""

    code = StringField(_l("Code"), [required(), Length(max=20)])
    name = StringField(_l("Nom"), [required(), Length(max=200)])
    trade = StringField(_l("Métier"), [Length(max=100)])
    language = ChoiceField(_l("Langue"), choices=list(LANGUAGES.items()))
    opened_on = DayText(_l("Ouverte le"), [required()])


class PersonForm(Form):
    """Somebody to invite."""

    name = StringField(_l("Nom"), [required(), Length(max=200)])
    email = EmailField(_l("Adresse électronique"), [required(), Length(max=200)])
    phone = StringField(_l("Téléphone"), [Length(max=40), telephone()], render_kw={"inputmode": "tel"})
    language = ChoiceField(_l("Langue"), choices=list(LANGUAGES.items()))
    role = ChoiceField(_l("Rôle"), validate_choice=False)


# ---- enterprises


@bp.get("/entreprises")
@access.requires(*KEEPERS)
def enterprises_list() -> str:
    """List the enterprises."""
    return render(
        "administration/enterprises.html",
        "administration/_enterprises.html",
        enterprises=enterprises.all_seen(),
        may_open=access.current().has(Role.ADMINISTRATOR),
    )


@bp.get("/entreprises/nouvelle")
@access.requires(Role.ADMINISTRATOR)
def new_enterprise() -> str:
    """Ask what a new enterprise is."""
    form = NewEnterpriseForm(formdata=None, opened_on=clock.today().replace(month=1, day=1))
    return render("administration/new_enterprise.html", "administration/_new_enterprise.html", form=form)


@bp.post("/entreprises/nouvelle")
@access.requires(Role.ADMINISTRATOR)
def open_enterprise() -> str | Response | tuple[str, int]:
    """Open an enterprise with its books."""
    form = NewEnterpriseForm()
    if form.validate():
        try:
            with transaction():
                made = opening.open_enterprise(**_filled(form))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("L’entreprise est ouverte, avec son plan de comptes et son exercice."), "ok")
            return redirect(url_for("administration.enterprise", enterprise_id=made.id))
    return render("administration/new_enterprise.html", "administration/_new_enterprise.html", form=form), 422


@bp.get("/entreprises/<int:enterprise_id>")
@access.requires(*KEEPERS)
def enterprise(enterprise_id: int) -> str:
    """Show an enterprise, its activities and its people."""
    return _enterprise(enterprise_id)


def _enterprise(
    enterprise_id: int, form: EnterpriseForm | None = None, activity_form: ActivityForm | None = None
) -> str:
    found = enterprises.get(enterprise_id)
    actor = access.current()
    if not actor.has(Role.ADMINISTRATOR) and enterprise_id not in actor.books_ids:
        abort(404)
    activity_form = activity_form or ActivityForm(formdata=None, opened_on=clock.today())
    for field in activity_form:  # two forms on one page, each with a name and a language
        field.id = field.label.field_id = f"activity-{field.name}"
    return render(
        "administration/enterprise.html",
        "administration/_enterprise.html",
        enterprise=found,
        form=form or EnterpriseForm(formdata=None, obj=found),
        activity_form=activity_form,
        activities=enterprises.activities(enterprise_id),
    )


@bp.post("/entreprises/<int:enterprise_id>")
@access.requires(*KEEPERS)
def save_enterprise(enterprise_id: int) -> str | Response | tuple[str, int]:
    """Keep what stands on the papers."""
    form = EnterpriseForm()
    page = _enterprise(enterprise_id, form)
    if not form.validate():
        return _enterprise(enterprise_id, form), 422
    del page
    with transaction():
        enterprises.change(enterprise_id, **_filled(form))
    flash(gettext("C’est enregistré."), "ok")
    return redirect(url_for("administration.enterprise", enterprise_id=enterprise_id))


@bp.post("/entreprises/<int:enterprise_id>/activites")
@access.requires(*KEEPERS)
def add_activity(enterprise_id: int) -> str | Response | tuple[str, int]:
    """Host an activity."""
    form = ActivityForm()
    _enterprise(enterprise_id, activity_form=form)
    if form.validate():
        try:
            with transaction():
                enterprises.add_activity(enterprise_id, **_filled(form))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("L’activité est ouverte : signez son contrat, puis invitez l’entrepreneur."), "ok")
            return redirect(url_for("administration.enterprise", enterprise_id=enterprise_id))
    return _enterprise(enterprise_id, activity_form=form), 422


def _filled(form: Form) -> dict[str, Any]:
    empty = {"capital": money.ZERO}
    return {
        name: empty.get(name, "") if value is None else value
        for name, value in form.data.items()
        if name != "csrf_token"
    }


# ---- people


@bp.get("/personnes")
@access.requires(*KEEPERS)
def people() -> str:
    """List the people, and invite one."""
    return _people()


def _people(form: PersonForm | None = None) -> str:
    form = form or PersonForm(formdata=None)
    form.role.offer(_roles())
    roles: dict[int, list[identity.Membership]] = {}
    for each in identity.memberships():
        roles.setdefault(each.person_id, []).append(each)
    return render(
        "administration/people.html",
        "administration/_people.html",
        people=identity.all_seen(),
        roles=roles,
        form=form,
    )


def _roles() -> list[tuple[str, str]]:
    """What may be given: `role:enterprise:activity`, and nothing until something is chosen."""
    actor = access.current()
    choices = [("", gettext("Choisissez…"))]
    choices += [("administrator::", gettext("Administrateur"))] if actor.has(Role.ADMINISTRATOR) else []
    for each in enterprises.all_seen():
        if actor.has(Role.ADMINISTRATOR):
            choices += [
                (f"accountant:{each.id}:", gettext("Comptable · %(name)s", name=each.name)),
                (f"coordinator:{each.id}:", gettext("Coordinateur · %(name)s", name=each.name)),
            ]
        if actor.has(Role.ADMINISTRATOR) or each.id in actor.books_ids:
            choices += [
                (f"entrepreneur:{each.id}:{activity.id}", gettext("Entrepreneur · %(name)s", name=activity.name))
                for activity in enterprises.activities(each.id)
                if not activity.is_structure
            ]
    return choices


@bp.post("/personnes")
@access.requires(*KEEPERS)
def invite() -> str | Response | tuple[str, int]:
    """Invite a person: they choose their password by a link; who has one already is told of the role."""
    form = PersonForm()
    form.role.offer(_roles())
    chosen = str(form.role.data or "")
    if form.validate() and chosen and chosen in form.role.values():
        role, enterprise_id, activity_id = chosen.split(":")
        try:
            with transaction():
                inviting.invite(
                    email=str(form.email.data),
                    name=str(form.name.data),
                    language=str(form.language.data),
                    phone=str(form.phone.data or ""),
                    role=Role(role),
                    enterprise_id=int(enterprise_id) if enterprise_id else None,
                    activity_id=int(activity_id) if activity_id else None,
                )
        except DomainError as error:
            form.take(error)
        else:
            jobs.nudge(outgoing.SEND)
            flash(gettext("L’invitation est partie."), "ok")
            return redirect(url_for("administration.people"))
    elif form.validate():
        form.role.errors = [gettext("Choisissez un rôle.")]
    return _people(form), 422


@bp.get("/personnes/<int:person_id>")
@access.requires(*KEEPERS)
def person(person_id: int) -> str:
    """Show a person and their roles."""
    return render(
        "administration/person.html",
        "administration/_person.html",
        person=identity.one(person_id),
        roles=identity.memberships(person_id),
        may_disable=access.current().has(Role.ADMINISTRATOR),
    )


@bp.post("/personnes/<int:person_id>/roles/<int:membership_id>/retirer")
@access.requires(*KEEPERS)
def revoke(person_id: int, membership_id: int) -> Response:
    """Take a role back."""
    with transaction():
        identity.one(person_id)
        identity.revoke(membership_id, person_id=person_id)
    flash(gettext("Le rôle est retiré."), "ok")
    return redirect(url_for("administration.people"))


@bp.post("/personnes/<int:person_id>/acces")
@access.requires(Role.ADMINISTRATOR)
def set_access(person_id: int) -> Response:
    """Shut a person out, or let them in again."""
    is_disabled = request.form.get("disabled") == "1"
    with transaction():
        identity.one(person_id)
        identity.disable(person_id, is_disabled=is_disabled)
    flash(gettext("L’accès est fermé.") if is_disabled else gettext("L’accès est rouvert."), "ok")
    return redirect(url_for("administration.person", person_id=person_id))


__all__ = ["bp", "register"]
