"""Bills of suppliers and expense notes: handed in, decided by the accountant, paid."""

from decimal import Decimal

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ecp import clock, enterprises, parties
from ecp.accounting import entries
from ecp.db import transaction
from ecp.enterprises import Activity, Role
from ecp.errors import DomainError
from ecp.purchasing import bills, postings
from ecp.web import access
from ecp.web.forms import identifier
from ecp.web.htmx import render
from ecp.web.languages import sentence
from ecp.web.sales import (
    SELLERS,
    activity,
    bp,
    forms,
    last_day,
    may_sell,
    of_one_activity,
    onward,
    own_key,
    scope,
    whose,
)

SHOWS = ("all", "waiting", "open")
PAGE = 50


@bp.get("/achats")
@access.requires(*SELLERS)
def purchases() -> str:
    """List purchases: all, those that wait, those to pay; `?au=` leaves out later ones."""
    show = request.args.get("voir", "all")
    if show not in SHOWS:
        abort(404)
    before, until = request.args.get("avant", type=int), last_day()
    found = bills.listed(**scope(), show=show, until=until, before=before, limit=PAGE + 1)  # type: ignore[arg-type]
    return render(
        "sales/purchases.html",
        "sales/_purchases.html",
        found=found[:PAGE],
        has_more=len(found) > PAGE,
        show=show,
        until=until,
        several=len({each.activity for each in found}) > 1,
        **whose(),
    )


@bp.get("/achats/nouveau")
@access.requires(*SELLERS)
@of_one_activity
def new_purchase() -> str:
    """Ask what was bought."""
    return _form_page(forms.PurchaseForm(formdata=None, billed_on=clock.today()))


def _form_page(form: forms.PurchaseForm, purchase: bills.Purchase | None = None) -> str:
    whose = enterprises.activity(purchase.enterprise_id, purchase.activity_id) if purchase else activity()
    form.prepare(whose.id)
    keeps_books = whose.enterprise_id in access.current().books_ids
    told = {"form": form, "activity": whose, "purchase": purchase, "keeps_books": keeps_books}
    return render("sales/purchase_form.html", "sales/_purchase_form.html", **told)


@bp.post("/achats/nouveau")
@access.requires(*SELLERS)
def add_purchase() -> str | Response | tuple[str, int]:
    """Hand a bill or note in."""
    whose = activity()
    form = forms.PurchaseForm()
    form.prepare(whose.id)
    known = bills.kept(whose.enterprise_id, own_key(form.key.data, whose.id))
    if known is not None:
        return redirect(url_for("sales.purchase", purchase_id=known))
    if form.validate():
        try:
            with transaction():
                made = bills.submit(
                    _bought(form, whose),
                    enterprise_id=whose.enterprise_id,
                    activity_id=whose.id,
                    key=own_key(form.key.data, whose.id),
                )
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("C’est remis au comptable."), "ok")
            return redirect(url_for("sales.purchase", purchase_id=made))
    return _form_page(form), 422


def _bought(form: forms.PurchaseForm, whose: Activity) -> bills.Bought:
    return bills.Bought(
        party_id=_supplier(form, whose),
        kind=str(form.kind.data),
        billed_on=form.billed_on.data,  # type: ignore[arg-type]
        due_on=form.due_on.data,
        nature=str(form.nature.data),
        label=str(form.label.data),
        gross=form.gross.data or Decimal(0),
        vat_category=str(form.vat_category.data),
        reference=str(form.reference.data or ""),
    )


def _supplier(form: forms.PurchaseForm, whose: Activity) -> int | None:
    party_id = identifier(form.party_id.data)
    if party_id is not None:
        chosen = parties.one(party_id)
        if chosen.activity_id != whose.id:
            abort(404)
        return chosen.id
    name = (form.new_party.data or "").strip()
    if not name:
        return None
    return parties.add(whose.enterprise_id, whose.id, name=name, is_customer=False, is_supplier=True)


# ---- one purchase


@bp.get("/achats/<int:purchase_id>")
@access.requires(*SELLERS)
def purchase(purchase_id: int) -> str:
    """Show a purchase, and what can be done with it."""
    return _page(_mine(purchase_id))


def _mine(purchase_id: int) -> bills.Purchase:
    found = bills.one(purchase_id)
    if not may_sell(found.enterprise_id, found.activity_id):
        abort(404)
    return found


