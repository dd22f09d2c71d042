"""The file of entries that accountants exchange: a CSV, one row a line (DESIGN §5). Pure.

`read` gives the file's rows, `to_entries` what they post, or every problem with its row: all or nothing. The rows of an
entry share an `entry_ref` and may stand anywhere; they agree on date, journal and document. Each distinct text of a
column is read once, so that a year of entries takes well under a second.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ecp import money, numbers
from ecp.accounting import csv_table
from ecp.accounting.csv_table import unescaped
from ecp.accounting.rules import PlainEntry, PlainLine
from ecp.errors import Invalid, Problem

REQUIRED = ("entry_ref", "date", "journal", "activity", "account", "debit", "credit", "label")
OPTIONAL = ("party", "document", "due_on")
COLUMNS = REQUIRED + OPTIONAL
HEAD = ("date", "journal", "document")
SOURCE = "import:"
OWN = ":"
"""What follows the enterprise's code in the references of entries that were made in its books (decision 0060)."""

LONGEST_REF = 100
LONGEST_LABEL = 500
LONGEST_NAME = 200
EARLIEST = date(1990, 1, 1)

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FRENCH_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_AMOUNT = re.compile(r"[0-9]{1,14}(\.[0-9]{1,2})?")


class EntriesFileRefused(Invalid):
    """Nothing of the file is posted; its problems are told with their rows."""

    message = "Le fichier est refusé, rien n’a été enregistré. À corriger, par numéro de ligne :"


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
    """Activity code and name, as `parties_named` gives them -> id."""
    is_closed: Callable[[date], bool]
    last_day: date


@dataclass(frozen=True)
class _Fault:
    """What is wrong with a text, wherever it stands."""

    message: str
    data: tuple[tuple[str, object], ...] = ()


_Reader = Callable[[str], object]


# ---- reading the file


def read(data: bytes) -> csv_table.Table:
    """Read the bytes as a table of entries' lines.

    Raises: EntriesFileRefused.
    """
    table, problems = csv_table.read(data, known=COLUMNS, required=REQUIRED)
    if table is None or problems:
        raise EntriesFileRefused(problems)
    if not table.numbers:
        raise EntriesFileRefused([Problem("Le fichier ne contient aucune écriture.", "1")])
    return table


def activity_codes(table: csv_table.Table) -> set[str]:
    """Every activity that the file names."""
    return {text.strip() for text in _column(table, "activity")} - {""}


def days(table: csv_table.Table) -> list[date]:
    """Every day of the file, those that cannot be read left out, in order."""
    reader = _reader_of_days(table, required=True)
    return sorted(day for day in map(reader, set(_column(table, "date"))) if isinstance(day, date))


def parties_named(table: csv_table.Table) -> set[tuple[str, str]]:
    """Every party that the file names, with the activity's code."""
    pairs = zip(_column(table, "activity"), _column(table, "party"), strict=True)
    return {(activity.strip(), unescaped(name).strip()) for activity, name in set(pairs) if name.strip()}


def first_row(table: csv_table.Table, ref: str) -> int:
    """Give the number of an entry's first row."""
    refs = (unescaped(text).strip() for text in table.columns["entry_ref"])
    return next(row for row, found in zip(table.numbers, refs, strict=True) if found == ref)


def _column(table: csv_table.Table, name: str) -> list[str]:
    return table.columns.get(name) or [""] * len(table.numbers)


# ---- from rows to drafts


def to_entries(table: csv_table.Table, books: Books) -> Iterator[PlainEntry]:
    """Give what the file posts, in its order, each made when it is taken.

    Raises, before the first: EntriesFileRefused, with every problem of every row.
    """
    problems: list[Problem] = []
    values = {
        name: _read_column(table, name, reader, problems)
        for name, reader in _readers(table, books).items()
        if name in table.columns
    }
    for name in OPTIONAL:
        values.setdefault(name, [None] * len(table.numbers))
    rows = _Rows(table.numbers, values)
    problems += rows.problems_of_sides()
    problems += rows.problems_of_parties(books)
    uneven = {str(number): problem for number, problem in table.uneven.items()}
    problems = [problem for problem in problems if problem.where not in uneven] + list(uneven.values())
    problems += rows.problems_of_entries({problem.where for problem in problems})
    if problems:
        raise EntriesFileRefused(sorted(problems, key=lambda problem: int(problem.where or 0)))
    return rows.entries(books)


def _read_column(table: csv_table.Table, name: str, reader: _Reader, problems: list[Problem]) -> list[Any]:
    """Read each distinct text of a column once; add a problem for each row with a wrong one."""
    texts = table.columns[name]
    known = {text: reader(text) for text in set(texts)}
    faults = {text: value for text, value in known.items() if isinstance(value, _Fault)}
    if faults:
        problems += [
            Problem(f"%(column)s : {faults[text].message}", str(row), (("column", name), *faults[text].data))
            for row, text in zip(table.numbers, texts, strict=True)
            if text in faults
        ]
    return list(map(known.__getitem__, texts))


