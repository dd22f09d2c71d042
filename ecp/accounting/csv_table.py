"""From the bytes of a CSV file to rows of text: encoding, separator, quotes, limits. Pure.

Two dialects are read. With commas, as programs write: dates 2026-01-31, amounts 1234.56. With semicolons or tabs, as a
French Excel writes: dates may also be 31/01/2026, amounts may have a decimal comma. Rows have the numbers that
spreadsheets show: the header is row 1, empty rows count. At the end: texts that no spreadsheet runs.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from ecp.errors import Problem

MOST_BYTES = 100_000_000
MOST_ROWS = 1_000_000

FORMULA = "=+-@\t\r＝＋－＠"
"""What spreadsheets take for the beginning of a formula."""

_SEPARATORS = ",;\t"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ZIP, _OLD_EXCEL, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"


@dataclass(frozen=True, kw_only=True)
class Table:
    """What a file holds; `numbers` are the rows' numbers in a spreadsheet."""

    columns: dict[str, list[str]]
    """Name -> the texts of its cells, one for each of `numbers`."""
    numbers: list[int]
    uneven: dict[int, Problem]
    """What is wrong with rows that have too few cells or too many, by number; what lacks is read as nothing."""
    typed_by_hand: bool
    """Whether the separator is not a comma: dates and amounts as a French Excel writes them are read too."""

    def part(self, places: Sequence[int]) -> "Table":
        """Give some of the rows, by their places, in that order."""
        numbers = list(map(self.numbers.__getitem__, places))
        return Table(
            columns={name: list(map(texts.__getitem__, places)) for name, texts in self.columns.items()},
            numbers=numbers,
            uneven={number: self.uneven[number] for number in self.uneven.keys() & numbers},
            typed_by_hand=self.typed_by_hand,
        )


def read(data: bytes, *, known: Sequence[str], required: Sequence[str]) -> tuple[Table | None, list[Problem]]:
    """Read a file whose header names some of the `known` columns, in any order, and all `required` ones."""
    text = _decoded(data)
    if isinstance(text, Problem):
        return None, [text]
    head, skipped = _head(text)
    separator = max(_SEPARATORS, key=lambda sign: len(set(_names(head.split(sign))) & set(known)))
    reader = csv.reader(io.StringIO(text[skipped:], newline=""), delimiter=separator, strict=True)
    first = 1 + bool(skipped)
    try:
        names = _names(next(reader, []))
    except csv.Error:
        names = ()
    problems = _problems_of_header(names, known, required, first)
    if problems:
        return None, problems
    rows, numbers, uneven, problems = _rows(reader, len(names), first)
    by_column = zip(*rows, strict=True) if rows else repeat(())
    columns = {name: list(texts) for name, texts in zip(names, by_column, strict=False)}
    return Table(columns=columns, numbers=numbers, uneven=uneven, typed_by_hand=separator != ","), problems


def _decoded(data: bytes) -> str | Problem:
    """Read UTF-8, with or without its mark, or say what the bytes look like instead."""
    if len(data) > MOST_BYTES:
        limit = MOST_BYTES // 1_000_000
        return Problem("Le fichier dépasse %(limit)s Mo : partagez-le en plusieurs.", None, (("limit", limit),))
    if data.startswith((_ZIP, _OLD_EXCEL)):
        return Problem("C’est un classeur ou une archive : enregistrez la feuille au format « CSV UTF-8 ».")
    if data.startswith(_PDF):
        return Problem("C’est un PDF : il faut un fichier CSV.")
    if data.startswith(_UTF_16):
        return Problem("Le fichier est en UTF-16 : enregistrez-le au format « CSV UTF-8 ».")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        sentence = "Le fichier n’est pas en UTF-8 (octet %(byte)s) : enregistrez-le au format « CSV UTF-8 »."
        return Problem(sentence, str(row), (("byte", f"0x{data[error.start]:02X}"),))


def _head(text: str) -> tuple[str, int]:
    """Give the header's line, and how many signs stand before it: Excel may write `sep=;` on a line of its own."""
    line, end, _ = text.partition("\n")
    if line.strip().lower().startswith("sep=") and end:
        return text[len(line) + 1 :].partition("\n")[0], len(line) + 1
    return line, 0


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    names = [cell.strip().strip('"').lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _problems_of_header(
    columns: Sequence[str], known: Sequence[str], required: Sequence[str], row: int
) -> list[Problem]:
    where = str(row)
    if not columns:
        return [Problem("Le fichier est vide, ou sa première ligne ne nomme pas les colonnes.", where)]
    if not set(columns) & set(known):
        expected = ",".join(required)
        return [Problem("La première ligne doit nommer les colonnes : %(names)s.", where, (("names", expected),))]
    unknown = [
        Problem("Colonne inconnue : « %(name)s ».", where, (("name", name[:100]),))
        for name in dict.fromkeys(columns)
        if name not in known
    ]
    twice = [
        Problem("La colonne « %(name)s » est là plusieurs fois.", where, (("name", name),))
        for name in known
        if columns.count(name) > 1
    ]
    missing = [
        Problem("Il manque la colonne « %(name)s ».", where, (("name", name),))
        for name in required
        if name not in columns
    ]
    return unknown + twice + missing


def _rows(
    reader: Iterator[list[str]], width: int, first: int
) -> tuple[list[list[str]], list[int], dict[int, Problem], list[Problem]]:
    """Take every row that has cells; a row of another width is told, and what follows a broken quote is not read."""
    rows: list[list[str]] = []
    numbers: list[int] = []
    uneven: dict[int, Problem] = {}
    problems: list[Problem] = []
    number = first
    try:
        for number, cells in enumerate(reader, first + 1):
            if number > MOST_ROWS:
                limit = (("limit", MOST_ROWS),)
                problems.append(Problem("Plus de %(limit)s lignes : partagez le fichier.", str(number), limit))
                break
            if not any(cells):
                continue
            if len(cells) != width:  # empty cells may follow the named ones
                if len(cells) < width or any(cells[width:]):
                    uneven[number] = _wrong_width(number, len(cells), width)
                cells = [*cells, *[""] * width][:width]  # noqa: PLW2901
            rows.append(cells)
            numbers.append(number)
    except csv.Error as error:
        where = str(number + 1)
        is_too_long = "limit" in str(error)
        problems.append(
            Problem("Une cellule dépasse la taille permise.", where)
            if is_too_long
            else Problem("Des guillemets sont mal fermés.", where)
        )
    return rows, numbers, uneven, problems


def _wrong_width(number: int, found: int, expected: int) -> Problem:
    sentence = "%(expected)s colonnes attendues, %(found)s trouvées."
    return Problem(sentence, str(number), (("expected", expected), ("found", found)))


# ---- texts that no spreadsheet runs


def escaped(text: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula; `unescaped` gives it back (decision 0060).

    >>> escaped("=1+1"), escaped("'=1"), escaped("l’été"), escaped("'80")
    ("'=1+1", "''=1", 'l’été', "'80")
    """
    return f"'{text}" if text and (text[0] in FORMULA or _looks_escaped(text)) else text


def unescaped(text: str) -> str:
    """Take off the apostrophe that `escaped` set.

    >>> unescaped("'=1+1"), unescaped("''=1"), unescaped("'80")
    ('=1+1', "'=1", "'80")
    """
    return text[1:] if _looks_escaped(text) else text


def _looks_escaped(text: str) -> bool:
    return len(text) > 1 and text[0] == "'" and (text[1] == "'" or text[1] in FORMULA)
