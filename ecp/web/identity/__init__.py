"""Signing in and out, choosing a password by a link, one's own account."""

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import Length

from ecp import jobs, outgoing, walls
from ecp.db import session, transaction
from ecp.enterprises import Role
from ecp.errors import DomainError
from ecp.identity import people, signing_in
from ecp.identity.errors import LinkExpired, WrongLogin
from ecp.web import access, languages
from ecp.web.forms import ChoiceField, Form, required
from ecp.web.htmx import render
from ecp.web.identity import devices, mailing
from ecp.web.identity.telephones import telephone
from ecp.web.languages import LANGUAGES

bp = Blueprint("identity", __name__)
EVERYBODY = tuple(Role)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(bp)


class LoginForm(Form):
    """Who are you."""

    email = EmailField(_l("Adresse électronique"), [required()], render_kw={"autocomplete": "username"})
    password = PasswordField(_l("Mot de passe"), [required()], render_kw={"autocomplete": "current-password"})


class ForgottenForm(Form):
    """Where to send a link."""

    email = EmailField(_l("Adresse électronique"), [required()], render_kw={"autocomplete": "username"})


class PasswordForm(Form):
    """A new password."""

    password = PasswordField(
        _l("Nouveau mot de passe"), [required(), Length(max=200)], render_kw={"autocomplete": "new-password"}
    )


class ChangeForm(PasswordForm):
    """A new password, by who knows the present one."""

    current = PasswordField(_l("Mot de passe actuel"), [required()], render_kw={"autocomplete": "current-password"})


class AccountForm(Form):
    """What I am called, and what I read."""

    name = StringField(_l("Nom"), [required(), Length(max=200)], render_kw={"autocomplete": "name"})
    phone = StringField(
        _l("Téléphone"), [Length(max=40), telephone()], render_kw={"autocomplete": "tel", "inputmode": "tel"}
    )
    language = ChoiceField(_l("Langue"), choices=list(LANGUAGES.items()))


# ---- signing in and out


@bp.get("/connexion")
@access.anyone
def login() -> str | Response:
    """Ask who is there."""
    if access.signed_in():
        return redirect(url_for("front.door"))
    return render("identity/login.html", "identity/_login.html", form=LoginForm(), target=request.args.get("suite", ""))


@bp.post("/connexion")
@access.anyone
def enter() -> str | Response | tuple[str, int]:
    """Let in who knows the password."""
    form, target = LoginForm(), request.form.get("suite", "")
    if form.validate():
        try:
            token = signing_in.sign_in(
                str(form.email.data),
                str(form.password.data),
                address=request.remote_addr or "",
                seen_from=request.user_agent.string,
            )
        except DomainError as error:
            form.take(error)
        else:
            access.sign_in(token)
            return redirect(access.safe_target(target) or url_for("front.door"))
    return render("identity/login.html", "identity/_login.html", form=form, target=target), 422


@bp.post("/deconnexion")
@access.requires(*EVERYBODY)
def leave() -> Response:
    """End the visit."""
    language = languages.current()
    access.sign_out()
    return languages.keep(redirect(url_for("identity.login")), language)


# ---- links


@bp.get("/mot-de-passe-oublie")
@access.anyone
def forgotten() -> str:
    """Ask where to send a link."""
    return render("identity/forgotten.html", "identity/_forgotten.html", form=ForgottenForm())


@bp.post("/mot-de-passe-oublie")
@access.anyone
def send_link() -> str | tuple[str, int] | Response:
    """Send a link if the address is known; the answer is the same if it is not."""
    form = ForgottenForm()
    if not form.validate() or not _may_ask(form):
        return render("identity/forgotten.html", "identity/_forgotten.html", form=form), 422
    row = walls.login_row(people.looked_up(str(form.email.data)))
    if row is not None and row.disabled_at is None:
        with walls.system(), transaction():
            mailing.mail_link(row.id, signing_in.RESET)
        jobs.nudge(outgoing.SEND)
    flash(gettext("Si cette adresse est connue, un lien vient d’y être envoyé."), "ok")
    return redirect(url_for("identity.login"))