def _readers(table: csv_table.Table, books: Books) -> dict[str, _Reader]:
    """One reader a column: a text gives its value or a fault."""
    required = _reader_of_days(table, required=True)

    def posting_day(text: str) -> object:
        day = required(text)
        if not isinstance(day, date):
            return day
        if not EARLIEST <= day <= books.last_day:
            return _Fault(
                "« %(typed)s » est trop loin : entre le %(first)s et le %(last)s.",
                (("typed", text.strip()), ("first", EARLIEST), ("last", books.last_day)),
            )
        return _Fault("le mois du %(day)s est clôturé.", (("day", day),)) if books.is_closed(day) else day

    amount = _amount_typed if table.typed_by_hand else _amount
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
        "due_on": _reader_of_days(table, required=False),
    }


def _reader_of_refs(own: str) -> _Reader:
    words = _reader_of_words(LONGEST_REF, required=True)

    def read_ref(text: str) -> object:
        ref = words(text)
        if isinstance(ref, str) and ref.startswith(own):
            return _Fault("« %(ref)s » est une écriture de ces livres : elle y est déjà.", (("ref", ref),))
        return ref

    return read_ref


def _reader_of_activities(books: Books) -> _Reader:
    known = _reader_of_codes(books.activities, "l’activité « %(typed)s » n’existe pas.")

    def read_activity(text: str) -> object:
        code = text.strip()
        if code in books.refused_codes:
            told = "« %(typed)s » ne peut pas être un code : 1 à 20 lettres sans accent, chiffres, points ou tirets."
            return _Fault(told, (("typed", code[:50]),))
        return known(text)

    return read_activity


def _reader_of_codes(known: Container[str], sentence: str) -> _Reader:
    def read_code(text: str) -> object:
        code = text.strip()
        if not code:
            return _Fault("à remplir.")
        return code if code in known else _Fault(sentence, (("typed", code[:50]),))

    return read_code


def _reader_of_words(longest: int, *, required: bool = False, trimmed: bool = True) -> _Reader:
    def read_words(text: str) -> object:
        words = unescaped(text)
        if trimmed:
            words = words.strip()
        if required and not words:
            return _Fault("à remplir.")
        if len(words) > longest:
            return _Fault("plus de %(longest)s signes.", (("longest", longest),))
        if not words.isprintable() and (strange := forbidden_sign(words)):
            return _Fault("signe interdit (%(sign)s).", (("sign", f"U+{ord(strange):04X}"),))
        return words

    return read_words


def is_name(words: str) -> bool:
    r"""Tell whether a text can be a party's name; what cannot is told with its row.

    >>> is_name("Atelier fictif"), is_name("a\nb")
    (True, False)
    """
    return 0 < len(words) <= LONGEST_NAME and (words.isprintable() or not forbidden_sign(words))


def forbidden_sign(words: str) -> str | None:
    """Give the first sign that no line of a book may hold: controls, separators of lines, halves of characters."""
    return next((sign for sign in words if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}), None)


def _reader_of_days(table: csv_table.Table, *, required: bool) -> _Reader:
    def read_day(text: str) -> object:
        written = text.strip()
        if not written:
            return _Fault("à remplir.") if required else None
        french = _FRENCH_DAY.fullmatch(written) if table.typed_by_hand else None
        iso = f"{french[3]}-{french[2]}-{french[1]}" if french else written
        try:
            if _ISO_DAY.fullmatch(iso):
                return date.fromisoformat(iso)
        except ValueError:
            return _Fault("le « %(typed)s » n’existe pas au calendrier.", (("typed", written),))
        return _Fault("« %(typed)s » n’est pas une date : écrivez 2026-01-31.", (("typed", written[:50]),))

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
        return _Fault("%(typed)s est négatif : écrivez-le de l’autre côté.", (("typed", written),))
    return _Fault("« %(typed)s » n’est pas un montant : écrivez 1234.56.", (("typed", written[:50]),))


def _amount_typed(text: str) -> object:
    """An amount as people write it, in centimes."""
    read_plainly = _amount(text)
    if not isinstance(read_plainly, _Fault):
        return read_plainly
    typed = numbers.amount(text)
    return _Fault(typed.message, typed.data) if isinstance(typed, Problem) else money.centimes(typed)


