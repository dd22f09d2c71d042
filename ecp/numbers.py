"""Reading numbers as people here type them: "1 234,50", "1.234,50", "1234.5", "١٢٫٥". Pure.

What is read is exact, or it is refused with a sentence that says what is wrong; nothing is guessed (decision 0131):

- comma, point and the Arabic decimal sign mark decimals; spaces and apostrophes group thousands by three;
- a comma or a point groups thousands where another sign marks decimals after it, or where it stands more than once;
- one comma or point with one to three digits before it and three after could be either, and is refused, unless the
  digits before it start with a zero ("0,125"). A further zero settles it: "1,2340".
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from ecp import money
from ecp.errors import Problem

QUANTITY_PLACES = 3
UNIT_PRICE_PLACES = 4
PERCENT_PLACES = 2
LONGEST = 40  # characters

_ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_INVISIBLE = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"  # direction marks, BOM
_TO_ONE_SIGN = str.maketrans("\u00a0\u202f\u2009\t’٬،−", "    ''," + "-", _INVISIBLE)
_CURRENCY = re.compile(r"\s*(dhs?|mad|درهما?|دراهم|د\.م\.?)$", re.IGNORECASE)
_PERCENT = re.compile(r"\s*[%٪]$")
_NOT_PART_OF_A_NUMBER = re.compile(r"[^0-9٠-٩ ',.٫]")

_PLAIN = re.compile(r"(?P<whole>[0-9]*)(?:(?P<mark>[,.٫])(?P<decimals>[0-9]+))?")
_GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?:(?P<group>[ ',.])[0-9]{3})(?:(?P=group)[0-9]{3})*)"
    r"(?:(?!(?P=group))[,.٫](?P<decimals>[0-9]+))?"
)
_AMBIGUOUS = re.compile(r"(?P<before>[1-9][0-9]{0,2})[,.](?P<after>[0-9]{3})")


@dataclass(frozen=True)
class _Wanted:
    """What a field takes."""

    places: int
    largest: Decimal
    negative: bool = False
    suffix: re.Pattern[str] | None = None


def amount(text: str, where: str | None = None, *, negative: bool = False) -> Decimal | Problem:
    """Read an amount in dirhams, to the centime; "DH", "MAD" or «درهم» may follow.

    >>> amount("1 234,5"), amount("1.234,50 DH"), amount("١٢٫٥")
    (Decimal('1234.50'), Decimal('1234.50'), Decimal('12.50'))
    >>> print(amount("1,234", "price"))
    price : « 1,234 » peut se lire de deux façons : écrivez « 1234 » ou « 1,23 ».
    """
    return _read(text, where, _Wanted(2, money.MAX, negative, _CURRENCY))


def unit_price(text: str, where: str | None = None, *, negative: bool = False) -> Decimal | Problem:
    """Read the price of one unit, up to four decimals; a currency may follow.

    >>> unit_price("0,0375")
    Decimal('0.0375')
    """
    return _read(text, where, _Wanted(UNIT_PRICE_PLACES, Decimal("999999999.9999"), negative, _CURRENCY))


def quantity(text: str, where: str | None = None, *, negative: bool = False) -> Decimal | Problem:
    """Read a quantity, up to three decimals.

    >>> quantity("0,125"), quantity("12")
    (Decimal('0.125'), Decimal('12.000'))
    """
    return _read(text, where, _Wanted(QUANTITY_PLACES, Decimal("999999999.999"), negative))


def rate(text: str, where: str | None = None) -> Decimal | Problem:
    """Read a percentage between 0 and 100, with or without its sign, as a fraction.

    >>> rate("8,5 %")
    Decimal('0.0850')
    """
    read = _read(text, where, _Wanted(PERCENT_PLACES, Decimal(100), suffix=_PERCENT))
    return read if isinstance(read, Problem) else read.scaleb(-2)


def typed(value: Decimal, *, places: int = 0, point: str = ",") -> str:
    """Write a number as a form field shows it to be edited, so that it is read back equal: never ambiguous.

    It has the decimals that it needs, `places` of them at least, after the reader's `point`.

    >>> typed(Decimal("1250.00")), typed(Decimal("1.250")), typed(Decimal("1.234")), typed(Decimal("523.8"), places=2)
    ('1250', '1,25', '1,2340', '523,80')
    >>> typed(Decimal("523.8"), places=2, point=".")
    '523.80'
    """
    whole, _, decimals = f"{value:f}".partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    if not decimals:
        return whole
    text = f"{whole}{point}{decimals}"
    return f"{text}0" if _AMBIGUOUS.fullmatch(text.lstrip("-")) else text


def _read(text: str, where: str | None, wanted: _Wanted) -> Decimal | Problem:
    plain = text.translate(_TO_ONE_SIGN).strip()
    if wanted.suffix:
        plain = wanted.suffix.sub("", plain)
    is_negative, digits = plain[:1] == "-", (plain[1:] if plain[:1] in {"-", "+"} else plain).strip()
    fault = _fault_of_signs(digits, where)
    if fault:
        return fault
    digits = digits.translate(_ARABIC_DIGITS)
    found = _PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits)
    if not found:
        return Problem("« %(typed)s » ne se lit pas comme un nombre.", where, (("typed", plain),))
    if _AMBIGUOUS.fullmatch(digits):
        return _ambiguous(digits, where, wanted.places)
    whole, decimals = re.sub("[^0-9]", "", found["whole"]) or "0", (found["decimals"] or "").rstrip("0")
    value = Decimal(f"{whole}.{decimals or 0}")
    return _fault_of_value(-value if is_negative else value, len(decimals), where, wanted) or _exact(
        -value if is_negative and value else value, wanted.places
    )


def _exact(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places))


def _fault_of_signs(digits: str, where: str | None) -> Problem | None:
    """Say what forbids reading these signs as a number at all."""
    if not digits:
        return Problem("Indiquez un nombre.", where)
    if len(digits) > LONGEST:
        return Problem("Ce nombre est trop long.", where)
    strange = _NOT_PART_OF_A_NUMBER.search(digits)
    if strange:
        return Problem("Le signe « %(sign)s » n’a pas sa place dans un nombre.", where, (("sign", strange[0]),))
    if re.search("[0-9]", digits) and re.search("[٠-٩]", digits):
        return Problem("Écrivez tous les chiffres dans la même écriture.", where)
    return None


def _ambiguous(digits: str, where: str | None, places: int) -> Problem:
    """Say how to write what could be thousands or decimals, with no more of these than the field takes."""
    plain, written = re.sub("[,.]", "", digits), digits.replace(".", ",")
    exact = f"{written}0" if places >= QUANTITY_PLACES else written[: places - QUANTITY_PLACES]
    data = (("typed", digits), ("whole", plain), ("exact", exact))
    message = "« %(typed)s » peut se lire de deux façons : écrivez « %(whole)s » ou « %(exact)s »."
    return Problem(message, where, data)


def _fault_of_value(value: Decimal, places: int, where: str | None, wanted: _Wanted) -> Problem | None:
    """Say why a field does not take a number well read."""
    if value < 0 and not wanted.negative:
        return Problem("Ce nombre ne peut pas être négatif.", where)
    if abs(value) > wanted.largest:
        return Problem("Ce nombre est trop grand.", where)
    if places > wanted.places:
        return Problem("Au plus %(places)s chiffres après la virgule.", where, (("places", wanted.places),))
    return None
