"""Who speaks and who is addressed: the head and foot of every document. Capital is in dirhams."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ecp import formats
from ecp.documents import words


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """The enterprise, with all that RULES R4.2 wants of a seller; what is empty is left out, never invented."""

    name: str
    legal_form: str = ""
    capital: Decimal | None = None
    address: tuple[str, ...] = ()
    ice: str = ""
    tax_id: str = ""
    business_tax: str = ""
    rc: str = ""
    cnss: str = ""
    phone: str = ""
    email: str = ""
    rib: str = ""

    def identifiers(self, language: str) -> list[str]:
        """Each identifier with its name, in the order of the law."""
        named = words.of(words.COMMON, language)
        numbers = {
            "ice": self.ice,
            "tax_id": self.tax_id,
            "business_tax": self.business_tax,
            "rc": self.rc,
            "cnss": self.cnss,
        }
        return [f"{named[key]}{formats.HARD}{_unbroken(number, language)}" for key, number in numbers.items() if number]

    def view(self, language: str) -> Mapping[str, object]:
        """What templates show of it."""
        return {
            "name": formats.phrase(self.name, language),
            "form": self._form(language),
            "address": [formats.phrase(each, language) for each in self.address],
            "contact": [_unbroken(text, language) for text in (self.phone, self.email) if text],
            "identifiers": self.identifiers(language),
        }

    def _form(self, language: str) -> str:
        """`SARL au capital de 50 000,00 DH`."""
        if self.capital is None:
            return formats.phrase(self.legal_form, language)
        named, capital = words.of(words.COMMON, language), formats.amount(self.capital, language, unit=True)
        return f"{formats.phrase(self.legal_form, language)} {named['capital']} {capital}".strip()


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Whom a document is made out to; the ICE only where it is a business."""

    name: str
    address: tuple[str, ...] = ()
    ice: str = ""

    def view(self, language: str) -> Mapping[str, object]:
        """What templates show of it."""
        named = words.of(words.COMMON, language)
        ice = [f"{named['ice']}{formats.HARD}{_unbroken(self.ice, language)}"] if self.ice else []
        address = [formats.phrase(each, language) for each in self.address]
        return {"name": formats.phrase(self.name, language), "lines": [*address, *ice]}


def money(value: Decimal, language: str, *, sign: bool = False) -> list[str]:
    """An amount for templates: what is set in ink, and the centimes that are set lighter.

    >>> money(Decimal("-1234.50"), "en")
    ['−1,234', '.50']
    """
    parts = formats.amount_parts(value, language, sign=sign)
    if formats.is_right_to_left(language):
        return [f"{formats.LEFT_TO_RIGHT}{parts.sign}{parts.whole}", f"{parts.decimals}{formats.END}"]
    return [f"{parts.sign}{parts.whole}", parts.decimals]


def width(amounts: Iterable[Sequence[str]], *, least: float = 7.5) -> float:
    """The room that a column of amounts needs, in the size of their letters; `least` leaves room for the head."""
    return max(least, *(sum(_room(sign) for sign in "".join(each)) for each in amounts), 0)


_DIGIT, _POINT = 0.61, 0.3  # of the face, bold


def _room(sign: str) -> float:
    if sign in {formats.LEFT_TO_RIGHT, formats.END}:
        return 0
    return _POINT if sign in {",", ".", formats.THIN, formats.HARD} else _DIGIT


def _unbroken(text: str, language: str) -> str:
    return formats.isolated(text.replace(" ", formats.HARD), language)
