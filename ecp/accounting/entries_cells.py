"""What one cell of a file of entries says: the value it stands for, or what is wrong with it. Pure."""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date

from ecp import money, numbers
from ecp.accounting.csv_table import unescaped
from ecp.accounting.rules import LONGEST_LABEL, LONGEST_NAME, forbidden_sign
from ecp.errors import Problem

OWN = ":"
"""What follows the enterprise's code in the references of entries that were made in its books (decision 0060)."""

LONGEST_REF = 100
EARLIEST = date(1990, 1, 1)

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FRENCH_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_AMOUNT = re.compile(r"[0-9]{1,14}(\.[0-9]{1,2})?")


@dataclass(frozen=True, kw_only=True)
class Books:
    """What the rows are read against: codes of the enterprise, what is closed, how far dates may go."""

    enterprise_id: int
    code: str
    accounts: Container[str]
    journals: Container[str]
    activities: Mapping[str, int]
    refused_codes: Container[str] = ()
    """Activities that were to be opened and cannot be."""
    parties: Mapping[tuple[str, str], int]
    """Activity code and name, as `entries_file.parties_named` gives them -> id."""
    closed_months: Container[date]
    """By their first days."""
    last_day: date


@dataclass(frozen=True)
class Fault:
    """What is wrong with a text, wherever it stands."""

    message: str
    data: tuple[tuple[str, object], ...] = ()


Reader = Callable[[str], object]


def readers(books: Books, *, typed_by_hand: bool) -> dict[str, Reader]:
    """Give one reader a column: a text gives its value or a fault.

    `typed_by_hand`: dates and amounts as a French spreadsheet writes them are read too. No reader asks the database.
    """
    required = reader_of_days(typed_by_hand=typed_by_hand, required=True)

    def posting_day(text: str) -> object:
        day = required(text)
        if not isinstance(day, date):
            return day
        if not EARLIEST <= day <= books.last_day:
            return Fault(
                "« %(typed)s » est trop loin : entre le %(first)s et le %(last)s.",
                (("typed", text.strip()), ("first", EARLIEST), ("last", books.last_day)),
            )
        is_closed = day.replace(day=1) in books.closed_months
        return Fault("le mois du %(day)s est clôturé.", (("day", day),)) if is_closed else day

    amount = _amount_typed if typed_by_hand else _amount
    return {
        "entry_ref": _reader_of_refs(books.code + OWN),
        "date": posting_day,
        "journal": _reader_of_codes(books.journals, "le journal « %(typed)s » n’existe pas."),
        "activity": _reader_of_activities(books),
        "account": _reader_of_codes(books.accounts, "le compte « %(typed)s » n’existe pas."),
        "debit": amount,
        "credit": amount,
        "label": _reader_of_words(LONGEST_LABEL, trimmed=False),
        "party": _reader_of_words(LONGEST_NAME),
        "document": _reader_of_words(LONGEST_NAME),
        "due_on": reader_of_days(typed_by_hand=typed_by_hand, required=False),
    }


def _reader_of_refs(own: str) -> Reader:
    words = _reader_of_words(LONGEST_REF, required=True)

    def read_ref(text: str) -> object:
        ref = words(text)
        if isinstance(ref, str) and ref.startswith(own):
            return Fault("« %(ref)s » est une écriture de ces livres : elle y est déjà.", (("ref", ref),))
        return ref

    return read_ref


def _reader_of_activities(books: Books) -> Reader:
    known = _reader_of_codes(books.activities, "l’activité « %(typed)s » n’existe pas.")

    def read_activity(text: str) -> object:
        code = text.strip()
        if code in books.refused_codes:
            told = "« %(typed)s » ne peut pas être un code : 1 à 20 lettres sans accent, chiffres, points ou tirets."
            return Fault(told, (("typed", code[:50]),))
        return known(text)

    return read_activity


def _reader_of_codes(known: Container[str], sentence: str) -> Reader:
    def read_code(text: str) -> object:
        code = text.strip()
        if not code:
            return Fault("à remplir.")
        return code if code in known else Fault(sentence, (("typed", code[:50]),))

    return read_code


def _reader_of_words(longest: int, *, required: bool = False, trimmed: bool = True) -> Reader:
    def read_words(text: str) -> object:
        words = unescaped(text)
        if trimmed:
            words = words.strip()
        if required and not words:
            return Fault("à remplir.")
        if len(words) > longest:
            return Fault("plus de %(longest)s signes.", (("longest", longest),))
        if not words.isprintable() and (strange := forbidden_sign(words)):
            return Fault("signe interdit (%(sign)s).", (("sign", f"U+{ord(strange):04X}"),))
        return words

    return read_words


def is_name(words: str) -> bool:
    r"""Tell whether a text can be a party's name; what cannot is told with its row.

    >>> is_name("Atelier fictif"), is_name("a\nb")
    (True, False)
    """
    return 0 < len(words) <= LONGEST_NAME and (words.isprintable() or not forbidden_sign(words))


def reader_of_days(*, typed_by_hand: bool, required: bool) -> Reader:
    """Read dates, the French ones too where a person typed them; nothing written is no day, or a fault."""

    def read_day(text: str) -> object:
        written = text.strip()
        if not written:
            return Fault("à remplir.") if required else None
        french = _FRENCH_DAY.fullmatch(written) if typed_by_hand else None
        iso = f"{french[3]}-{french[2]}-{french[1]}" if french else written
        try:
            if _ISO_DAY.fullmatch(iso):
                return date.fromisoformat(iso)
        except ValueError:
            return Fault("le « %(typed)s » n’existe pas au calendrier.", (("typed", written),))
        return Fault("« %(typed)s » n’est pas une date : écrivez 2026-01-31.", (("typed", written[:50]),))

    return read_day


def _amount(text: str) -> object:
    """An amount as programs write it, in centimes; nothing written is zero."""
    written = text.strip()
    if _AMOUNT.fullmatch(written):
        whole, _, decimals = written.partition(".")
        return int(f"{whole}{decimals:0<2}")
    if not written:
        return 0
    if _AMOUNT.fullmatch(written[1:]) and written[0] in "-−":
        return Fault("%(typed)s est négatif : écrivez-le de l’autre côté.", (("typed", written),))
    return Fault("« %(typed)s » n’est pas un montant : écrivez 1234.56.", (("typed", written[:50]),))


def _amount_typed(text: str) -> object:
    """An amount as people write it, in centimes."""
    read_plainly = _amount(text)
    if not isinstance(read_plainly, Fault):
        return read_plainly
    typed = numbers.amount(text)
    return Fault(typed.message, typed.data) if isinstance(typed, Problem) else money.centimes(typed)
