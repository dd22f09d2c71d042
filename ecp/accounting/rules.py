"""What an entry must be before anything is asked of the database. Pure."""

import hashlib
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from ecp import money
from ecp.errors import Invalid, Problem

LONGEST_LABEL = 500
LONGEST_NAME = 200
INTERNAL = ("160", "9")
"""What activities owe one another: liaison accounts and class 9, which cancel out in each entry."""
_encoded = json.JSONEncoder(ensure_ascii=True, default=date.toordinal).encode


class EntryInvalid(Invalid):
    """The entry cannot be posted as it is."""

    message = "L’écriture est à corriger."


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftLine:
    """One line to post: an account by its number, an activity, a debit or a credit in dirhams."""

    account: str
    activity_id: int
    debit: Decimal = money.ZERO
    credit: Decimal = money.ZERO
    party_id: int | None = None
    due_on: date | None = None
    label: str = ""
    """Only where it says something else than the entry's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An entry to post. `source` names what it comes from, once for ever: `invoice:42:issued`."""

    enterprise_id: int
    journal: str
    on: date
    label: str
    source: str
    lines: tuple[DraftLine, ...]
    document: str = ""


class PlainLine(NamedTuple):
    """A line as the door takes it: amounts in whole centimes."""

    account: str
    activity_id: int
    debit: int
    credit: int
    party_id: int | None
    due_on: date | None
    label: str


class PlainEntry(NamedTuple):
    """An entry as the door takes it; who makes one has looked at it as `check` does."""

    source: str
    on: date
    journal: str
    label: str
    document: str
    lines: Sequence[PlainLine]


def plain(draft: Draft) -> PlainEntry:
    """Say a draft in the words of the door.

    Raises: EntryInvalid, as `check`.
    """
    check(draft)
    lines = [
        PlainLine(
            line.account,
            line.activity_id,
            money.centimes(line.debit),
            money.centimes(line.credit),
            line.party_id,
            line.due_on,
            line.label,
        )
        for line in draft.lines
    ]
    return PlainEntry(draft.source, draft.on, draft.journal, draft.label, draft.document, lines)


def check(draft: Draft) -> None:
    """Refuse what no book can hold.

    Raises: EntryInvalid, with every problem and where it is (`lines-2-debit`, as forms name their fields).
    """
    if _is_plain(draft):
        return
    problems = list(_problems(draft))
    if problems:
        raise EntryInvalid(problems)


def fingerprint(entry: PlainEntry) -> str:
    """Digest all that an entry says: the same source with another fingerprint is another entry, and refused."""
    told = [entry.journal, entry.on, entry.label, entry.document, *chain.from_iterable(entry.lines)]
    return hashlib.sha256(_encoded(told).encode()).hexdigest()


def forbidden_sign(text: str) -> str | None:
    """Give the first sign that no line of a book may hold: controls, separators of lines, halves of characters."""
    return next((sign for sign in text if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}), None)


def imbalances(lines: Iterable[DraftLine]) -> dict[int, Decimal]:
    """Give, by activity, what debits exceed credits by, where they do not agree (I1)."""
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line.activity_id] += line.debit - line.credit
    return {activity: difference for activity, difference in sums.items() if difference}


def internal_left(lines: Iterable[DraftLine]) -> dict[str, Decimal]:
    """Give, by kind of internal accounts, what they leave to the enterprise, where it is something."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.account.startswith(INTERNAL):
            sums[line.account[:1]] += line.debit - line.credit
    return {kind: left for kind, left in sums.items() if left}


def _is_plain(draft: Draft) -> bool:
    """Tell quickly that an ordinary entry is right; whatever is not ordinary is looked at line by line."""
    lines = draft.lines
    return (
        len(lines) > 1
        and bool(draft.source)
        and not imbalances(lines)
        and not internal_left(lines)
        and len(draft.label) <= LONGEST_LABEL
        and len(draft.source) <= LONGEST_NAME
        and len(draft.document) <= LONGEST_NAME
        and (draft.label + draft.source + draft.document).isprintable()
        and all(map(_is_plain_line, lines))
    )


def _is_plain_line(line: DraftLine) -> bool:
    debit, credit = line.debit, line.credit
    return (
        (debit > 0) != (credit > 0)
        and 0 <= debit <= money.MAX
        and 0 <= credit <= money.MAX
        and (debit or credit).as_tuple().exponent == -2  # noqa: PLR2004 (centimes)
        and len(line.label) <= LONGEST_LABEL
        and line.label.isprintable()
        and line.account.isascii()
        and line.account.isdigit()
    )


def _problems(draft: Draft) -> Iterator[Problem]:
    yield from _text("label", draft.label, LONGEST_LABEL)
    yield from _text("document", draft.document, LONGEST_NAME)
    yield from _text("source", draft.source, LONGEST_NAME)
    if not draft.source:
        yield Problem("À remplir.", "source")
    if len(draft.lines) < 2:  # noqa: PLR2004
        yield Problem("Une écriture a deux lignes ou plus.", "lines")
    for place, line in enumerate(draft.lines):
        yield from _line_problems(place, line)
    amounts = [amount for line in draft.lines for amount in (line.debit, line.credit)]
    if all(amount.is_finite() for amount in amounts):
        yield from _balance_problems(draft.lines)


def _balance_problems(lines: tuple[DraftLine, ...]) -> Iterator[Problem]:
    uneven = imbalances(lines)
    total = sum(uneven.values(), money.ZERO)
    if total:
        yield Problem("Débits et crédits diffèrent de %(difference)s.", "lines", (("difference", total),))
    elif uneven:
        yield Problem("L’écriture doit être équilibrée dans chaque activité.", "lines")
    elif internal_left(lines):
        yield Problem("Les comptes de liaison (160) et ceux de la classe 9 s’annulent dans chaque écriture.", "lines")


def _line_problems(place: int, line: DraftLine) -> Iterator[Problem]:
    for side, amount in (("debit", line.debit), ("credit", line.credit)):
        where = f"lines-{place}-{side}"
        if not amount.is_finite() or amount > money.MAX:
            yield Problem("Ce montant est trop grand.", where)
        elif amount < 0:
            yield Problem("Un montant négatif s’écrit de l’autre côté.", where)
        elif amount != money.rounded(amount):
            yield Problem("Un montant a deux décimales au plus.", where)
    if (line.debit != 0) == (line.credit != 0):
        yield Problem("Une ligne a un débit ou un crédit.", f"lines-{place}-debit")
    if not (line.account.isascii() and line.account.isdigit()):
        yield Problem("Un compte s’écrit en chiffres.", f"lines-{place}-account")
    yield from _text(f"lines-{place}-label", line.label, LONGEST_LABEL)


def _text(where: str, text: str, longest: int) -> Iterator[Problem]:
    if len(text) > longest:
        yield Problem("Plus de %(longest)s signes.", where, (("longest", longest),))
    if forbidden_sign(text):
        yield Problem("Ce texte contient un signe interdit.", where)
