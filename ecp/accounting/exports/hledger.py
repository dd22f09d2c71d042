"""The books as an hledger journal: accounts by number, activities and parties as tags.

`hledger -f books.journal balance` is the trial balance, `hledger … balance tag:activity=A018` that of an activity.
"""

import re
from collections.abc import Iterable, Iterator

from ecp.accounting.exports.lines import Book, Line, entries, kind

_TYPES = {"Assets": "A", "Liabilities": "L", "Equity": "E", "Income": "R", "Expenses": "X"}
_SPECIAL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+|\s{2,}")
_MEANS_SOMETHING_IN_A_COMMENT = str.maketrans({",": " ", ":": " ", "[": "(", "]": ")", ";": " "})


def write(book: Book, lines: Iterable[Line]) -> Iterator[str]:
    """Give the journal's text, piece by piece."""
    yield f"; {_plain(book.name)} ({_plain(book.code)})\n\ndecimal-mark .\ncommodity 1000.00 MAD\n\n"
    for account, title in book.accounts:
        yield f"account {account}  ; type:{_TYPES[kind(account)]}, {_tag(title)}\n"
    for entry in entries(lines):
        yield _entry(entry)


def _entry(lines: list[Line]) -> str:
    first = lines[0]
    code = _plain(first.ref).replace("(", "<").replace(")", ">")
    tags = f"journal:{_tag(first.journal)}" + (f", document:{_tag(first.document)}" if first.document else "")
    head = f"\n{first.on} * ({code}) {_plain(first.label).replace(';', ',')}  ; {tags}\n"
    return head + "".join([_posting(line, first.label) for line in lines])


def _posting(line: Line, entry_label: str) -> str:
    tags = f"activity:{_tag(line.activity)}"
    if line.party:
        tags += f", party:{_tag(line.party)}"
    if line.due_on:
        tags += f", due:{line.due_on}"
    if line.label != entry_label:
        tags += f", label:{_tag(line.label)}"
    return f"    {line.account}  {line.debit - line.credit:.2f} MAD  ; {tags}\n"


def _plain(text: str) -> str:
    """One line, single spaces."""
    return _SPECIAL.sub(" ", text).strip()


def _tag(text: str) -> str:
    """A value that ends where it should, opens no other tag and is no date."""
    return _plain(text.translate(_MEANS_SOMETHING_IN_A_COMMENT))
