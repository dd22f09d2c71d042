"""Trial balance, general ledger, journals, one entry: each figure leads to the lines behind it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from ecp import clock, enterprises, money
from ecp.accounting import chart, entries, ledger, posting
from ecp.accounting.errors import UnknownAccount
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.errors import DomainError
from ecp.purchasing import bills
from ecp.web import access
from ecp.web.accounting import bp, check_books, chosen_enterprise, filters, titles
from ecp.web.forms import DayText, Form, identifier, required
from ecp.web.htmx import render
from ecp.web.languages import sentence

PAGE = 50


class ReversalForm(Form):
    """Why and when an entry is undone."""

    on = DayText(_l("Date de l’extourne"), [required()])
    reason = StringField(_l("Motif"), [required(), Length(max=300)])


@bp.get("/balance")
@access.requires(Role.ACCOUNTANT)
def trial_balance() -> str | tuple[str, int]:
    """Show the trial balance of an enterprise or an activity, for any days."""
    enterprise = chosen_enterprise()
    chosen = filters.read(enterprise.id)
    problems = chosen.problems
    rows = [] if problems else ledger.trial_balance(enterprise.id, chosen.activity_id, chosen.first.on, chosen.last.on)
    sums = {name: sum((getattr(row, name) for row in rows), money.ZERO) for name in ("opening", "debit", "credit")}
    page = render(
        "accounting/trial_balance.html",
        "accounting/_trial_balance.html",
        enterprise=enterprise,
        activities=enterprises.activities(enterprise.id),
        chosen=chosen,
        problems=problems,
        names=titles.accounts(enterprise.id),
        rows=rows,
        sums=sums,
        debtors=sum((row.balance for row in rows if row.balance > 0), Decimal("0.00")),
        creditors=-sum((row.balance for row in rows if row.balance < 0), Decimal("0.00")),
    )
    return filters.answer(page, problems)


@bp.get("/grand-livre")
@access.requires(Role.ACCOUNTANT)
def general_ledger() -> str | tuple[str, int]:
    """Show the lines of an account with the balance after each; where it has none of its own, which accounts moved."""
    enterprise = chosen_enterprise()
    chosen = filters.read(enterprise.id)
    problems = chosen.problems
    typed = request.args.get("compte", "").strip()
    found = None
    if typed and not problems:
        try:
            found = _lines(enterprise.id, typed.split(" ")[0], chosen)
        except UnknownAccount as error:
            problems.append(sentence(error))
    is_empty = found is not None and not found.rows and not found.closing
    is_last = found is not None and not found.next
    every: list[ledger.TrialBalanceRow] = []
    if (not typed or is_last) and not problems:
        every = ledger.trial_balance(enterprise.id, chosen.activity_id, chosen.first.on, chosen.last.on)
    moved = [each for each in every if not found or (is_empty and each.account.startswith(found.account))]
    page = render(
        "accounting/general_ledger.html",
        "accounting/_general_ledger.html",
        enterprise=enterprise,
        activities=enterprises.activities(enterprise.id),
        chosen=chosen,
        problems=problems,
        typed=typed,
        accounts=[each for each in chart.accounts(enterprise.id) if len(each.number) >= chart.POSTABLE_DIGITS],
        names=titles.accounts(enterprise.id),
        title=titles.account,
        moved=moved,
        page=None if moved else found,
        total=next((each for each in every if found and each.account == found.account), None),
        is_first="apres" not in request.args,
    )
    return filters.answer(page, problems)


def _lines(enterprise_id: int, account: str, chosen: filters.Filters) -> ledger.LedgerPage:
    return ledger.general_ledger(
        enterprise_id,
        account=account,
        activity_id=chosen.activity_id,
        from_on=chosen.first.on,
        to_on=chosen.last.on,
        after=request.args.get("apres") or None,
        limit=PAGE,
    )


@bp.get("/journaux")
@access.requires(Role.ACCOUNTANT)
def journal() -> str | tuple[str, int]:
    """Show the entries of a journal, or of all, with their lines; of this month where no days are asked for."""
    enterprise = chosen_enterprise()
    journals = chart.journals(enterprise.id)
    code = request.args.get("journal") or None
    if code is not None and code not in journals:
        abort(404)
    chosen = filters.read(enterprise.id, first_on=clock.today().replace(day=1))
    problems = chosen.problems
    page = render(
        "accounting/journal.html",
        "accounting/_journal.html",
        enterprise=enterprise,
        activities=enterprises.activities(enterprise.id),
        chosen=chosen,
        problems=problems,
        journals=journals,
        title=titles.journal,
        code=code,
        names=titles.accounts(enterprise.id),
        page=None if problems else _entries(enterprise.id, code, chosen),
        totals=None if problems else entries.totals(enterprise.id, **_wanted(code, chosen)),
        is_first="apres" not in request.args,
    )
    return filters.answer(page, problems)


def _entries(enterprise_id: int, journal: str | None, chosen: filters.Filters) -> entries.JournalPage:
    after = request.args.get("apres") or None
    return entries.journal_page(enterprise_id, **_wanted(journal, chosen), after=after, limit=PAGE // 2)


def _wanted(journal: str | None, chosen: filters.Filters) -> dict[str, Any]:
    """Say which entries a journal is asked for."""
    days = {"from_on": chosen.first.on, "to_on": chosen.last.on}
    return {"journal": journal, "activity_id": chosen.activity_id, **days}


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
        neighbours=entries.neighbours(found),
        names=titles.accounts(enterprise_id),
        month_start=found.on.replace(day=1),
        document=_document(found.source),
        form=form or ReversalForm(formdata=None, on=clock.today()),
    )


def _document(source: str) -> str:
    """The address of what an entry comes from, where it is a page of ours."""
    kind, *parts = source.split(":")
    page = _PAGES.get(kind)
    return page(*parts) if page and parts and identifier(parts[0]) is not None else ""


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
