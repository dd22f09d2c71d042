"""Value added tax: categories of sales and purchases, their rates by date, what an exempt invoice must say. Pure.

The facts are in data/vat_rates.csv (RULES R3.1 to R3.8). A category is named by a stable code ("standard", "catering",
"crafts_carpet_exempt") that documents store beside the rate of their day.
"""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources

from ecp import formats
from ecp.errors import Invalid

LANGUAGES = ("fr", "ar", "en")


class Treatment(StrEnum):
    """How the law treats a sale on a given day."""

    TAXABLE = "taxable"
    EXEMPT_WITH_DEDUCTION = "exempt_with_deduction"  # CGI art. 92
    EXEMPT = "exempt"  # CGI art. 91: VAT on purchases stays a cost, and the enterprise falls under a prorata (R3.14)
    OUT_OF_SCOPE = "out_of_scope"


class UnknownCategory(Invalid):
    """No VAT category has that code."""

    message = "La catégorie de TVA « %(code)s » n’existe pas."


class NoRate(Invalid):
    """The category has no single rate on that day."""

    message = "La catégorie de TVA « %(code)s » n’a pas de taux connu à la date du %(on)s."


@dataclass(frozen=True)
class Category:
    """A kind of sale or purchase that the law taxes, or not, in its own way.

    `steps` are (day, cell of the file), oldest first: a percentage, "exempt", "out", or empty where there is no single
    rate. `has_deduction` says whether whoever pays this VAT may deduct it. `article` is of the CGI.
    """

    code: str
    labels: tuple[tuple[str, str], ...]
    steps: tuple[tuple[date, str], ...]
    has_deduction: bool
    article: str
    confidence: str
    note: str

    def label(self, language: str) -> str:
        """Name it in French, Arabic or English."""
        return dict(self.labels)[language]


def categories() -> tuple[Category, ...]:
    """List all categories, the most usual first."""
    return tuple(_file().values())


def category(code: str) -> Category:
    """Find a category; UnknownCategory (an Invalid) where there is none.

    >>> category("catering").label("fr")
    'Hébergement et restauration (hôtels restaurants traiteurs)'
    """
    try:
        return _file()[code]
    except KeyError:
        raise UnknownCategory(code=code) from None


def rate(code: str, on: date) -> Decimal:
    """Give the rate on a day as a fraction, zero where no VAT is charged; UnknownCategory or NoRate (both Invalid).

    >>> rate("standard", date(2026, 11, 24)), rate("crafts_carpet_exempt", date(2026, 11, 24))
    (Decimal('0.20'), Decimal('0.00'))
    >>> [str(rate("electricity", date(year, 6, 1))) for year in (2023, 2024, 2025, 2026)]
    ['0.14', '0.16', '0.18', '0.20']
    """
    cell = _cell(category(code), on)
    return Decimal("0.00") if cell in {"exempt", "out"} else Decimal(cell).scaleb(-2).quantize(Decimal("0.01"))


def treatment(code: str, on: date) -> Treatment:
    """Say whether a sale is taxed, exempt (with or without deduction of VAT paid) or out of scope; errors as `rate`.

    >>> treatment("export", date(2026, 11, 24)).value, treatment("standard", date(2026, 11, 24)).value
    ('exempt_with_deduction', 'taxable')
    """
    found = category(code)
    cell = _cell(found, on)
    if cell == "out":
        return Treatment.OUT_OF_SCOPE
    if cell == "exempt":
        return Treatment.EXEMPT
    if Decimal(cell) == 0:
        return Treatment.EXEMPT_WITH_DEDUCTION
    return Treatment.TAXABLE


def gives_deduction(code: str, on: date) -> bool:
    """Say whether VAT paid on what is needed for such sales, or on such a purchase, is deductible; as `rate`."""
    found = category(code)
    _cell(found, on)
    return found.has_deduction


_MENTIONS = {
    "fr": {
        False: "Exonéré de TVA - article {article} du CGI",
        True: "Hors champ d’application de la TVA - article {article} du CGI",
    },
    "ar": {
        False: "معفى من الضريبة على القيمة المضافة - المادة {article} من المدونة العامة للضرائب",
        True: "خارج نطاق تطبيق الضريبة على القيمة المضافة - المادة {article} من المدونة العامة للضرائب",
    },
    "en": {
        False: "Exempt from VAT - article {article} of the CGI",
        True: "Outside the scope of VAT - article {article} of the CGI",
    },
}


def mention(code: str, language: str, *, on: date) -> str:
    """Write what stands on the invoice instead of VAT (R3.8, R4.2), or nothing where VAT is charged; errors as `rate`.

    The language is the document's, which need not be the reader's screen's: hence the sentences here and not in the
    translations.

    >>> mention("crafts_carpet_exempt", "fr", on=date(2026, 11, 24))
    'Exonéré de TVA - article 91-I du CGI'
    >>> mention("standard", "fr", on=date(2026, 11, 24))
    ''
    """
    found = treatment(code, on)
    if found is Treatment.TAXABLE:
        return ""
    return _MENTIONS[language][found is Treatment.OUT_OF_SCOPE].format(
        article=formats.isolated(category(code).article, language)
    )


def has_rate(code: str, on: date) -> bool:
    """Tell whether a category has a single rate on a day; errors as `category`."""
    return _has_rate(category(code), on)


def _has_rate(found: Category, on: date) -> bool:
    return any(start <= on for start, _ in found.steps) and bool(_latest(found, on))


def _latest(found: Category, on: date) -> str:
    return [cell for start, cell in found.steps if start <= on][-1]


def _cell(found: Category, on: date) -> str:
    if not _has_rate(found, on):
        raise NoRate(code=found.code, on=on)
    return _latest(found, on)


@cache
def _file() -> dict[str, Category]:
    text = resources.files("ecp").joinpath("data/vat_rates.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["code"]: _read(row) for row in rows}


def _read(row: dict[str, str]) -> Category:
    days = sorted(name for name in row if name.startswith("from_"))
    return Category(
        code=row["code"],
        labels=tuple((language, row[f"label_{language}"]) for language in LANGUAGES),
        steps=tuple((date.fromisoformat(name.removeprefix("from_")), row[name]) for name in days),
        has_deduction=row["deduction_right"] == "yes",
        article=row["cgi_article"],
        confidence=row["confidence"],
        note=row["note"],
    )
