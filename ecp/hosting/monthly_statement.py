"""The statement an entrepreneur reads, from frozen figures: the words of a language put on keys. Pure."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from ecp import formats
from ecp.documents.letterhead import Letterhead
from ecp.documents.monthly_statement import (
    Compared,
    Computation,
    Debt,
    Figure,
    MonthlyStatementDocument,
    MonthOfSales,
)
from ecp.hosting import advice, words
from ecp.hosting.snapshot import Keyed, Owed, Row, Snapshot


def document(snapshot: Snapshot, *, made_at: datetime, language: str) -> MonthlyStatementDocument:
    """Fill the statement; ValueError where a figure is not the sum of what it is said to be made of."""
    return MonthlyStatementDocument(
        enterprise=letterhead(dict(snapshot.enterprise)),
        activity=snapshot.activity,
        person=names(snapshot.people, language),
        last_day=snapshot.last_day,
        year_opens_on=snapshot.year_opens_on,
        made_at=made_at,
        treasury=_figures(snapshot.terms, "terms", language),
        available=snapshot.available,
        to_come=_figures(snapshot.to_come, "terms", language),
        sales=_compared(snapshot.sales, language),
        costs=_compared(snapshot.costs, language),
        levies=_compared(snapshot.levies, language),
        result=snapshot.result,
        computations=tuple(
            Computation(each.label, tuple(Figure(words.step(step, language), step.amount) for step in each.steps))
            for each in snapshot.computations
        ),
        history=tuple(MonthOfSales(month, amount) for month, amount in snapshot.history),
        cash_opening=snapshot.cash_opening,
        cash_moves=_figures(snapshot.cash_moves, "moves", language),
        cash_closing=snapshot.cash_closing,
        receivables=_debts(snapshot.receivables),
        payables=_debts(snapshot.payables),
        next_steps=tuple(advice.sentence(each, language) for each in advice.of(snapshot)),
    )


def label(row: Row, language: str) -> str:
    """Name a row: as people typed it, or by the word of its key.

    >>> label(Row(key="costs:rent"), "fr"), label(Row(key="levy:fund", label="Fonds"), "fr")
    ('Loyer', 'Fonds')
    """
    if row.label:
        return row.label
    kind, _, key = row.key.partition(":")
    table = words.of(language, {"channel": "channels", "levy": "levies"}.get(kind, kind))
    return table.get(key, key)


def names(people: tuple[str, ...], language: str) -> str:
    """Name one or several people.

    >>> names(("Zahra", "Ali"), "fr")
    'Zahra et Ali'
    """
    joint = {"fr": " et ", "ar": " و", "en": " and "}[language]
    return joint.join(people)


def letterhead(plain: dict[str, Any]) -> Letterhead:
    """Turn the frozen head into the one documents show."""
    capital = plain.pop("capital", None)
    address = tuple(plain.pop("address", ()))
    return Letterhead(address=address, capital=None if capital is None else Decimal(capital), **plain)


def file_name(snapshot: Snapshot, code: str, language: str) -> str:
    """Name the file so that a folder sorts by month.

    >>> from datetime import date
    >>> file_name(Snapshot(month=date(2026, 10, 1), last_day=date(2026, 10, 31), year_opens_on=date(2026, 1, 1),
    ...     activity="Poterie"), "POT", "fr")
    'releve-2026-10-POT-fr.pdf'
    """
    return f"releve-{snapshot.month:%Y-%m}-{code}-{language}.pdf"


def _figures(keyed: tuple[Keyed, ...], kind: str, language: str) -> tuple[Figure, ...]:
    table = words.of(language, kind)
    return tuple(Figure(table.get(each.key, each.key), each.amount) for each in keyed)


def _compared(rows: tuple[Row, ...], language: str) -> tuple[Compared, ...]:
    return tuple(
        Compared(label=label(row, language), month=row.month, year_to_date=row.year_to_date, last_year=row.last_year)
        for row in rows
    )


def _debts(owed: tuple[Owed, ...]) -> tuple[Debt, ...]:
    return tuple(
        Debt(
            party=each.party or formats.HARD,
            document=each.document,
            since_on=each.since_on,
            due_on=each.due_on,
            amount=each.amount,
        )
        for each in owed
    )
