"""Dirhams, dates and quantities as people here write them, in French, Arabic and English.

Morocco writes its numbers with the digits 0 to 9 in both scripts, thousands apart and a decimal comma. Two traps are
closed here once for all pages and documents. Between thousands stands U+202F: with an ordinary space `12 345,67` is
shown as `345,67 12` inside Arabic text, a wrong number. And in Arabic every figure is isolated left to right
(U+2066 … U+2069), or its minus sign would move to the far side.

Only `whole_amount` rounds, for charts: elsewhere a fraction of a centime is a bug and raises ValueError. Languages are
`fr`, `ar` and `en`; another one is a bug too and raises KeyError.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

THIN = "\u202f"  # narrow no-break space
HARD = "\u00a0"  # no-break space
_APART = re.compile("(?<=«) | (?=[:;?!»])")  # as French sets its signs
MINUS = "\u2212"
LEFT_TO_RIGHT, RIGHT_TO_LEFT, AS_IT_BEGINS, END = "\u2066", "\u2067", "\u2068", "\u2069"  # isolates

LANGUAGES = ("fr", "ar", "en")

_DECIMALS = 2
_CENTIME = Decimal("0.01")
_ONE_AND_TWO_DAYS = {1: "يوم واحد", 2: "يومين"}
_CASABLANCA = ZoneInfo("Africa/Casablanca")


@dataclass(frozen=True)
class _Habits:
    locale: Locale
    thousands: str
    point: str
    dirhams: str
    before_percent: str
    long_day: str
    at: str


_HABITS = {
    "fr": _Habits(Locale("fr"), THIN, ",", "DH", HARD, "d MMMM y", "à"),
    "ar": _Habits(Locale("ar", "MA"), THIN, ",", "درهم", HARD, "d MMMM y", "على الساعة"),
    "en": _Habits(Locale("en", "GB"), ",", ".", "MAD", "", "d MMMM y", "at"),
}


class AmountParts(NamedTuple):
    """An amount in three pieces, so that centimes can be set lighter; joined, they are the whole amount."""

    sign: str
    whole: str
    decimals: str


def is_right_to_left(language: str) -> bool:
    """Whether pages in this language read from the right.

    >>> is_right_to_left("ar"), is_right_to_left("fr")
    (True, False)
    """
    return _HABITS[language].locale.character_order == "right-to-left"


def isolated(text: str, language: str) -> str:
    r"""Keep a figure or a reference in its own left-to-right island where the text around is Arabic.

    Numbers of invoices, ICE, bank accounts: all that is typed left to right and must not be turned round.

    >>> isolated("F-2026-0012", "ar")
    '\u2066F-2026-0012\u2069'
    >>> isolated("F-2026-0012", "fr")
    'F-2026-0012'
    """
    return f"{LEFT_TO_RIGHT}{text}{END}" if is_right_to_left(language) else text


def phrase(text: str, language: str) -> str:
    r"""Keep words that people typed, an address or a name, in an island that runs as they begin, where text is Arabic.

    >>> phrase("12, rue de l’Exemple", "ar")
    '\u206812, rue de l’Exemple\u2069'
    """
    return f"{AS_IT_BEGINS}{text}{END}" if text and is_right_to_left(language) else text


def in_dictionary(text: str) -> str:
    """Give what a name is sorted by: accents and capitals do not count.

    >>> sorted(["Zoo", "école", "Étain", "eau"], key=in_dictionary)
    ['eau', 'école', 'Étain', 'Zoo']
    """
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).casefold()


@lru_cache(maxsize=4096)
def unbroken(text: str, language: str) -> str:
    r"""Keep on its line the sign that French sets apart by a space; texts of the catalogues, which are not many.

    >>> unbroken("Vraiment ? « Oui » : rien de plus", "fr")
    'Vraiment\xa0? «\xa0Oui\xa0»\xa0: rien de plus'
    >>> unbroken("Really? So : so", "en")
    'Really? So : so'
    """
    return _APART.sub(HARD, text) if language == "fr" else text


def point(language: str) -> str:
    """The sign before decimals."""
    return _HABITS[language].point


def amount_parts(value: Decimal, language: str, *, sign: bool = False) -> AmountParts:
    r"""An amount of dirhams in pieces; whoever sets them in Arabic text isolates the three together.

    >>> amount_parts(Decimal("-12345.6"), "fr") == ("−", "12\u202f345", ",60")
    True
    >>> amount_parts(Decimal("7"), "en", sign=True)
    AmountParts(sign='+', whole='7', decimals='.00')
    """
    habits = _HABITS[language]
    whole, decimals = _digits(value, _DECIMALS)
    return AmountParts(_sign(value, always=sign), _grouped(whole, habits.thousands), habits.point + decimals)


def amount(value: Decimal, language: str, *, sign: bool = False, unit: bool = False) -> str:
    r"""An amount of dirhams; `sign` writes a plus too, `unit` adds the currency.

    >>> amount(Decimal("12345.67"), "fr", unit=True) == "12\u202f345,67\u00a0DH"
    True
    >>> amount(Decimal("-12345.67"), "ar") == "\u2066−12\u202f345,67\u2069"
    True
    >>> amount(Decimal("12345.67"), "en", sign=True)
    '+12,345.67'
    """
    figure = isolated("".join(amount_parts(value, language, sign=sign)), language)
    return f"{figure}{HARD}{_HABITS[language].dirhams}" if unit else figure


def whole_amount(value: Decimal, language: str, *, sign: bool = False) -> str:
    """Dirhams without centimes for charts and headlines, halves away from zero; never a figure of the books.

    >>> whole_amount(Decimal("-1234.50"), "en"), whole_amount(Decimal("0.49"), "fr")
    ('−1,235', '0')
    """
    dirhams = value.quantize(Decimal(1), rounding="ROUND_HALF_UP")
    digits, _ = _digits(dirhams, 0)
    return isolated(_sign(dirhams, always=sign) + _grouped(digits, _HABITS[language].thousands), language)


def dirhams(language: str) -> str:
    """The currency as it stands after an amount.

    >>> dirhams("fr"), dirhams("en")
    ('DH', 'MAD')
    """
    return _HABITS[language].dirhams


def quantity(value: Decimal, language: str, *, unit: str = "") -> str:
    r"""A quantity without needless zeros, with its unit if it has one.

    >>> quantity(Decimal("1250.500"), "fr", unit="kg") == "1\u202f250,5\u00a0kg"
    True
    >>> quantity(Decimal("3.000"), "en")
    '3'
    """
    habits = _HABITS[language]
    whole, _, decimals = f"{abs(value):f}".partition(".")
    decimals = decimals.rstrip("0")
    figure = _sign(value) + _grouped(whole, habits.thousands) + (habits.point + decimals if decimals else "")
    return isolated(figure, language) + (f"{HARD}{unit}" if unit else "")


def price(value: Decimal, language: str) -> str:
    r"""A unit price: to the centime, or with the decimals it has, up to four.

    >>> price(Decimal("145.5000"), "fr"), price(Decimal("0.3350"), "fr")
    ('145,50', '0,335')
    """
    if value == value.quantize(_CENTIME):
        return amount(value.quantize(_CENTIME), language)
    return quantity(value, language)


def rate(value: Decimal, language: str) -> str:
    r"""A fraction as a percentage, without needless zeros.

    >>> rate(Decimal("0.2000"), "fr") == "20\u00a0%"
    True
    >>> rate(Decimal("0.0025"), "en")
    '0.25%'
    """
    figure = quantity(value.scaleb(2), "fr" if language == "ar" else language)
    return isolated(f"{figure}{_HABITS[language].before_percent}%", language)


def days(count: int, language: str) -> str:
    """A number of days in words that agree with it; in Arabic one, two, three to ten and more differ.

    >>> days(1, "fr"), days(12, "fr"), days(1, "en")
    ('1 jour', '12 jours', '1 day')
    >>> days(2, "ar"), days(9, "ar").endswith("أيام"), days(41, "ar").endswith("يوما"), days(200, "ar").endswith("يوم")
    ('يومين', True, True, True)
    """
    if language == "ar":
        if count in _ONE_AND_TWO_DAYS:
            return _ONE_AND_TWO_DAYS[count]
        rest = count % 100
        word = "أيام" if 3 <= rest <= 10 else "يوما" if rest > 10 else "يوم"  # noqa: PLR2004 (the rule of Arabic numbers)
    else:
        word = {"fr": "jour", "en": "day"}[language] + ("s" if count > 1 or (language == "en" and not count) else "")
    return f"{quantity(Decimal(count), language)} {word}"


def day(on: date, language: str) -> str:
    """A date in figures, day first.

    >>> day(date(2026, 3, 1), "fr")
    '01/03/2026'
    """
    return isolated(f"{on:%d/%m/%Y}", language)


def short_day(on: date, language: str) -> str:
    """A day within a year that the page already names.

    >>> short_day(date(2026, 3, 1), "fr")
    '01/03'
    """
    return isolated(f"{on:%d/%m}", language)


def long_day(on: date, language: str) -> str:
    r"""A date with its month in words.

    >>> long_day(date(2026, 3, 1), "fr"), long_day(date(2026, 3, 14), "en")
    ('1er mars 2026', '14 March 2026')
    >>> long_day(date(2026, 8, 14), "ar") == "\u206714 غشت 2026\u2069"
    True
    """
    habits = _HABITS[language]
    text = format_date(on, habits.long_day, locale=habits.locale)
    return _embedded(f"1er{text[1:]}" if language == "fr" and on.day == 1 else text, language)


def month(of: date, language: str) -> str:
    r"""The month a date falls in, with its year.

    >>> month(date(2026, 8, 14), "fr"), month(date(2026, 8, 14), "en")
    ('août 2026', 'August 2026')
    >>> month(date(2026, 8, 14), "ar") == "\u2067غشت 2026\u2069"
    True
    """
    return _embedded(format_date(of, "LLLL y", locale=_HABITS[language].locale), language)


def short_month(of: date, language: str) -> str:
    """The month alone, shortened where the language does so: the feet of charts.

    >>> short_month(date(2026, 8, 14), "ar"), short_month(date(2026, 9, 14), "fr")
    ('غشت', 'sept.')
    """
    return format_date(of, "LLL", locale=_HABITS[language].locale)


def moment(at: datetime, language: str) -> str:
    """An instant (aware) on the clock of Casablanca.

    >>> moment(datetime.fromisoformat("2026-08-14T09:05:00+00:00"), "fr")
    '14/08/2026 à 10:05'
    """
    local = at.astimezone(_CASABLANCA)
    return f"{day(local.date(), language)} {_HABITS[language].at} {isolated(f'{local:%H:%M}', language)}"


def _embedded(text: str, language: str) -> str:
    """Keep Arabic words and the figures among them together wherever they are set."""
    return f"{RIGHT_TO_LEFT}{text}{END}" if is_right_to_left(language) else text


def _sign(value: Decimal, *, always: bool = False) -> str:
    if value < 0:
        return MINUS
    return "+" if always and value > 0 else ""


def _digits(value: Decimal, decimals: int) -> tuple[str, str]:
    """The digits before and after the point; ValueError where some would be lost."""
    figure = f"{abs(value):.{decimals}f}"
    if Decimal(figure) != abs(value):
        raise ValueError(f"{value} has more than {decimals} decimals")
    whole, _, rest = figure.partition(".")
    return whole, rest


def _grouped(digits: str, separator: str) -> str:
    return f"{int(digits):,}".replace(",", separator)
