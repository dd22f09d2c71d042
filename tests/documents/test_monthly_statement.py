"""The monthly statement: two pages whatever the month, figures that add up, and what is said where there is nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
import reading
import specimens
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp import documents
from ecp.documents import monthly_figures, monthly_parts
from ecp.documents.monthly_statement import (
    Compared,
    Computation,
    Debt,
    Figure,
    MonthlyStatementDocument,
    MonthOfSales,
)

LONG = "Coopérative féminine المرأة القروية للنسيج WWWWWWWWWWWWWWWWWWWWWW de Chefchaouen et de Bab Taza"
HUGE = Decimal("-98765432.10")


def crowded(language: str, *, count: int, size: Decimal = HUGE, label: str = LONG) -> MonthlyStatementDocument:
    """A month with `count` of everything."""
    figures = tuple(Figure(f"{label} {at}", size + at) for at in range(count))
    rows = tuple(
        Compared(label=f"{at} {label}", month=size - at, year_to_date=size * 9, last_year=size) for at in range(count)
    )
    last_day = date(2026, 3, 31)
    debts = tuple(
        Debt(
            party=f"{at} {label}", document="F", since_on=date(2025, 1, 1),
            due_on=last_day - timedelta(days=at * 7 - 20), amount=abs(size) + at,
        )
        for at in range(count)
    )  # fmt: skip
    total = monthly_parts.total(figures)
    return specimens.statement(
        language, activity=label * 2, person=label, treasury=figures, available=total, to_come=figures,
        sales=rows, costs=rows, levies=rows, result=-sum((row.month for row in rows), Decimal(0)),
        computations=tuple(Computation(label, figures) for _ in range(count)),
        history=tuple(MonthOfSales(specimens.month_back(count - at), size * (-1) ** at) for at in range(count)),
        cash_moves=figures, cash_closing=Decimal("14209.50") + total,
        receivables=debts, payables=debts, next_steps=(LONG * 4,) * count,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 9, 13, 50])
@pytest.mark.parametrize("size", [HUGE, Decimal("12.00"), Decimal("99999999999.99")])
def test_two_pages_whatever_the_month(language, count, size):
    pdf = documents.pdf(crowded(language, count=count, size=size), language=language)
    assert reading.count(pdf) == 2


counts = st.integers(min_value=0, max_value=60)


@settings(max_examples=25, deadline=None)
@given(st.lists(counts, min_size=9, max_size=9), st.sampled_from(["fr", "ar"]), st.sampled_from([LONG, "م" * 300, "x"]))
def test_two_pages_whatever_the_lists(lengths: Sequence[int], language: str, label: str):
    full = crowded(language, count=60, label=label)
    names = ("to_come", "computations", "history", "receivables", "payables", "next_steps")
    cut = replace(full, **{name: getattr(full, name)[:length] for name, length in zip(names, lengths, strict=False)})
    treasury, moves, sales = full.treasury[: lengths[6]], full.cash_moves[: lengths[7]], full.sales[: lengths[8]]
    document = replace(
        cut,
        treasury=treasury,
        available=monthly_parts.total(treasury),
        cash_moves=moves,
        cash_closing=cut.cash_opening + monthly_parts.total(moves),
        sales=sales,
        result=sum((row.month for row in sales), Decimal(0)) - 2 * sum(row.month for row in full.costs),
    )
    assert reading.count(documents.pdf(document, language=language)) == 2


def test_an_ordinary_month_is_told_in_daily_words():
    first, second = reading.pages(documents.pdf(specimens.statement("fr"), language="fr"))
    for told in (
        "Poterie Zahra", "Zahra El Amrani", "Entreprise collective partagée de Tanger", "mars 2026",
        "Disponible au 31 mars 2026", "11 326,60", "Votre part en banque", "TVA à payer", "−2 310,40",
        "Boutique collective", "9 800,00", "8 918,00", "29 400,00", "28 600,00",
        "Argile et émaux", "Contribution aux services communs", "Ce qui vous reste", "15 605,50", "mars 2025",
        "Factures clients à encaisser", "9 870,00", "Page 1 sur 2",
    ):  # fmt: skip
        assert told in first, told
    for told in (
        "Au début du mois", "14 209,50", "À la fin du mois", "21 450,30",
        "20 000,00 × 8 %", "Contribution du mois", "2 116,00",
        "Riad Al Manar SARL", "05/01/2026", "48", "31 à 60 jours", "Argiles du Rif", "3 120,50",
        "Relancez Riad Al Manar", "Page 2 sur 2",
    ):  # fmt: skip
        assert told in second, told


def test_a_month_without_anything_says_so():
    nothing = crowded("fr", count=0)
    text = "\n".join(reading.pages(documents.pdf(replace(nothing, activity="Poterie"), language="fr")))
    for told in (
        "Aucune vente ce mois-ci.", "Aucune dépense ce mois-ci.", "Aucun mouvement d’argent ce mois-ci.",
        "Personne ne vous doit d’argent.", "Vous ne devez rien à personne.",
    ):  # fmt: skip
        assert told in text, told


def test_what_is_missing_is_said_in_its_own_words():
    owing = specimens.statement("fr", treasury=(Figure("Banque", Decimal("-5.00")),), available=Decimal("-5.00"))
    text = reading.pages(documents.pdf(owing, language="fr"))[0]
    assert "Il manque cette somme" in text
    assert "−5,00" in text


def test_others_are_told_with_their_sum():
    document = crowded("fr", count=50, size=Decimal("10.00"), label="Client")
    view = document.view("fr")
    *shown, others = view["receivables"]["rows"]
    assert len(shown) == 5
    assert others[0] == "et 45 autres"
    whole = sum(Decimal("".join(row[3]).replace("\u202f", "").replace(",", ".")) for row in view["receivables"]["rows"])
    assert whole == sum(debt.amount for debt in document.receivables)


@pytest.mark.parametrize("name", ["available", "cash_closing", "result"])
def test_figures_that_do_not_add_up_are_refused(name):
    usual = specimens.statement("fr")
    with pytest.raises(ValueError, match=name):
        replace(usual, **{name: getattr(usual, name) + Decimal("0.01")})


amounts = st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=2), max_size=30)


@given(amounts, st.integers(min_value=2, max_value=12))
def test_the_largest_and_the_rest_are_all(items, limit):
    shown, rest = monthly_figures.largest(items, limit, lambda amount: amount)
    assert sorted(shown + rest) == sorted(items)
    assert len(shown) + bool(rest) <= max(limit, 1)
    assert all(abs(one) >= abs(other) for one in shown for other in rest)


@given(amounts)
def test_bars_stay_on_their_strip(items):
    for bar in (*monthly_figures.bars(items), *monthly_figures.bridge(items)):
        assert 0 <= bar.low <= bar.high <= 1
        assert 0 <= bar.zero <= 1


@given(amounts)
def test_a_bridge_has_no_step_in_the_air(items):
    steps = monthly_figures.bridge(items)
    for one, other in pairwise(steps):
        assert {one.low, one.high} & {other.low, other.high}
