"""An entry typed by hand: what no document makes."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import FieldList, FormField, HiddenField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import Length

from ecp import clock, enterprises, money, parties
from ecp.accounting import chart, posting
from ecp.accounting.errors import UnknownAccount
from ecp.accounting.posting import Draft, DraftLine
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.errors import DomainError, Problem
from ecp.web import access
from ecp.web.accounting import bp, check_books, titles
from ecp.web.forms import ChoiceField, DayText, DecimalText, Form, identifier, required
from ecp.web.htmx import render
from ecp.web.languages import sentence

MOST_LINES = 200


class EntryLineForm(PlainForm):
    """A line."""

    account = StringField(_l("Compte"), [Length(max=60)], render_kw={"list": "comptes", "autocomplete": "off"})
    activity_id = ChoiceField(_l("Activité"), validate_choice=False, render_kw={"data-repeats": ""})
    party = StringField(_l("Tiers"), [Length(max=200)], render_kw={"list": "tiers", "autocomplete": "off"})
    label = StringField(_l("Libellé"), [Length(max=500)])
    debit = DecimalText(_l("Débit"))
    credit = DecimalText(_l("Crédit"))

    @property
    def is_empty(self) -> bool:
        """A line where nothing was typed counts for nothing."""
        typed = any((field.data or "").strip() for field in (self.account, self.party, self.label))
        return not typed and self.debit.data is None and self.credit.data is None

    @property
    def activity_name(self) -> str:
        """What the chosen activity is called; nothing where none is chosen."""
        wanted = self.activity_id.data
        return next((str(each.label) for each in self.activity_id.choices if wanted and each.value == wanted), "")

    @property
    def party_named(self) -> tuple[int, str] | None:
        """The activity and the name of who is named, None where nobody is."""
        name, activity = (self.party.data or "").strip(), identifier(self.activity_id.data)
        return (activity, name) if name and activity is not None else None

    @property
    def number(self) -> str:
        """The account's number, without the title that the list writes after it."""
        return (self.account.data or "").strip().split(" ")[0]


class EntryForm(Form):
    """An entry."""

    key = HiddenField()
    journal = ChoiceField(_l("Journal"))
    on = DayText(_l("Date"), [required()])
    label = StringField(_l("Libellé"), [required(), Length(max=500)])
    document = StringField(_l("Pièce"), [Length(max=200)])
    lines = FieldList(FormField(EntryLineForm), min_entries=2, max_entries=MOST_LINES)
    parties: dict[tuple[int, str], int]
    """Who the lines name, by activity and name, once they are checked."""

    def prepare(self, enterprise_id: int) -> None:
        """Offer the choices of an enterprise."""
        self.journal.offer(
            (each.code, f"{each.code} · {titles.journal(each)}") for each in chart.journals(enterprise_id).values()
        )
        choices = [(str(each.id), each.name) for each in enterprises.activities(enterprise_id)]
        for line in self.lines:
            line.form.activity_id.offer([("", gettext("Choisissez…")), *choices])
        if not self.key.data:
            self.key.data = uuid.uuid4().hex

    def said(self) -> list[FormField]:
        """Give the lines that say something."""
        return [line for line in self.lines if not line.form.is_empty]

    def add_line(self) -> None:
        """Add an empty line, of the same activity as the one before."""
        if len(self.lines) < MOST_LINES:
            self.lines.append_entry({"activity_id": self.lines[-1].form.activity_id.data})

    def check_lines(self, enterprise_id: int) -> bool:
        """Each line that says something names an account and an activity, and nobody or a party of that activity."""
        known = chart.postable(enterprise_id)
        self.parties = parties.find(enterprise_id, {named for each in self.said() if (named := each.form.party_named)})
        for line in self.said():
            account, activity = line.form.account, line.form.activity_id
            if not line.form.number:
                account.errors = [gettext("À remplir.")]
            elif line.form.number not in known:
                account.errors = [sentence(UnknownAccount(account=line.form.number[:50]))]
            if not activity.data or activity.data not in activity.values():
                activity.errors = [gettext("À remplir.")]
            elif line.form.party_named and line.form.party_named not in self.parties:
                line.form.party.errors = [gettext("Cette activité n’a pas de fiche à ce nom.")]
        self.is_refused = any(line.errors for line in self.lines)
        return not self.is_refused

    def take(self, error: DomainError) -> None:
        """Put each problem beside its field; those of lines count only the lines that say something."""
        names = {f"lines-{place}": line.name for place, line in enumerate(self.said())}
        problems = [Problem(each.message, _renamed(each.where, names), each.data) for each in error.problems]
        super().take(type(error)(problems, **error.data))


