"""Mails from Jinja templates, without Flask: `templates/mails/<name>.<language>.txt`.

A text opens with `Objet : …`, a blank line, then the message. The HTML is the same paragraphs in the frame
`mail.html`, mirrored in Arabic, with a line that is an address made a link. Templates write figures with the filters
`dirhams`, `day`, `long_day`, `month` and `moment` of the reader's language; French has `of_month` too.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ecp import formats

TEMPLATES = Path(__file__).parent / "templates" / "mails"
_BREAKS = re.compile(r"[ \t\r\n\v\f\x85\u2028\u2029]+")
_SUBJECT = re.compile(r"\A(?:Objet|Subject|الموضوع) ?: ?(?P<subject>[^\n]+)\n\n(?P<text>.+)\Z", re.DOTALL)


_VOWELS = "ao"
"""Months that begin with a vowel: avril, août, octobre."""


class Mail(NamedTuple):
    """A message ready to be sent."""

    subject: str
    text: str
    html: str


def mail(template: str, data: Mapping[str, object], language: str) -> Mail:
    """Write a mail; a name its template asks for and `data` has not raises `jinja2.UndefinedError`.

    ValueError where the template does not open with its subject.
    """
    environment = _environment(language)
    written = environment.get_template(f"{template}.{language}.txt").render(data).strip()
    found = _SUBJECT.match(written)
    if not found:
        raise ValueError(f"{template}.{language}.txt does not open with its subject")
    subject, text = _BREAKS.sub(" ", found["subject"]).strip(), found["text"].strip() + "\n"
    frame = environment.get_template("mail.html")
    html = frame.render(
        subject=subject,
        paragraphs=[paragraph.splitlines() for paragraph in text.strip().split("\n\n")],
        language=language,
        direction="rtl" if formats.is_right_to_left(language) else "ltr",
    )
    return Mail(subject, text, html)


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_one_line,
    )
    environment.filters |= {
        "dirhams": lambda value: formats.amount(value, language, unit=True),
        "day": lambda on: formats.day(on, language),
        "long_day": lambda on: formats.long_day(on, language),
        "month": lambda of: formats.month(of, language),
        "of_month": of_month,
        "moment": lambda at: formats.moment(at, language),
    }
    return environment


def of_month(of: date) -> str:
    """Say in French whose month it is: `de` is cut short before a vowel.

    >>> of_month(date(2026, 10, 1)), of_month(date(2026, 8, 1)), of_month(date(2026, 3, 1))
    ('d’octobre 2026', 'd’août 2026', 'de mars 2026')
    """
    named = formats.month(of, "fr")
    return f"d’{named}" if named[0] in _VOWELS else f"de {named}"


def _one_line(value: object) -> object:
    """No name can add a line, so none can add a header or a link; no-break spaces stay."""
    return _BREAKS.sub(" ", value) if isinstance(value, str) else value
