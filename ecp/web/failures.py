"""What went wrong, in the reader's words, with the number that HTTP has for it; never a trace."""

import uuid

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app, render_template
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from ecp.db import session
from ecp.errors import DomainError, Invalid, NotFound
from ecp.identity.errors import LinkExpired
from ecp.web.htmx import is_part
from ecp.web.languages import sentence

Answer = tuple[str, int]


def register(app: Flask) -> None:
    """Answer every failure with a page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(sa.exc.OperationalError, _unreachable)
    app.register_error_handler(sa.exc.DataError, _beyond)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: DomainError) -> int:
    """The number for a family of errors."""
    if isinstance(error, NotFound):
        return 404
    return 422 if isinstance(error, Invalid) else 409


def _page(status: int, title: str, text: str, **more: object) -> Answer:
    """Say it; `number` to cite, `problems`, and whether the way on is `another_link` are told where they are given."""
    session.rollback()
    template = "_failure.html" if is_part() else "failure.html"
    return render_template(template, status=status, title=title, text=text, **more), status


def _http(error: HTTPException) -> Answer | HTTPException:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 (redirections are no failures)
        return error
    words = {
        401: (gettext("Connectez-vous"), gettext("Votre visite est terminée : connectez-vous de nouveau.")),
        403: (gettext("Cette page n’est pas pour vous"), gettext("Votre rôle ne permet pas de l’ouvrir.")),
        404: (gettext("Introuvable"), gettext("Cette page n’existe pas, ou elle n’est pas à vous.")),
        405: (gettext("Impossible ici"), gettext("Cette adresse ne s’ouvre pas de cette façon.")),
        413: (gettext("Fichier trop grand"), gettext("Envoyez un fichier plus petit.")),
        429: (gettext("Trop d’essais"), gettext("Attendez un peu avant d’essayer de nouveau.")),
    }
    title, text = words.get(status, (gettext("La demande a échoué"), gettext("Revenez en arrière et réessayez.")))
    return _page(status, title, text)


def _domain(error: DomainError) -> Answer:
    status = status_of(error)
    if status == 404:  # noqa: PLR2004
        return _missing()
    is_spent = isinstance(error, LinkExpired)
    return _page(status, gettext("C’est refusé"), sentence(error), problems=error.problems, another_link=is_spent)


def _missing() -> Answer:
    return _page(404, gettext("Introuvable"), gettext("Cette page n’existe pas, ou elle n’est pas à vous."))


_BEYOND = (
    psycopg.errors.NumericValueOutOfRange,
    psycopg.errors.DatetimeFieldOverflow,
    psycopg.errors.CharacterNotInRepertoire,
    psycopg.errors.UntranslatableCharacter,
)


def _beyond(error: sa.exc.DataError) -> Answer:
    """What no column can hold, a number too large or a sign that no text has, is nowhere; the rest is our fault."""
    is_refused_by_driver = type(error.orig) is psycopg.DataError
    return _missing() if is_refused_by_driver or isinstance(error.orig, _BEYOND) else _unexpected(error)


def _csrf(_error: CSRFError) -> Answer:
    text = gettext("La page était restée ouverte trop longtemps : revenez en arrière, rechargez-la et réessayez.")
    return _page(400, gettext("La demande a expiré"), text)


def _unreachable(error: sa.exc.OperationalError) -> Answer:
    number = _noted(error)
    text = gettext("La base de données ne répond pas. Rien n’a été perdu ; réessayez dans un instant.")
    return _page(503, gettext("Un instant"), text, number=number)


def _unexpected(error: Exception) -> Answer:
    if current_app.testing:
        raise error
    number = _noted(error)
    text = gettext("C’est notre faute, et c’est noté. Rien n’a été enregistré à moitié.")
    return _page(500, gettext("Quelque chose a échoué"), text, number=number)


def _noted(error: Exception) -> str:
    """Write the trace in the log under a number that the page shows."""
    number = uuid.uuid4().hex[:8]
    current_app.logger.error("failure %s", number, exc_info=error)
    return number