def _renamed(where: str | None, names: dict[str, str]) -> str | None:
    """Name the field of the form that a place in the draft comes from: `lines-0-debit` may be `lines-2-debit`."""
    head, dash, field = (where or "").rpartition("-")
    return f"{names[head]}{dash}{field}" if head in names else where


@bp.get("/ecritures/<int:enterprise_id>/nouvelle")
@access.requires(Role.ACCOUNTANT)
def new_entry(enterprise_id: int) -> str:
    """Ask for an entry."""
    return _page(enterprise_id, EntryForm(formdata=None, on=clock.today(), journal="OD"))


def _page(enterprise_id: int, form: EntryForm) -> str:
    check_books(enterprise_id)
    form.prepare(enterprise_id)
    return render(
        "accounting/entry_form.html",
        "accounting/_entry_form.html",
        enterprise=enterprises.get(enterprise_id),
        form=form,
        sums=_sums(form),
        accounts=[each for each in chart.accounts(enterprise_id) if len(each.number) >= chart.POSTABLE_DIGITS],
        parties=parties.names(enterprise_id),
        title=titles.account,
    )


@bp.post("/ecritures/<int:enterprise_id>/nouvelle")
@access.requires(Role.ACCOUNTANT)
def post_entry(enterprise_id: int) -> str | Response | tuple[str, int]:
    """Post it."""
    check_books(enterprise_id)
    form = EntryForm()
    form.prepare(enterprise_id)
    if "add" in request.form:
        form.add_line()
        return _page(enterprise_id, form)
    if form.validate() and form.check_lines(enterprise_id):
        try:
            with transaction():
                made = posting.post(_draft(enterprise_id, form))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("L’écriture est enregistrée."), "ok")
            return redirect(url_for("accounting.entry", enterprise_id=enterprise_id, entry_id=made.entry_id))
    return _page(enterprise_id, form), 422


@bp.post("/ecritures/<int:enterprise_id>/totaux")
@access.requires(Role.ACCOUNTANT)
def entry_totals(enterprise_id: int) -> str:
    """Tell what the lines come to so far, and what is missing; nothing is kept."""
    check_books(enterprise_id)
    form = EntryForm()
    form.prepare(enterprise_id)
    return render("accounting/_entry_totals.html", "accounting/_entry_totals.html", sums=_sums(form))


@dataclass(frozen=True)
class Sums:
    """What lines come to; `gaps` are what each activity's debits exceed its credits by, where they do not balance."""

    debit: Decimal
    credit: Decimal
    gaps: list[tuple[str, Decimal]]


def _sums(form: EntryForm) -> Sums:
    """Add up the lines as far as they can be read."""
    debit = credit = money.ZERO
    gaps: dict[str, Decimal] = {}
    for line in form.said():
        one, other = line.form.debit.data or money.ZERO, line.form.credit.data or money.ZERO
        name = line.form.activity_name
        debit, credit, gaps[name] = debit + one, credit + other, gaps.get(name, money.ZERO) + one - other
    return Sums(debit, credit, [(name, gap) for name, gap in gaps.items() if gap])


def _draft(enterprise_id: int, form: EntryForm) -> Draft:
    return Draft(
        enterprise_id=enterprise_id,
        journal=str(form.journal.data),
        on=form.on.data,  # type: ignore[arg-type]
        label=str(form.label.data).strip(),
        source=f"typed:{str(form.key.data)[:64]}",
        document=str(form.document.data or "").strip(),
        lines=tuple(
            DraftLine(
                account=line.form.number,
                activity_id=int(line.form.activity_id.data),
                party_id=form.parties.get(line.form.party_named) if line.form.party_named else None,
                label=str(line.form.label.data or "").strip(),
                debit=line.form.debit.data or money.ZERO,
                credit=line.form.credit.data or money.ZERO,
            )
            for line in form.said()
        ),
    )
