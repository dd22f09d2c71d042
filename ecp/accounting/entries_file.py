"""The file of entries that accountants exchange: a CSV, one row a line (DESIGN §5). Pure.

`read` gives the file's rows, `to_entries` what they post, or every problem with its row: all or nothing. The rows of an
entry share an `entry_ref` and may stand anywhere; they agree on date, journal and document. Work goes column by column,
each distinct text being read once, and by some thousands of rows, so that the first are posted while others are read.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from ecp import money
from ecp.accounting import csv_table, entries_cells
from ecp.accounting.csv_table import unescaped
from ecp.accounting.entries_cells import Books, Fault, Reader
from ecp.accounting.rules import INTERNAL, PlainEntry, PlainLine
from ecp.errors import Invalid, Problem

REQUIRED = ("entry_ref", "date", "journal", "activity", "account", "debit", "credit", "label")
OPTIONAL = ("party", "document", "due_on")
COLUMNS = REQUIRED + OPTIONAL
HEAD = ("date", "journal", "document")
SOURCE = "import:"

ROWS_AT_A_TIME = 3000


class EntriesFileRefused(Invalid):
    """Nothing of the file is posted; its problems are told with their rows."""

    message = "Le fichier est refusé, rien n’a été enregistré. À corriger, par numéro de ligne :"


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
    return {text.strip() for text in set(_column(table, "activity"))} - {""}


def days(table: csv_table.Table) -> list[date]:
    """Every day of the file, those that cannot be read left out, in order."""
    reader = entries_cells.reader_of_days(typed_by_hand=table.typed_by_hand, required=True)
    return sorted(day for day in map(reader, set(_column(table, "date"))) if isinstance(day, date))


def parties_named(table: csv_table.Table) -> set[tuple[str, str]]:
    """Every party that the file names, with the activity's code."""
    if "party" not in table.columns:
        return set()
    pairs = set(zip(_column(table, "activity"), table.columns["party"], strict=True))
    return {(activity.strip(), _bare(name)) for activity, name in pairs if name.strip()}


def first_row(table: csv_table.Table, ref: str) -> int:
    """Give the number of an entry's first row."""
    rows = zip(table.numbers, table.columns["entry_ref"], strict=True)
    return next(row for row, text in rows if _bare(text) == ref)


def _bare(text: str) -> str:
    return unescaped(text).strip()


def _column(table: csv_table.Table, name: str) -> list[str]:
    return table.columns.get(name) or [""] * len(table.numbers)


# ---- from rows to entries


def to_entries(table: csv_table.Table, books: Books) -> Iterator[PlainEntry]:
    """Give what the file posts, in its order, some thousands of rows being looked at when their first is taken.

    Nothing more is given after a problem. Raises, once all is looked at: EntriesFileRefused, with every problem of
    every row; what was done with the entries before is then to be undone.
    """
    readers = entries_cells.readers(books, typed_by_hand=table.typed_by_hand)
    columns = {name: _Cells(reader) for name, reader in readers.items()}
    problems: list[Problem] = []
    for part in _parts(table):
        rows, found = _looked_at(part, columns, books)
        problems += found
        if not problems:
            yield from rows.entries(books)
    if problems:
        raise EntriesFileRefused(sorted(problems, key=lambda problem: int(problem.where or 0)))


class _Cells(dict[str, Any]):
    """What the texts of a column stand for: each is read once, when it is first asked for."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.faults: dict[str, Fault] = {}

    def __missing__(self, text: str) -> object:
        value = self[text] = self.reader(text)
        if isinstance(value, Fault):
            self.faults[text] = value
        return value


def _parts(table: csv_table.Table) -> Iterator[csv_table.Table]:
    """Cut the file where entries end, the rows of each brought together."""
    texts = table.columns["entry_ref"]
    refs = {text: _bare(text) for text in set(texts)}
    seen: dict[str, int] = {}
    first_of_entry = list(map(seen.setdefault, map(refs.__getitem__, texts), count()))
    order = sorted(range(len(first_of_entry)), key=first_of_entry.__getitem__)
    begin = 0
    while begin < len(order):
        end = min(begin + ROWS_AT_A_TIME, len(order))
        while end < len(order) and first_of_entry[order[end]] == first_of_entry[order[end - 1]]:
            end += 1
        yield table.part(order[begin:end])
        begin = end


def _looked_at(part: csv_table.Table, columns: Mapping[str, _Cells], books: Books) -> tuple["_Rows", list[Problem]]:
    """Read whole entries, and tell what is wrong with their rows."""
    values = {name: list(map(columns[name].__getitem__, texts)) for name, texts in part.columns.items()}
    for name in OPTIONAL:
        values.setdefault(name, [None] * len(part.numbers))
    rows = _Rows(part.numbers, values)
    problems = [problem for name in columns if name in part.columns for problem in _faults(part, name, columns[name])]
    problems += rows.problems_of_sides()
    problems += rows.problems_of_parties(books)
    uneven = {str(number): problem for number, problem in part.uneven.items()}
    problems = [problem for problem in problems if problem.where not in uneven] + list(uneven.values())
    return rows, problems + rows.problems_of_entries({problem.where for problem in problems})


def _faults(part: csv_table.Table, name: str, cells: _Cells) -> Iterator[Problem]:
    if cells.faults:
        for row, text in zip(part.numbers, part.columns[name], strict=True):
            if fault := cells.faults.get(text):
                yield Problem(f"%(column)s : {fault.message}", str(row), (("column", name), *fault.data))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Columns of whole entries, read."""

    numbers: list[int]
    values: Mapping[str, list[Any]]

    @property
    def refs(self) -> list[Any]:
        return self.values["entry_ref"]

    def problems_of_sides(self) -> list[Problem]:
        """Each line has a debit or a credit, not both, not none."""
        columns = zip(self.numbers, self.values["debit"], self.values["credit"], strict=True)
        wrong = [(row, debit, credit) for row, debit, credit in columns if bool(debit) == bool(credit)]
        return [
            Problem("un débit et un crédit sur la même ligne." if debit else "ni débit ni crédit.", str(row))
            for row, debit, credit in wrong
            if not isinstance(debit, Fault) and not isinstance(credit, Fault)
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
        problems += [self._imbalance(ref, sums) for ref in unbalanced]
        return problems + self._internal_left({*passed_over, *unbalanced})

    def _internal_left(self, passed_over: set[str]) -> list[Problem]:
        """Tell entries in which internal accounts do not cancel out."""
        kinds = {text: text[:1] for text in set(self.values["account"]) if str(text).startswith(INTERNAL)}
        if not kinds:
            return []
        sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        first_rows: dict[str, int] = {}
        columns = (self.numbers, self.refs, *(self.values[name] for name in ("account", "debit", "credit")))
        for row, ref, account, debit, credit in zip(*columns, strict=True):
            first_rows.setdefault(ref, row)
            if account in kinds and ref not in passed_over:
                sums[ref, kinds[account]] += debit - credit
        left = dict.fromkeys(ref for (ref, _), difference in sums.items() if difference)
        sentence = "l’écriture « %(ref)s » : les comptes 160 et ceux de la classe 9 ne s’y annulent pas."
        return [Problem(sentence, str(first_rows[ref]), (("ref", ref),)) for ref in left]

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
