"""Entries as text, read and written, for tests that tell them in their docstring.

    2025-03-14 VT Facture F-12
      3421 D 120.00
      7121 C 100.00
      4455 C 20.00

A line may name its activity after the account: `3421 POT D 120.00`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ecp.accounting.rules import Draft, DraftLine

_HEAD = re.compile(r"(?P<on>\d{4}-\d{2}-\d{2}) (?P<journal>[A-Z]{2})(?: (?P<label>.*))?")
_LINE = re.compile(r"(?P<account>\d{4,}) (?:(?P<activity>\S+) )?(?P<side>[DC]) (?P<amount>\d+\.\d{2})")


@dataclass(frozen=True)
class TextLine:
    account: str
    activity: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class TextEntry:
    on: date
    journal: str
    label: str
    lines: tuple[TextLine, ...]


def read(text: str) -> list[TextEntry]:
    """Read entries; lines of prose before the first one are left aside.

    >>> [line.credit for line in read("2025-03-14 VT F\\n 3421 D 1.00\\n 7121 C 1.00")[0].lines]
    [Decimal('0.00'), Decimal('1.00')]
    """
    entries: list[TextEntry] = []
    for line in map(str.strip, text.splitlines()):
        if head := _HEAD.fullmatch(line):
            entries.append(TextEntry(date.fromisoformat(head["on"]), head["journal"], head["label"] or "", ()))
        elif found := _LINE.fullmatch(line):
            last = entries.pop()
            entries.append(TextEntry(last.on, last.journal, last.label, (*last.lines, _line(found))))
        elif line and entries:
            raise ValueError(f"neither an entry nor a line of one: {line!r}")
    return entries


def _line(found: re.Match[str]) -> TextLine:
    amount, nothing = Decimal(found["amount"]), Decimal("0.00")
    debit, credit = (amount, nothing) if found["side"] == "D" else (nothing, amount)
    return TextLine(found["account"], found["activity"] or "", debit, credit)


def write(entries: Iterable[TextEntry]) -> str:
    """Write entries as `read` takes them."""
    return "".join(
        f"{entry.on} {entry.journal} {entry.label}".rstrip() + "\n" + "".join(map(_written, entry.lines))
        for entry in entries
    )


def _written(line: TextLine) -> str:
    activity = f"{line.activity} " if line.activity else ""
    side, amount = ("D", line.debit) if line.debit else ("C", line.credit)
    return f"  {line.account} {activity}{side} {amount:.2f}\n"


def drafts(text: str, enterprise_id: int, activities: Mapping[str, int], source: str = "test") -> list[Draft]:
    """Describe the entries of a text; `activities[""]` is the one of lines that name none."""
    return [
        Draft(
            enterprise_id=enterprise_id,
            journal=entry.journal,
            on=entry.on,
            label=entry.label,
            source=f"{source}:{number}",
            lines=tuple(
                DraftLine(
                    account=line.account,
                    activity_id=activities[line.activity],
                    debit=line.debit,
                    credit=line.credit,
                )
                for line in entry.lines
            ),
        )
        for number, entry in enumerate(read(text), 1)
    ]
