"""The numbers and addresses by which people, firms and accounts are known: read, checked, written one way. Pure.

Each reader gives the number as it is stored, or the Problem with what was typed (R4.6 to R4.8). Numbers are text: their
leading zeros count. Arabic-Indic digits are read as digits; spaces, points and dashes between digits are dropped.
"""

import re

import email_validator
from stdnum.ma import ice as stdnum_ice

from ecp.errors import Problem

IBAN_PREFIX = "MA64"  # always 64: a RIB is a multiple of 97 (R4.8)
_RIB_LENGTH = 24

_ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_BETWEEN_DIGITS = re.compile(r"[\s.\-‐‑–−/\u200e\u200f\u061c]+")


def ice(text: str, where: str | None = "ice") -> str | Problem:
    """Read an identifiant commun de l'entreprise: 15 digits, a multiple of 97 (R4.6).

    >>> ice("001 561 191 000 066")
    '001561191000066'
    >>> print(ice("001561191000065"))
    ice : Cet ICE est faux : un chiffre au moins ne va pas.
    """
    number = _compact(text)
    if not re.fullmatch("[0-9]{15}", number):
        return Problem("Un ICE compte 15 chiffres.", where)
    if not stdnum_ice.is_valid(number) or not int(number):
        return Problem("Cet ICE est faux : un chiffre au moins ne va pas.", where)
    return number


def tax_identifier(text: str, where: str | None = "tax_identifier") -> str | Problem:
    """Read an identifiant fiscal (IF): 7 or 8 digits, without a public key (R4.7).

    >>> tax_identifier("1234567")
    '1234567'
    """
    number = _compact(text)
    return number if re.fullmatch("[0-9]{7,8}", number) else Problem("Un IF compte 7 ou 8 chiffres.", where)


def business_tax_number(text: str, where: str | None = "business_tax_number") -> str | Problem:
    """Read a taxe professionnelle number (TP, formerly patente): 8 digits (R4.7).

    >>> business_tax_number("5012 3456")
    '50123456'
    """
    number = _compact(text)
    message = "Un numéro de taxe professionnelle compte 8 chiffres."
    return number if re.fullmatch("[0-9]{8}", number) else Problem(message, where)


def cnss_number(text: str, where: str | None = "cnss_number") -> str | Problem:
    """Read a CNSS number: 7 to 9 digits (R4.7).

    >>> cnss_number("1234567")
    '1234567'
    """
    number = _compact(text)
    return number if re.fullmatch("[0-9]{7,9}", number) else Problem("Un numéro CNSS compte 7 à 9 chiffres.", where)


def rib(text: str, where: str | None = "rib") -> str | Problem:
    """Read a Moroccan bank account: 24 digits whose last two make it a multiple of 97; its IBAN will do too (R4.8).

    >>> rib("310 810 1014029004423101 33"), rib("MA64 0115 1900 0001 2050 0053 4921")
    ('310810101402900442310133', '011519000001205000534921')
    """
    number = _compact(text).upper().removeprefix(IBAN_PREFIX)
    if not re.fullmatch("[0-9]{%d}" % _RIB_LENGTH, number):  # noqa: UP031 - braces of an expression
        return Problem("Un RIB compte 24 chiffres.", where)
    if int(number) % 97 or not int(number):
        return Problem("Ce RIB est faux : un chiffre au moins ne va pas.", where)
    return number


def rib_key(account: str) -> str:
    """Compute the two digits that end a RIB from the 22 before them (bank 3, city 3, account 16); ValueError otherwise.

    >>> rib_key("3108101014029004423101")
    '33'
    """
    if not re.fullmatch("[0-9]{22}", account):
        raise ValueError(account)
    return f"{97 - int(account) * 100 % 97:02d}"


def phone(text: str, where: str | None = "phone") -> str | Problem:
    """Read a telephone number: Moroccan as people write it, or foreign with its +; given as +2126….

    >>> phone("06 12-34-56-78"), phone("00212 (0)5 39 00 00 00"), phone("+33 1 23 45 67 89")
    ('+212612345678', '+212539000000', '+33123456789')
    """
    number = re.sub(r"^00", "+", _compact(text.replace("(0)", "").replace("(", "").replace(")", "")))
    number = re.sub(r"^\+2120", "+212", number)
    number = re.sub(r"^0(?=[5-8][0-9]{8}$)", "+212", number)
    if re.fullmatch(r"\+212[5-8][0-9]{8}", number) or re.fullmatch(r"\+(?!212|0)[0-9]{8,15}", number):
        return number
    return Problem("Écrivez le numéro comme 06 12 34 56 78, ou avec + et l’indicatif du pays.", where)


def email(text: str, where: str | None = "email") -> str | Problem:
    """Read an e-mail address by its form alone: whether it receives is known by writing to it.

    >>> email(" Amina@Example.ORG ")
    'Amina@example.org'
    """
    try:
        found = email_validator.validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError:
        return Problem("Cette adresse électronique n’est pas complète.", where)
    return found.normalized


def _compact(text: str) -> str:
    return _BETWEEN_DIGITS.sub("", text.strip().translate(_ARABIC_DIGITS))
