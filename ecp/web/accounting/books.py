"""Trial balance, general ledger, journals, one entry: each figure leads to the lines behind it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from ecp import clock, enterprises, money
from ecp.accounting import chart, entries, ledger, posting
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.errors import DomainError
from ecp.purchasing import bills
from ecp.web import access
from ecp.web.accounting import bp, check_books, chosen_enterprise
from ecp.web.forms import DayText, Form, read_day, required
from ecp.web.htmx import render

PAGE = 50


class ReversalForm(Form):
    """Why and when an entry is undone."""

    on = DayText(_l("Date de l’extourne"), [required()])
    reason = StringField(_l("Motif"), [required(), Length(max=300)])


def _days() -> tuple[date | None, date | None]:
    """The days of `?du=` and `?au=`; nothing, or what is no date, is no limit."""
    return read_day(request.args.get("du", "")), read_day(request.args.get("au", ""))


def _activity_id(enterprise_id: int) -> int | None:
    wanted = request.args.get("activite", type=int)
    return enterprises.activity(enterprise_id, wanted).id if wanted else None


@bp.get("/balance")
@access.requires(Role.ACCOUNTANT)
def trial_balance() -> str:
    """Show the trial balance of an enterprise or an activity, for any days."""
    enterprise = chosen_enterprise()
    activity_id = _activity_id(enterprise.id)
    from_on, to_on = _days()
    rows = ledger.trial_balance(enterprise.id, activity_id, from_on, to_on)
    sums = {name: sum((getattr(row, name) for row in rows), money.ZERO) for name in ("opening", "debit", "credit")}
    return render(
        "accounting/trial_balance.html",
        "accounting/_trial_balance.html",
        enterprise=enterprise,
        activities=enterprises.activities(enterprise.id),
        activity_id=activity_id,
        from_on=from_on,
        to_on=to_on,
        rows=rows,
        sums=sums,
        debtors=sum((row.balance for row in rows if row.balance > 0), Decimal("0.00")),
        creditors=-sum((row.balance for row in rows if row.balance < 0), Decimal("0.00")),
    )


@bp.get("/grand-livre")
@access.requires(Role.ACCOUNTANT)
def general_ledger() -> str:
    """Show the lines of an account with the balance after each; without an account, which accounts moved."""
    enterprise = chosen_enterprise()
    activity_id = _activity_id(enterprise.id)
    from_on, to_on = _days()
    wanted = request.args.get("compte", "")
    page = None
    if wanted:
        page = ledger.general_ledger(
            enterprise.id,
            account=wanted.split(" ")[0],
            activity_id=activity_id,
            from_on=from_on,
            to_on=to_on,
            after=request.args.get("apres") or None,
            limit=PAGE,
        )
    return render(
        "accounting/general_ledger.html",
        "accounting/_general_ledger.html",
        enterprise=enterprise,
        activities=enterprises.activities(enterprise.id),
        activity_id=activity_id,
        from_on=from_on,
        to_on=to_on,
        accounts=[each for each in chart.accounts(enterprise.id) if len(each.number) >= chart.POSTABLE_DIGITS],
        moved=[] if page else ledger.trial_balance(enterprise.id, activity_id, from_on, to_on),
        page=page,
        is_first="apres" not in request.args,
    )


@bp.get("/journaux")
@access.requires(Role.ACCOUNTANT)
def journal() -> str:
    """Show the entries of a journal, or of all, with their lines."""
    enterprise = chosen_enterprise()
    journals = chart.journals(enterprise.id)
    code = request.args.get("journal") or None
    if code is not None and code not in journals:
        abort(404)
    activity_id = _activity_id(enterprise.id)
    from_on, to_on = _days()
    if from_on is None and "apres" not in request.args and not request.args.get("du"):
        from_on = clock.today().replace(day=1)
    return render(
        "accounting/journal.html",
        "accounting/_journal.html",
        enterprise=enterprise,
        activities=enterprises.activities(enterprise.id),
        activity_id=activity_id,
        journals=journals,
        code=code,
        from_on=from_on,
        to_on=to_on,
        page=entries.journal_page(
            enterprise.id,
            journal=code,
            activity_id=activity_id,
            from_on=from_on,
            to_on=to_on,
            after=request.args.get("apres") or None,
            limit=PAGE // 2,
        ),
    )


@bp.get("/ecritures/<int:enterprise_id>/<int:entry_id>")
@access.requires(Role.ACCOUNTANT)
def entry(enterprise_id: int, entry_id: int) -> str:
    """Show an entry, its seal, its document, and what undid it."""
    return _entry(enterprise_id, entry_id)


def _entry(enterprise_id: int, entry_id: int, form: ReversalForm | None = None) -> str:
    check_books(enterprise_id)
    found = entries.entry(entry_id, enterprise_id)
    return render(
        "accounting/entry.html",
        "accounting/_entry.html",
        enterprise=enterprises.get(enterprise_id),
        entry=found,
        document=_document(found.source),
        form=form or ReversalForm(formdata=None, on=clock.today()),
    )


def _document(source: str) -> str:
    """The address of what an entry comes from, where it is a page of ours."""
    kind, *parts = source.split(":")
    page = _PAGES.get(kind)
    return page(*parts) if page and parts and parts[0].isdigit() else ""


def _of_document(document_id: str, *_: str) -> str:
    return url_for("sales.invoice", document_id=int(document_id))


def _of_payment(payment_id: str, *_: str) -> str:
    return url_for("sales.receipt_pdf", payment_id=int(payment_id))


def _of_purchase(purchase_id: str, *_: str) -> str:
    return url_for("sales.purchase", purchase_id=int(purchase_id))


def _of_purchase_payment(payment_id: str, *_: str) -> str:
    return _of_purchase(str(bills.of_payment(int(payment_id))))


def _of_levy(_levy: str, activity_id: str, month: str, *_: str) -> str:
    return url_for("hosting.statement", of=date.fromisoformat(f"{month}-01"), activite=int(activity_id))


_PAGES: dict[str, Callable[..., str]] = {
    "invoice": _of_document,
    "credit_note": _of_document,
    "refund": _of_document,
    "payment": _of_payment,
    "purchase": _of_purchase,
    "purchase-payment": _of_purchase_payment,
    "levy": _of_levy,
}


@bp.post("/ecritures/<int:enterprise_id>/<int:entry_id>/extourner")
@access.requires(Role.ACCOUNTANT)
def reverse(enterprise_id: int, entry_id: int) -> str | Response | tuple[str, int]:
    """Undo an entry by its mirror."""
    check_books(enterprise_id)
    form = ReversalForm()
    if form.validate():
        try:
            with transaction():
                made = posting.reverse(
                    enterprise_id,
                    entry_id,
                    form.on.data,  # type: ignore[arg-type]
                    str(form.reason.data),
                )
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("L’écriture est extournée."), "ok")
            return redirect(url_for("accounting.entry", enterprise_id=enterprise_id, entry_id=made.entry_id))
    return _entry(enterprise_id, entry_id, form), 422
