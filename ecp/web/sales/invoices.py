"""Invoices, credit notes and quotes: list, draft, approval, issue, papers."""

from functools import partial

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ecp import clock, parties
from ecp.accounting import entries
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.errors import DomainError
from ecp.sales import documents, issuing, mandates, papers, payments, postings, reading, refunds
from ecp.sales.documents import Document
from ecp.sales.pricing import Priced
from ecp.web import access
from ecp.web.forms import identifier
from ecp.web.htmx import render
from ecp.web.languages import LANGUAGES, current, sentences
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

KINDS = ("invoice", "quote", "credit_note")
SHOWS = ("all", "drafts", "waiting", "unissued", "open")
OF_EVERY_KIND = ("waiting", "unissued")
PAGE = 50


@bp.get("/factures")
@access.requires(*SELLERS)
def invoices() -> str:
    """List documents: invoices, quotes or credit notes; all, drafts, those that wait, those not wholly paid.

    Those that wait, or are not issued, are of every kind, unless one is asked for; `?au=` leaves out later ones.
    """
    kind = request.args.get("type", "invoice")
    show = request.args.get("voir", "all")
    if kind not in KINDS or show not in SHOWS:
        abort(404)
    before, until = request.args.get("avant", type=int), last_day()
    wanted = None if show in OF_EVERY_KIND and "type" not in request.args else kind
    found = reading.listed(
        **scope(),  # type: ignore[arg-type]
        kind=wanted,
        show=show,
        until=until,
        before=before,
        limit=PAGE + 1,
    )
    return render(
        "sales/invoices.html",
        "sales/_invoices.html",
        found=found[:PAGE],
        has_more=len(found) > PAGE,
        kind=kind,
        show=show,
        until=until,
        is_of_every_kind=wanted is None,
        today=clock.today(),
        standing=reading.standing,
        **whose(),
        several=len({each.activity for each in found}) > 1,
    )


# ---- drafts


@bp.get("/factures/nouvelle")
@access.requires(*SELLERS)
@of_one_activity
def new_invoice() -> str:
    """Ask what is sold, and to whom."""
    sold_by = activity()
    form = forms.InvoiceForm(formdata=None, language=current(), means=documents.usual_means(sold_by.id))
    form.party_id.data = request.args.get("client", "")
    return _form_page(form, sold_by.id, kind=_kind())


@bp.post("/factures/nouvelle")
@access.requires(*SELLERS)
def create_invoice() -> str | Response | tuple[str, int]:
    """Keep a draft; submit or issue it at once if that is what was asked."""
    sold_by = activity()
    form = forms.InvoiceForm()
    form.prepare(sold_by.id)
    if "add" in request.form:
        form.lines.append_entry()
        return _form_page(form, sold_by.id, kind=_kind())
    known = documents.kept(sold_by.enterprise_id, own_key(form.key.data, sold_by.id))
    if known is not None:
        return redirect(url_for("sales.invoice", document_id=known))
    if form.validate() and form.check_customer():
        try:
            with transaction():
                made = documents.draft(
                    enterprise_id=sold_by.enterprise_id,
                    activity_id=sold_by.id,
                    party_id=_customer(form, sold_by.enterprise_id, sold_by.id),
                    items=form.items(),
                    on=clock.today(),
                    key=own_key(form.key.data, sold_by.id),
                    kind=_kind(),
                    **form.fields(),
                )
                _go_on(made)
        except DomainError as error:
            form.take(error)
        else:
            flash(_done(documents.one(made)), "ok")
            return redirect(url_for("sales.invoice", document_id=made))
    return _form_page(form, sold_by.id, kind=_kind()), 422


@bp.get("/factures/<int:document_id>/modifier")
@access.requires(*SELLERS)
def edit_invoice(document_id: int) -> str | Response:
    """Show a draft to be changed."""
    document = mine(document_id)
    if document.number:
        return redirect(url_for("sales.invoice", document_id=document_id))
    return _form_page(forms.of_document(document), document.activity_id, kind=document.kind, document=document)


