"""The chart of accounts of an enterprise: the national one (RULES R1), with the sub-accounts we post to; journals."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from ecp.accounting.errors import UnknownAccount
from ecp.db import session

_DATA = Path(__file__).parent / "data"
POSTABLE_DIGITS = 4
"""Accounts with fewer digits are headings."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account: its number says where it stands in the chart."""

    id: int
    number: str
    title: str
    title_ar: str
    title_en: str


@dataclass(frozen=True, kw_only=True)
class Journal:
    """A book of original entry."""

    id: int
    code: str
    title: str


JOURNALS = (
    ("VT", "Ventes", "المبيعات", "Sales"),
    ("AC", "Achats", "المشتريات", "Purchases"),
    ("BQ", "Banque", "البنك", "Bank"),
    ("CA", "Caisse", "الصندوق", "Cash"),
    ("OD", "Opérations diverses", "عمليات مختلفة", "General"),
    ("AN", "À-nouveaux", "أرصدة افتتاحية", "Opening balances"),
    ("CT", "Contributions", "المساهمات", "Contributions"),
)


def open_for(enterprise_id: int) -> None:
    """Give a new enterprise the national chart, our sub-accounts and the journals."""
    session.execute(_INSERT_ACCOUNT, [{"enterprise": enterprise_id, **row} for row in _reference()])
    rows = [
        {"enterprise": enterprise_id, "code": code, "title": title, "title_ar": arabic, "title_en": english}
        for code, title, arabic, english in JOURNALS
    ]
    session.execute(_INSERT_JOURNAL, rows)


def postable(enterprise_id: int) -> frozenset[str]:
    """Give the numbers of the accounts that entries may use."""
    numbers = session.execute(_NUMBERS, {"enterprise": enterprise_id}).scalars()
    return frozenset(number for number in numbers if len(number) >= POSTABLE_DIGITS)


def accounts(enterprise_id: int) -> list[Account]:
    """List the whole chart, headings too, by number."""
    return [Account(**row._mapping) for row in session.execute(_ACCOUNTS, {"enterprise": enterprise_id})]  # noqa: SLF001


def account(enterprise_id: int, number: str) -> Account:
    """Give an account; raises UnknownAccount."""
    row = session.execute(_ACCOUNT, {"enterprise": enterprise_id, "number": number}).one_or_none()
    if row is None:
        raise UnknownAccount(account=number)
    return Account(**row._mapping)  # noqa: SLF001


def journals(enterprise_id: int) -> dict[str, Journal]:
    """Give the journals by code."""
    rows = session.execute(_JOURNALS, {"enterprise": enterprise_id})
    return {row.code: Journal(**row._mapping) for row in rows}  # noqa: SLF001


@cache
def _reference() -> tuple[dict[str, str], ...]:
    """Read the chart that ships with the program; a sub-account of ours replaces a namesake of the chart."""
    found: dict[str, dict[str, str]] = {}
    for name in ("pcge.csv", "subaccounts.csv"):
        with (_DATA / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["number"]] = {
                    "number": row["number"],
                    "title": row["title_fr"],
                    "title_ar": row["title_ar"],
                    "title_en": row["title_en"],
                    "nature": row["nature"],
                    "statement": row["statement"],
                    "rubric": row["rubric"],
                }
    return tuple(found.values())


_INSERT_ACCOUNT = sa.text("""
    insert into account (enterprise_id, number, title, title_ar, title_en, nature, statement, rubric)
    values (:enterprise, :number, :title, :title_ar, :title_en, :nature, :statement, :rubric)
""")
_INSERT_JOURNAL = sa.text("""
    insert into journal (enterprise_id, code, title, title_ar, title_en)
    values (:enterprise, :code, :title, :title_ar, :title_en)
""")
_NUMBERS = sa.text("select number from account where enterprise_id = :enterprise")
_ACCOUNTS = sa.text("""
    select id, number, title, title_ar, title_en from account where enterprise_id = :enterprise order by number
""")
_ACCOUNT = sa.text("""
    select id, number, title, title_ar, title_en from account where enterprise_id = :enterprise and number = :number
""")
_JOURNALS = sa.text("select id, code, title from journal where enterprise_id = :enterprise order by code")