class _Rows:
    """The file's columns, read; all work goes column by column, which is what makes a long file quick."""

    def __init__(self, row_numbers: list[int], values: Mapping[str, list[Any]]) -> None:
        self.numbers = row_numbers
        self.values = values
        self.refs = values["entry_ref"]

    def problems_of_sides(self) -> list[Problem]:
        """Each line has a debit or a credit, not both, not none."""
        columns = zip(self.numbers, self.values["debit"], self.values["credit"], strict=True)
        wrong = [(row, debit, credit) for row, debit, credit in columns if bool(debit) == bool(credit)]
        return [
            Problem("un débit et un crédit sur la même ligne." if debit else "ni débit ni crédit.", str(row))
            for row, debit, credit in wrong
            if not isinstance(debit, _Fault) and not isinstance(credit, _Fault)
        ]

    def problems_of_parties(self, books: Books) -> list[Problem]:
        """Each named party is known in its activity; where the activity is not known that is problem enough."""
        columns = zip(self.numbers, self.values["activity"], self.values["party"], strict=True)
        return [
            Problem("party : « %(typed)s » n’existe pas.", str(row), (("typed", name),))
            for row, activity, name in columns
            if name and isinstance(activity, str) and isinstance(name, str) and (activity, name) not in books.parties
        ]

    def problems_of_entries(self, wrong_rows: set[str | None]) -> list[Problem]:
        """Tell what no row shows alone; an entry with wrong rows is left at those."""
        rows = zip(self.refs, self.numbers, strict=True)
        passed_over = {ref for ref, row in rows if str(row) in wrong_rows} if wrong_rows else set()
        heads = set(zip(self.refs, *self._heads(), strict=True))
        problems = self._disagreements(passed_over) if len(heads) > len(set(self.refs)) else []
        sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        columns = (self.refs, self.values["activity"], self.values["debit"], self.values["credit"])
        for ref, activity, debit, credit in zip(*columns, strict=True):
            if not passed_over or ref not in passed_over:
                sums[ref, activity] += debit - credit
        unbalanced = dict.fromkeys(ref for (ref, _), difference in sums.items() if difference)
        return problems + [self._imbalance(ref, sums) for ref in unbalanced]

    def _heads(self) -> list[list[Any]]:
        return [self.values[name] for name in HEAD]

    def _disagreements(self, passed_over: set[str]) -> list[Problem]:
        first_rows: dict[str, tuple[int, tuple[Any, ...]]] = {}
        problems = []
        for row, ref, *head in zip(self.numbers, self.refs, *self._heads(), strict=True):
            first, expected = first_rows.setdefault(ref, (row, tuple(head)))
            differing = [name for name, ours, theirs in zip(HEAD, head, expected, strict=True) if ours != theirs]
            if differing and ref not in passed_over:
                sentence = "%(columns)s : autrement qu’à la ligne %(first)s, pour la même écriture « %(ref)s »."
                data = (("columns", ", ".join(differing)), ("first", first), ("ref", ref))
                problems.append(Problem(sentence, str(row), data))
        return problems

    def _imbalance(self, wanted: str, all_sums: Mapping[tuple[str, str], int]) -> Problem:
        rows = [row for row, ref in zip(self.numbers, self.refs, strict=True) if ref == wanted]
        sums = {
            activity: money.from_centimes(difference)
            for (ref, activity), difference in all_sums.items()
            if ref == wanted
        }
        data = (("ref", wanted), ("rows", ", ".join(map(str, rows))))
        if difference := sum(sums.values(), money.ZERO):
            sentence = "l’écriture « %(ref)s » (lignes %(rows)s) n’est pas équilibrée : écart de %(difference)s."
            return Problem(sentence, str(rows[0]), (*data, ("difference", difference)))
        wrong = ", ".join(f"{activity} {difference}" for activity, difference in sums.items() if difference)
        sentence = "l’écriture « %(ref)s » (lignes %(rows)s) n’est pas équilibrée dans chaque activité : %(wrong)s."
        return Problem(sentence, str(rows[0]), (*data, ("wrong", wrong)))

    def entries(self, books: Books) -> Iterator[PlainEntry]:
        """Describe the entries; a line says its own label where it is not the entry's."""
        rows_of: defaultdict[str, list[int]] = defaultdict(list)
        for row, ref in enumerate(self.refs):
            rows_of[ref].append(row)
        values, activities = self.values, books.activities
        days, journals, documents, labels = (values[name] for name in ("date", "journal", "document", "label"))
        codes, parties = values["activity"], values["party"]
        accounts, debits, credits_, due = (values[name] for name in ("account", "debit", "credit", "due_on"))
        for ref, rows in rows_of.items():
            first = rows[0]
            label = labels[first]
            lines = [
                PlainLine(
                    accounts[row],
                    activities[codes[row]],
                    debits[row],
                    credits_[row],
                    books.parties[codes[row], parties[row]] if parties[row] else None,
                    due[row],
                    "" if labels[row] == label else labels[row],
                )
                for row in rows
            ]
            yield PlainEntry(SOURCE + ref, days[first], journals[first], label, documents[first] or "", lines)