@bp.post("/factures/<int:document_id>/modifier")
@access.requires(*SELLERS)
def change_invoice(document_id: int) -> str | Response | tuple[str, int]:
    """Keep a changed draft."""
    document = mine(document_id)
    form = forms.InvoiceForm()
    form.prepare(document.activity_id)
    if "add" in request.form:
        form.lines.append_entry()
        return _form_page(form, document.activity_id, kind=document.kind, document=document)
    if form.validate() and form.check_customer():
        try:
            with transaction():
                documents.change(
                    document_id,
                    version=forms.version(form.version.data),
                    items=form.items(),
                    on=clock.today(),
                    party_id=_customer(form, document.enterprise_id, document.activity_id),
                    **form.fields(),
                )
                _go_on(document_id)
        except DomainError as error:
            form.take(error)
        else:
            flash(_done(documents.one(document_id)), "ok")
            return redirect(url_for("sales.invoice", document_id=document_id))
    return _form_page(form, document.activity_id, kind=document.kind, document=document), 422


@bp.post("/factures/totaux")
@access.requires(*SELLERS)
def totals() -> str:
    """Tell what the lines come to so far; nothing is kept."""
    form = forms.InvoiceForm()
    form.prepare(activity().id)
    return render("sales/_totals.html", "sales/_totals.html", priced=_priced(form))


def _form_page(form: forms.InvoiceForm, activity_id: int, *, kind: str, document: Document | None = None) -> str:
    form.prepare(activity_id)
    sold_by = activity() if document is None else None
    enterprise_id = document.enterprise_id if document else sold_by.enterprise_id  # type: ignore[union-attr]
    return render(
        "sales/invoice_form.html",
        "sales/_invoice_form.html",
        form=form,
        activity_id=activity_id,
        document=document,
        kind=kind,
        whose=document.activity if document else sold_by.name,  # type: ignore[union-attr]
        products=form.articles,
        mandate=mandates.of(enterprise_id, activity_id),
        priced=_priced(form),
    )


def _priced(form: forms.InvoiceForm) -> Priced | None:
    """What the lines come to as far as they can be read; nothing where one cannot."""
    if not form.is_submitted() or any(field.process_errors for line in form.lines for field in line.form):
        return None
    try:
        return documents.price(documents.rated(form.items(), clock.today()), form.prices.data or "net")
    except (DomainError, ArithmeticError):
        return None


def _kind() -> str:
    kind = request.values.get("type", "invoice")
    return kind if kind in {"invoice", "quote"} else "invoice"


def _customer(form: forms.InvoiceForm, enterprise_id: int, activity_id: int) -> int:
    return identifier(form.party_id.data) or parties.add(
        enterprise_id, activity_id, name=form.new_party.data, language=form.language.data
    )


def _go_on(document_id: int) -> None:
    """Do what the pressed button says beside keeping the draft."""
    wanted = request.form.get("then", "")
    if wanted == "issue":
        issuing.issue(document_id, on=clock.today())
    elif wanted == "submit" and documents.one(document_id).state in {"draft", "sent_back"}:
        documents.move(document_id, "submitted")


def _done(document: Document) -> str:
    if document.state in {"accepted", "declined"}:
        words = {"accepted": gettext("Le client accepte le devis."), "declined": gettext("Le client refuse le devis.")}
        return str(words[document.state])
    if document.number and document.kind == "invoice":
        return str(gettext("%(number)s est émise.", number=document.number))
    if document.number:
        return str(gettext("%(number)s est émis.", number=document.number))
    if document.state == "submitted":
        return str(gettext("C’est soumis : le comptable vous répondra ici."))
    return str(gettext("Le brouillon est gardé."))


def mine(document_id: int) -> Document:
    """Give a document that the person may sell with; another one is not found."""
    document = documents.one(document_id)
    if not may_sell(document.enterprise_id, document.activity_id):
        abort(404)
    return document


# ---- one document


@bp.get("/factures/<int:document_id>")
@access.requires(*SELLERS)
def invoice(document_id: int) -> str:
    """Show a document, where it stands, and what can be done with it."""
    return page(mine(document_id))


