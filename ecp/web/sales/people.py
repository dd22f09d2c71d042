"""Customers and suppliers of an activity, and what it sells."""

from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ecp import catalog, clock, money
from ecp import parties as people
from ecp.db import transaction
from ecp.errors import DomainError
from ecp.hosting import owed as owing
from ecp.sales import mandates, payments, reading
from ecp.web import access
from ecp.web.forms import Form
from ecp.web.htmx import render
from ecp.web.languages import current
from ecp.web.sales import SELLERS, activity, bp, forms, may_sell, of_one_activity


@bp.get("/clients")
@access.requires(*SELLERS)
@of_one_activity
def parties() -> str:
    """List customers and suppliers."""
    whose = activity()
    return render(
        "sales/parties.html",
        "sales/_parties.html",
        activity=whose,
        found=people.of_activity(whose.id),
        form=forms.PartyForm(formdata=None, language=current()),
    )


@bp.post("/clients")
@access.requires(*SELLERS)
def add_party() -> str | Response | tuple[str, int]:
    """Keep a new one."""
    whose = activity()
    form = forms.PartyForm()
    if form.validate():
        try:
            with transaction():
                made = people.add(whose.enterprise_id, whose.id, **_filled(form))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("La fiche est gardée."), "ok")
            return redirect(url_for("sales.party", party_id=made))
    found = people.of_activity(whose.id)
    return render("sales/parties.html", "sales/_parties.html", activity=whose, found=found, form=form), 422


@bp.get("/clients/<int:party_id>")
@access.requires(*SELLERS)
def party(party_id: int) -> str:
    """Show one, and what was sold to them."""
    found = _mine(party_id)
    return _page(found, forms.PartyForm(formdata=None, obj=found))


def _mine(party_id: int) -> people.Party:
    found = people.one(party_id)
    if not may_sell(found.enterprise_id, found.activity_id):
        abort(404)
    return found


def _page(found: people.Party, form: forms.PartyForm, payment: forms.PaymentForm | None = None) -> str:
    owed = payments.open_invoices(found)
    due = sum((each.left for each in owed), money.ZERO)
    books = owing.read(found.enterprise_id, [found.activity_id], clock.today())
    payment = payment or forms.PaymentForm(formdata=None, received_on=clock.today(), amount=due)
    payment.prepare()
    return render(
        "sales/party.html",
        "sales/_party.html",
        party=found,
        form=form,
        sold=reading.listed([found.activity_id], party_id=found.id),
        due=due,
        beside=_of_party(books.receivables, found) - due,
        to_pay=_of_party(books.payables, found),
        owed=owed,
        payment=payment,
        mandate=mandates.of(found.enterprise_id, found.activity_id),
    )


def _of_party(items: owing.Items, party: people.Party) -> Decimal:
    found = items.get(party.activity_id, ())
    return sum((each.amount for each in found if each.party_id == party.id), money.ZERO)


@bp.post("/clients/<int:party_id>/reglements")
@access.requires(*SELLERS)
def receive_from_party(party_id: int) -> str | Response | tuple[str, int]:
    """Record money received for whatever a customer owes."""
    found = _mine(party_id)
    payment = forms.PaymentForm()
    payment.prepare()
    if payment.validate():
        try:
            with transaction():
                payments.receive_from(found, payment.amount.data or money.ZERO, **payment.said(found.activity_id))
        except DomainError as error:
            payment.take(error)
        else:
            flash(gettext("Le règlement est enregistré."), "ok")
            return redirect(url_for("sales.party", party_id=party_id))
    return _page(found, forms.PartyForm(formdata=None, obj=found), payment), 422


@bp.post("/clients/<int:party_id>")
@access.requires(*SELLERS)
def change_party(party_id: int) -> str | Response | tuple[str, int]:
    """Keep what was changed."""
    found = _mine(party_id)
    form = forms.PartyForm()
    if form.validate():
        try:
            with transaction():
                people.change(party_id, **_filled(form))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("La fiche est gardée."), "ok")
            return redirect(url_for("sales.party", party_id=party_id))
    return _page(found, form), 422


def _filled(form: Form) -> dict[str, Any]:
    filled = {name: value for name, value in form.data.items() if name != "csrf_token"}
    if "payment_days" in filled:
        filled["payment_days"] = filled["payment_days"] or 0
    return filled


@bp.get("/articles")
@access.requires(*SELLERS)
@of_one_activity
def products() -> str:
    """List what the activity sells."""
    return _products()


def _products(form: forms.ProductForm | None = None) -> str:
    whose = activity()
    form = form or forms.ProductForm(formdata=None)
    form.prepare()
    return render(
        "sales/products.html",
        "sales/_products.html",
        activity=whose,
        found=catalog.of_activity(whose.id),
        form=form,
    )


@bp.post("/articles")
@access.requires(*SELLERS)
def add_product() -> str | Response | tuple[str, int]:
    """Keep a new article."""
    whose = activity()
    form = forms.ProductForm()
    form.prepare()
    if form.validate():
        try:
            with transaction():
                catalog.add(whose.enterprise_id, whose.id, **_filled(form))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("L’article est gardé."), "ok")
            return redirect(url_for("sales.products", activite=whose.id))
    return _products(form), 422
