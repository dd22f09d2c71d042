"""The books as the CSV that `ecp entries import` reads: posting it elsewhere gives the same books."""

import csv
import io
from collections.abc import Iterable, Iterator

from ecp.accounting.csv_table import escaped
from ecp.accounting.entries_file import COLUMNS
from ecp.accounting.exports.lines import Book, Line

_AT_A_TIME = 1000


def write(book: Book, lines: Iterable[Line]) -> Iterator[str]:  # noqa: ARG001 (one shape for every format)
    """Give the file's text, piece by piece; a text that a spreadsheet would run is disarmed (decision 0060)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for count, line in enumerate(lines, 1):
        writer.writerow(_row(line))
        if count % _AT_A_TIME == 0:
            yield _taken(out)
    yield _taken(out)


def _row(line: Line) -> list[object]:
    return [
        escaped(line.ref),
        line.on,
        line.journal,
        escaped(line.activity),
        line.account,
        line.debit,
        line.credit,
        escaped(line.label),
        escaped(line.party),
        escaped(line.document),
        line.due_on or "",
    ]


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text