def page(
    document: Document,
    payment: forms.PaymentForm | None = None,
    comment: forms.CommentForm | None = None,
    credit: forms.CreditForm | None = None,
    refund: forms.RefundForm | None = None,
) -> str:
    """Show a document; a form that was refused comes back as it was filled."""
    refund = refund or forms.RefundForm(formdata=None, received_on=clock.today(), amount=-document.left)
    refund.prepare()
    payment = payment or forms.PaymentForm(
        formdata=None, received_on=clock.today(), amount=document.left, means=document.means
    )
    payment.prepare()
    priced = document.priced()
    keeps_books = document.enterprise_id in access.current().books_ids
    paid = payments.of_document(document) if document.kind == "invoice" else []
    given_back = refunds.of_document(document) if document.kind == "invoice" else []
    sources = [postings.source(document), *(postings.source_of_payment(each.id) for each in paid)]
    sources += [postings.source_of_refund(document.id, each.id) for each in given_back]
    left = issuing.creditable(document) if document.kind == "invoice" and document.number else {}
    return render(
        "sales/invoice.html",
        "sales/_invoice.html",
        document=document,
        priced=priced,
        amounts=priced.amounts,
        standing=reading.standing(document, clock.today()),
        payments=paid,
        refunds=given_back,
        refund=refund,
        entries=entries.of_sources(document.enterprise_id, sources) if keeps_books and document.number else [],
        credit_notes=issuing.credit_notes(document) if document.kind == "invoice" and document.number else [],
        mandate=mandates.of(document.enterprise_id, document.activity_id),
        keeps_books=keeps_books,
        made=issuing.invoice_of(document) if document.kind == "quote" and document.number else None,
        left=left,
        sold={str(line.position): line for line in document.lines},
        credit=credit or forms.of_credit(left),
        payment=payment,
        comment=comment or forms.CommentForm(formdata=None, version=document.version),
        paper_languages=LANGUAGES,
    )


@bp.post("/factures/<int:document_id>/etape")
@access.requires(*SELLERS)
def step(document_id: int) -> str | Response | tuple[str, int]:
    """Submit, take back, approve, issue, accept or decline: the step that the button names."""
    document = mine(document_id)
    wanted = request.form.get("step", "")
    read = forms.version(request.form.get("version"))
    try:
        with transaction():
            if wanted == "issue":
                issuing.issue(document_id, on=clock.today())
            elif wanted == "approve":
                documents.move(document_id, "approved", version=read)
                issuing.issue(document_id, on=clock.today())
            elif wanted in {"submitted", "draft", "approved", "accepted", "declined"}:
                documents.move(document_id, wanted, version=read)
            else:
                abort(400)
    except DomainError as error:
        flash(sentences(error), "error")
        return redirect(url_for("sales.invoice", document_id=document_id))
    flash(_done(documents.one(document_id)), "ok")
    if wanted == "approve":
        return _decided(document)
    return redirect(url_for("sales.invoice", document_id=document.id))


@bp.post("/factures/<int:document_id>/renvoyer")
@access.requires(Role.ACCOUNTANT)
def send_back(document_id: int) -> str | Response | tuple[str, int]:
    """Send a submitted document back with a word."""
    document = mine(document_id)
    form = forms.CommentForm()
    if not form.validate():
        return page(document, comment=form), 422
    with transaction():
        documents.move(
            document_id, "sent_back", comment=str(form.comment.data), version=forms.version(form.version.data)
        )
    flash(gettext("Le document est renvoyé avec votre commentaire."), "ok")
    return _decided(document)


def _decided(document: Document) -> Response:
    return onward(
        partial(reading.listed, kind=None),
        document,
        lambda left: url_for("sales.invoice", document_id=left),
        "sales.invoices",
        gettext("Plus aucun document n’attend votre accord."),
    )


@bp.post("/factures/<int:document_id>/abandonner")
@access.requires(*SELLERS)
def discard(document_id: int) -> Response:
    """Throw a draft away."""
    mine(document_id)
    with transaction():
        documents.discard(document_id)
    flash(gettext("Le brouillon est supprimé."), "ok")
    return redirect(url_for("sales.invoices"))


@bp.post("/factures/<int:document_id>/facturer")
@access.requires(*SELLERS)
def invoice_quote(document_id: int) -> Response:
    """Draft the invoice of a quote."""
    mine(document_id)
    with transaction():
        made = issuing.invoice_from_quote(document_id, on=clock.today(), key=f"quote:{document_id}")
    return redirect(url_for("sales.invoice", document_id=made))


# ---- papers


@bp.get("/factures/<int:document_id>.pdf")
@access.requires(*SELLERS)
def invoice_pdf(document_id: int) -> Response:
    """Give the paper, in the language asked for, else the document's."""
    document = mine(document_id)
    language = request.args.get("langue", document.language)
    if language not in LANGUAGES:
        abort(404)
    name = document.number or f"brouillon-{document.id}"
    return paper(papers.pdf(document_id, language), f"{name}-{language}.pdf")


def paper(content: bytes, name: str) -> Response:
    """Give a PDF to be read in the browser."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, mimetype="application/pdf", headers=headers)