@bp.get("/achats/<int:purchase_id>/modifier")
@access.requires(*SELLERS)
def edit_purchase(purchase_id: int) -> str | Response:
    """Show what was handed in, to be corrected."""
    found = _mine(purchase_id)
    if found.state == "posted":
        return redirect(url_for("sales.purchase", purchase_id=purchase_id))
    return _form_page(forms.of_purchase(found), found)


@bp.post("/achats/<int:purchase_id>/modifier")
@access.requires(*SELLERS)
def change_purchase(purchase_id: int) -> str | Response | tuple[str, int]:
    """Keep what was corrected; what was sent back is handed in again."""
    found = _mine(purchase_id)
    form = forms.PurchaseForm()
    form.prepare(found.activity_id)
    if form.validate():
        try:
            with transaction():
                whose = enterprises.activity(found.enterprise_id, found.activity_id)
                bills.change(purchase_id, _bought(form, whose), version=forms.version(form.version.data))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("C’est remis au comptable."), "ok")
            return redirect(url_for("sales.purchase", purchase_id=purchase_id))
    return _form_page(form, found), 422


@bp.post("/achats/<int:purchase_id>/supprimer")
@access.requires(*SELLERS)
def discard_purchase(purchase_id: int) -> Response:
    """Take back what was handed in by mistake."""
    _mine(purchase_id)
    with transaction():
        bills.discard(purchase_id)
    flash(gettext("La dépense est supprimée."), "ok")
    return redirect(url_for("sales.purchases"))


def _page(
    found: bills.Purchase,
    payment: forms.PurchasePaymentForm | None = None,
    comment: forms.CommentForm | None = None,
) -> str:
    payment = payment or forms.PurchasePaymentForm(formdata=None, received_on=clock.today(), amount=found.left)
    payment.prepare()
    paid = bills.payments(found)
    sources = [postings.source(found.id), *(postings.source_of_payment(each.id) for each in paid)]
    keeps_books = found.enterprise_id in access.current().books_ids
    return render(
        "sales/purchase.html",
        "sales/_purchase.html",
        purchase=found,
        nature=forms.nature_word(found.nature),
        keeps_books=keeps_books,
        payments=paid,
        entries=entries.of_sources(found.enterprise_id, sources) if keeps_books else [],
        payment=payment,
        comment=comment or forms.CommentForm(formdata=None, version=found.version),
    )


@bp.post("/achats/<int:purchase_id>/accepter")
@access.requires(Role.ACCOUNTANT)
def approve_purchase(purchase_id: int) -> Response:
    """Post it."""
    found = _mine(purchase_id)
    try:
        with transaction():
            bills.approve(purchase_id, version=forms.version(request.form.get("version")))
    except DomainError as error:
        flash(sentence(error), "error")
        return redirect(url_for("sales.purchase", purchase_id=purchase_id))
    flash(gettext("La dépense est enregistrée dans les livres."), "ok")
    return _decided(found)


@bp.post("/achats/<int:purchase_id>/renvoyer")
@access.requires(Role.ACCOUNTANT)
def send_back_purchase(purchase_id: int) -> str | Response | tuple[str, int]:
    """Send it back with a word."""
    found = _mine(purchase_id)
    form = forms.CommentForm()
    if not form.validate():
        return _page(found, comment=form), 422
    with transaction():
        bills.send_back(purchase_id, comment=str(form.comment.data), version=forms.version(form.version.data))
    flash(gettext("La dépense est renvoyée avec votre commentaire."), "ok")
    return _decided(found)


def _decided(found: bills.Purchase) -> Response:
    return onward(
        bills.listed,
        found,
        lambda left: url_for("sales.purchase", purchase_id=left),
        "sales.purchases",
        gettext("Plus aucune dépense n’attend votre accord."),
    )


@bp.post("/achats/<int:purchase_id>/reglements")
@access.requires(*SELLERS)
def pay_purchase(purchase_id: int) -> str | Response | tuple[str, int]:
    """Record money paid."""
    found = _mine(purchase_id)
    form = forms.PurchasePaymentForm()
    form.prepare()
    if form.validate():
        try:
            with transaction():
                bills.pay(purchase_id, form.amount.data or Decimal(0), **form.said(found.activity_id))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("Le paiement est enregistré."), "ok")
            return redirect(url_for("sales.purchase", purchase_id=purchase_id))
    return _page(found, payment=form), 422
