"""The books as a Beancount file: accounts by number under its five roots, activities and parties as metadata."""

from collections.abc import Iterable, Iterator

from ecp.accounting.exports.lines import Book, Line, entries, kind


def write(book: Book, lines: Iterable[Line]) -> Iterator[str]:
    """Give the file's text, piece by piece."""
    yield f'option "title" {_quoted(f"{book.name} ({book.code})")}\noption "operating_currency" "MAD"\n\n'
    for account, title in book.accounts:
        yield f"{book.first_on} open {name(account)} MAD\n  title: {_quoted(title)}\n"
    for entry in entries(lines):
        yield _entry(entry)


def name(account: str) -> str:
    """The account as Beancount names it.

    >>> name("3421"), name("7121")
    ('Assets:3421', 'Income:7121')
    """
    return f"{kind(account)}:{account}"


def _entry(lines: list[Line]) -> str:
    first = lines[0]
    text = f"\n{first.on} * {_quoted(first.label)}\n  ref: {_quoted(first.ref)}\n  journal: {_quoted(first.journal)}\n"
    if first.document:
        text += f"  document_name: {_quoted(first.document)}\n"
    return text + "".join([_posting(line, first.label) for line in lines])


def _posting(line: Line, entry_label: str) -> str:
    amount = line.debit - line.credit
    text = f"  {name(line.account)}  {amount:.2f} MAD\n    activity: {_quoted(line.activity)}\n"
    if line.party:
        text += f"    party: {_quoted(line.party)}\n"
    if line.due_on:
        text += f"    due_on: {line.due_on}\n"
    if line.label != entry_label:
        text += f"    label: {_quoted(line.label)}\n"
    return text


def _quoted(text: str) -> str:
    """A string of Beancount's: one line, its quotes and backslashes escaped."""
    one_line = " ".join(text.replace("\x00", " ").splitlines())
    return '"' + one_line.replace("\\", "\\\\").replace('"', '\\"') + '"'