def _may_ask(form: ForgottenForm) -> bool:
    try:
        signing_in.ask_for_link(str(form.email.data), address=request.remote_addr or "")
    except DomainError as error:
        form.take(error)
        return False
    return True


@bp.get("/lien/<word>")
@access.anyone
def choose(word: str) -> str | tuple[str, int]:
    """Ask for a new password, from a link."""
    found = _owner(word)
    return render("identity/choose.html", "identity/_choose.html", form=PasswordForm(), owner=found, word=word)


@bp.post("/lien/<word>")
@access.anyone
def save_password(word: str) -> str | Response | tuple[str, int]:
    """Keep the new password; the link serves no more."""
    form = PasswordForm()
    found = _owner(word)
    if form.validate():
        try:
            signing_in.choose_password(word, mailing.secret(), str(form.password.data))
        except DomainError as error:
            form.take(error)
        else:
            flash(gettext("Votre mot de passe est enregistré : connectez-vous."), "ok")
            return redirect(url_for("identity.login"))
    return render("identity/choose.html", "identity/_choose.html", form=form, owner=found, word=word), 422


def _owner(word: str) -> signing_in.LinkOwner:
    """Whom a link is for; an invitation serves no more once its person has a password, whoever kept it."""
    found = signing_in.owner(word, mailing.secret())
    if found.purpose == signing_in.INVITATION and mailing.has_password(found.email):
        raise LinkExpired
    return found


# ---- my account


@bp.get("/compte")
@access.requires(*EVERYBODY)
def account() -> str:
    """Show what I am called, where I am signed in, what I may do."""
    return _account()


def _account(form: AccountForm | None = None, change: ChangeForm | None = None) -> str:
    person = people.one(access.current().person_id)
    return render(
        "identity/account.html",
        "identity/_account.html",
        person=person,
        form=form or AccountForm(formdata=None, obj=person),
        change=change or ChangeForm(formdata=None),
        visits=session.execute(walls.MY_SESSIONS).all(),
        device=devices.device,
        roles=people.memberships(person.id),
    )


@bp.post("/compte")
@access.requires(*EVERYBODY)
def save_account() -> str | Response | tuple[str, int]:
    """Keep my name, telephone and language."""
    form = AccountForm()
    if not form.validate():
        return _account(form), 422
    try:
        with transaction():
            people.change(
                access.current().person_id,
                name=str(form.name.data),
                language=str(form.language.data),
                phone=str(form.phone.data),
            )
    except DomainError as error:
        form.take(error)
        return _account(form), 422
    from flask import session as visit

    visit.pop("language", None)
    languages.go_on_in(str(form.language.data))
    flash(gettext("C’est enregistré."), "ok")
    return redirect(url_for("identity.account"))


@bp.post("/compte/mot-de-passe")
@access.requires(*EVERYBODY)
def change_password() -> str | Response | tuple[str, int]:
    """Change my password; every visit ends, this one too."""
    form = ChangeForm()
    person = people.one(access.current().person_id)
    if form.validate():
        try:
            signing_in.change_password(person.email, str(form.current.data), str(form.password.data), name=person.name)
        except WrongLogin:
            form.current.errors = [gettext("Ce n’est pas votre mot de passe actuel.")]
        except DomainError as error:
            form.take(error)
        else:
            language = languages.current()
            access.sign_out()
            flash(gettext("Votre mot de passe est changé : connectez-vous de nouveau."), "ok")
            return languages.keep(redirect(url_for("identity.login")), language)
    return _account(change=form), 422


@bp.post("/compte/visites/<key>/fermer")
@access.requires(*EVERYBODY)
def end_visit(key: str) -> Response:
    """End one of my visits, on another device."""
    with transaction():
        session.execute(walls.REVOKE_SESSION, {"key": key})
    flash(gettext("La visite est fermée."), "ok")
    return redirect(url_for("identity.account"))


__all__ = ["bp", "register"]
