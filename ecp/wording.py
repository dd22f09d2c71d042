"""Amounts in words, as invoices close with them (RULES R4.3), in French, Arabic and English. Pure.

French and English numbers come from num2words. Its Arabic ones are wrong in writing (`و` apart from its word, 200 cut
short) and know nothing of the noun that is counted, so Arabic is composed here: 1 and 2 are the noun itself, 3 to 10
take its plural, 11 to 99 its accusative, hundreds and thousands its genitive, and 200 or 2 000 lose their ن before it.
Decision 0110 says why.
"""

from dataclasses import dataclass
from decimal import Decimal

from num2words import num2words


def amount(value: Decimal, language: str) -> str:
    """Say an amount of dirhams in words; centimes only where there are some.

    ValueError where it is negative (the document says which way it goes) or has a fraction of a centime.

    >>> amount(Decimal("1203.50"), "fr")
    'mille deux cent trois dirhams et cinquante centimes'
    >>> amount(Decimal("1203.50"), "ar")
    'ألف ومائتان وثلاثة دراهم وخمسون سنتيما'
    >>> amount(Decimal("1203.50"), "en")
    'one thousand two hundred and three dirhams and fifty centimes'
    """
    dirhams, centimes = _split(value)
    say, join = _SAY[language]
    parts = [say(dirhams, 0)] if dirhams or not centimes else []
    if centimes:
        parts.append(say(centimes, 1))
    return join.join(parts)


def _split(value: Decimal) -> tuple[int, int]:
    hundredths = value.scaleb(2)
    whole = int(hundredths)
    if value < 0 or whole != hundredths:
        raise ValueError(f"{value} cannot be said as dirhams and centimes")
    return divmod(whole, 100)


_FRENCH = (("dirham", "dirhams"), ("centime", "centimes"))
_PLURAL_FROM = 2
_MILLION = 1_000_000


def _french(count: int, noun: int) -> str:
    """`un million de dirhams`, but `un million cent dirhams`; zero and one are singular."""
    singular, plural = _FRENCH[noun]
    link = "de " if count and count % _MILLION == 0 else ""
    return f"{num2words(count, lang='fr')} {link}{plural if count >= _PLURAL_FROM else singular}"


def _english(count: int, noun: int) -> str:
    singular, plural = _FRENCH[noun]
    return f"{num2words(count, lang='en').replace(',', '')} {singular if count == 1 else plural}"


@dataclass(frozen=True)
class _Noun:
    """A masculine noun that is counted, in the forms that numbers ask for; `bare_*` stand before a genitive."""

    singular: str
    dual: str
    bare_dual: str
    plural: str
    accusative: str


_DIRHAM = _Noun("درهم", "درهمان", "درهما", "دراهم", "درهما")
_CENTIME = _Noun("سنتيم", "سنتيمان", "سنتيما", "سنتيمات", "سنتيما")
_SCALES = (
    (10**12, _Noun("تريليون", "تريليونان", "تريليونا", "تريليونات", "تريليونا")),
    (10**9, _Noun("مليار", "ملياران", "مليارا", "ملايير", "مليارا")),
    (10**6, _Noun("مليون", "مليونان", "مليونا", "ملايين", "مليونا")),
    (10**3, _Noun("ألف", "ألفان", "ألفا", "آلاف", "ألفا")),
)
_UNITS = ("", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة")
_TEENS = ("", "أحد", "اثنا", *_UNITS[3:10])
_TENS = ("", "", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون")
_HUNDREDS = ("", "مائة", "مائتان", "ثلاثمائة", "أربعمائة", "خمسمائة", "ستمائة", "سبعمائة", "ثمانمائة", "تسعمائة")
_BARE_TWO_HUNDRED = "مائتا"
_ZERO, _ONE, _TWO, _TEN, _TWENTY, _HUNDRED = "صفر", 1, 2, 10, 20, 100


def _arabic(count: int, noun: int) -> str:
    """The number and its noun; a rest of one or two repeats the noun: `مائة درهم ودرهم واحد`."""
    counted = (_DIRHAM, _CENTIME)[noun]
    if count == 0:
        return f"{_ZERO} {counted.singular}"
    rest = count % _HUNDRED
    if rest in {_ONE, _TWO}:
        repeated = counted.dual if rest == _TWO else f"{counted.singular} {_UNITS[1]}"
        return _joined([_arabic(count - rest, noun), repeated]) if count > rest else repeated
    return _above(count, counted)


def _above(count: int, counted: _Noun) -> str:
    """Thousands and more, then the hundreds with the noun; a round number hands its genitive to the noun."""
    parts = []
    for size, scale in _SCALES:
        group, count = divmod(count, size)
        if group:
            parts.append(_group(group, scale, bare=count == 0))
    if not count:
        return f"{_joined(parts)} {counted.singular}"
    return _joined([*parts, _group(count, counted, bare=False)])


def _group(count: int, noun: _Noun, *, bare: bool) -> str:
    """1 to 999 of a noun; `bare` where a genitive follows."""
    hundreds, rest = divmod(count, _HUNDRED)
    if rest == 0:
        return f"{_BARE_TWO_HUNDRED if hundreds == _TWO else _HUNDREDS[hundreds]} {noun.singular}"
    if rest in {_ONE, _TWO}:
        repeated = noun.singular if rest == _ONE else noun.bare_dual if bare else noun.dual
        return _joined([_group(count - rest, noun, bare=False), repeated]) if hundreds else repeated
    if rest <= _TEN:
        counted = f"{_UNITS[rest]} {noun.plural}"
    else:
        counted = f"{_below_hundred(rest)} {noun.singular if bare else noun.accusative}"
    return _joined([_HUNDREDS[hundreds], counted]) if hundreds else counted


def _below_hundred(count: int) -> str:
    """11 to 99."""
    tens, units = divmod(count, _TEN)
    if count < _TWENTY:
        return f"{_TEENS[units]} عشر"
    return _joined([_UNITS[units], _TENS[tens]]) if units else _TENS[tens]


def _joined(parts: list[str]) -> str:
    return " و".join(parts)


_SAY = {"fr": (_french, " et "), "ar": (_arabic, " و"), "en": (_english, " and ")}
