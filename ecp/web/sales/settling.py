"""What follows an invoice: money received, its receipt, credit notes, money given back."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ecp import clock, money
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.errors import DomainError
from ecp.sales import issuing, papers, payments, refunds
from ecp.web import access
from ecp.web.languages import LANGUAGES, current, sentence
from ecp.web.sales import SELLERS, bp, forms, may_sell, own_key
from ecp.web.sales.invoices import mine, page, paper


@bp.get("/reglements/<int:payment_id>.pdf")
@access.requires(*SELLERS)
def receipt_pdf(payment_id: int) -> Response:
    """Give the receipt of a payment."""
    payment = payments.one(payment_id)
    if not may_sell(payment.enterprise_id, payment.activity_id) or not payment.is_good:
        abort(404)
    language = request.args.get("langue", current())
    if language not in LANGUAGES:
        abort(404)
    return paper(papers.receipt_pdf(payment_id, language), f"{payment.number}-{language}.pdf")


@bp.post("/factures/<int:document_id>/reglements")
@access.requires(*SELLERS)
def receive_payment(document_id: int) -> str | Response | tuple[str, int]:
    """Record money received for an invoice."""
    document = mine(document_id)
    form = forms.PaymentForm()
    form.prepare()
    if form.validate():
        try:
            with transaction():
                payments.receive({document_id: form.amount.data or money.ZERO}, **form.said(document.activity_id))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("Le règlement est enregistré."), "ok")
            return redirect(url_for("sales.invoice", document_id=document_id))
    return page(document, payment=form), 422


@bp.post("/factures/<int:document_id>/reglements/<int:payment_id>/annuler")
@access.requires(Role.ACCOUNTANT)
def cancel_payment(document_id: int, payment_id: int) -> Response:
    """Cancel a payment of an invoice: its cheque bounced, or it was recorded by mistake."""
    document = mine(document_id)
    if payment_id not in {each.id for each in payments.of_document(document)}:
        abort(404)
    try:
        with transaction():
            payments.cancel(payment_id, on=clock.today())
    except DomainError as error:
        flash(sentence(error), "error")
    else:
        flash(gettext("Le règlement est annulé."), "ok")
    return redirect(url_for("sales.invoice", document_id=document_id))


@bp.post("/factures/<int:document_id>/remboursements")
@access.requires(*SELLERS)
def refund_customer(document_id: int) -> str | Response | tuple[str, int]:
    """Record money given back to the customer of an invoice."""
    document = mine(document_id)
    form = forms.RefundForm()
    form.prepare()
    if form.validate():
        try:
            with transaction():
                refunds.give_back(document_id, form.amount.data or money.ZERO, **form.said(document.activity_id))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("Le remboursement est enregistré."), "ok")
            return redirect(url_for("sales.invoice", document_id=document_id))
    return page(document, refund=form), 422


@bp.post("/factures/<int:document_id>/avoir")
@access.requires(*SELLERS)
def draft_credit_note(document_id: int) -> str | Response | tuple[str, int]:
    """Draft the credit note that takes back what is asked for of an invoice."""
    document = mine(document_id)
    form = forms.CreditForm()
    if form.validate():
        try:
            with transaction():
                made = issuing.credit_note(
                    document_id,
                    reason=str(form.reason.data).strip(),
                    on=clock.today(),
                    key=own_key(form.key.data, document.activity_id),
                    quantities=form.quantities(),
                )
        except DomainError as error:
            form.take(error)
        else:
            return redirect(url_for("sales.invoice", document_id=made))
    return page(document, credit=form), 422
