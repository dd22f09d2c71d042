"""The reader's language: catalogues of every area, and filters that write amounts and days as people here do."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import Babel, get_translations, gettext, refresh
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from ecp import formats, numbers
from ecp.errors import DomainError, Problem
from ecp.web import access

LANGUAGES = {"fr": "Français", "ar": "العربية", "en": "English"}
COOKIE = "langue"
_YEAR = 365 * 24 * 3600
_CATALOGUES = Path(__file__).parents[1] / "translations"


def register(app: Flask) -> None:
    """Find catalogues, choose the language of each request, add the filters."""
    areas = sorted(str(path) for path in _CATALOGUES.iterdir() if path.is_dir())
    Babel(
        app,
        default_translation_directories=";".join(areas),
        locale_selector=current,
        default_timezone="Africa/Casablanca",
    )
    filters = {
        "day": formats.day,
        "short_day": formats.short_day,
        "long_day": formats.long_day,
        "month": formats.month,
        "short_month": formats.short_month,
        "moment": formats.moment,
        "rate": formats.rate,
        "quantity": formats.quantity,
        "price": formats.price,
        "phrase": formats.phrase,
    }
    for name, write in filters.items():
        app.add_template_filter(_in_language(write), name)
    app.add_template_filter(money, "money")
    app.add_template_filter(typed, "typed")
    app.add_template_filter(whole, "whole")
    app.add_template_filter(sentence, "sentence")
    app.add_template_filter(icon, "icon")
    app.jinja_env.globals["_"] = _translated
    app.context_processor(_context)


def current() -> str:
    """The language of the request: the person's, else what the browser chose or asks for; found once a request."""
    known = g.get("language")
    if known is None:
        known = g.language = _chosen()
    return str(known)


def go_on_in(language: str) -> None:
    """Say the rest of this answer in another language, which was just chosen."""
    g.language = language
    g.pop("translations", None)
    refresh()


def _chosen() -> str:
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    actor = access.signed_in()
    if actor:
        return actor.language
    kept = request.cookies.get(COOKIE)
    if kept in LANGUAGES:
        return str(kept)
    return request.accept_languages.best_match(list(LANGUAGES)) or "fr"


def keep(response: Response, language: str) -> Response:
    """Let a browser go on in a language once its visit is over; it says nothing of who was there."""
    is_secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, language, max_age=_YEAR, secure=is_secure, httponly=True, samesite="Lax")
    return response


def _context() -> dict[str, Any]:
    language = current()
    return {
        "language": language,
        "direction": "rtl" if formats.is_right_to_left(language) else "ltr",
        "languages": LANGUAGES,
    }


def _translated(text: str, **values: Any) -> Markup:
    """Say a text of a template in the reader's language: Jinja's own way finds the catalogue anew for each word."""
    translations = g.get("translations")
    if translations is None:
        translations = g.translations = get_translations()
    said = Markup(formats.unbroken(translations.ugettext(text), current()))  # noqa: S704 (our own; values are escaped)
    return said % values if values or "%" in said else said


def _in_language(write: Any) -> Any:
    def filtered(value: Any, **options: Any) -> str:
        return "" if value is None else str(write(value, current(), **options))

    return filtered


def money(value: Decimal | None, *, sign: bool = False) -> Markup:
    """Write an amount with its centimes lighter, left to right whatever stands around it."""
    if value is None:
        return Markup("")
    parts = formats.amount_parts(value, current(), sign=sign)  # digits and their separators: nothing to escape
    css = "money negative" if value < 0 else "money"
    return Markup(  # noqa: S704
        f'<bdi dir="ltr" class="{css}">{parts.sign}{parts.whole}<span class="cents">{parts.decimals}</span></bdi>'
    )


def typed(value: Decimal, *, places: int = 0) -> str:
    """Write a number as a field of the reader's language shows it to be edited."""
    return numbers.typed(value, places=places, point=formats.point(current()))


def whole(value: Decimal) -> str:
    """Write an amount without centimes, for axes and small places."""
    return formats.whole_amount(value, current())


def sentence(problem: DomainError | Problem) -> str:
    """Say an error in the reader's language, its data written as people here do."""
    data = dict(problem.data)
    told = {name: _written(value) for name, value in data.items()}
    text = formats.unbroken(gettext(problem.message), current())
    return str(text % told) if told else str(text)


def sentences(error: DomainError) -> str:
    """Say an error and all that it names, one after the other."""
    return " ".join([sentence(error), *(sentence(each) for each in error.problems)])


def _written(value: object) -> object:
    if isinstance(value, Decimal):
        return formats.amount(value, current())
    if isinstance(value, date) and not isinstance(value, datetime):
        return formats.day(value, current())
    return formats.phrase(value, current()) if isinstance(value, str) else value


def icon(name: str, css: str = "") -> Markup:
    """Draw an icon of the sprite, as tall as the text around it; it is told to nobody who listens."""
    address = g.get("icons")
    if address is None:
        address = g.icons = url_for("assets.file", name="vendor/icons.svg")
    return _icon(address, name, css)


@lru_cache(maxsize=512)
def _icon(address: str, name: str, css: str) -> Markup:
    return Markup('<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(
        css, escape(address), name
    )
