"""Contributions and levies: the computation, month after month (DESIGN 2, decision 0132)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp import money
from ecp.hosting import levies
from ecp.hosting.levies import Base, Bases, Bracket, Levy, PartPeriod, Scale, Span, YearToDate

ZERO = Decimal("0.00")
YEAR = YearToDate(opens_on=date(2026, 1, 1), closes_on=date(2026, 12, 31))
FLAT = Levy(
    code="contribution",
    label="Contribution",
    base=Base.COLLECTED_NET,
    brackets=(Bracket(None, Decimal("0.08")),),
    starts_on=date(2026, 1, 1),
    expense_account="9311",
    income_account="9711",
)
TWO = (Bracket(Decimal("10000.00"), Decimal("0.10")), Bracket(None, Decimal("0.05")))
FIXED = replace(FLAT, base=Base.FIXED, brackets=(), fixed=Decimal("150.00"))


def d(text):
    return Decimal(text)


def take(levy, *months, year=YEAR, first=1):
    """Run a levy over months from their bases; give the amounts, as the month-end would post them."""
    taken = []
    for number, base in enumerate(months, start=first):
        bases = Bases(**({} if levy.base is Base.FIXED else {levy.base.value: d(base)}))
        result = levies.compute(levy, bases, date(2026, number, 15), year)
        assert not result.steps or result.steps[-1].amount == result.amount
        year = replace(year, base=year.base + result.base, taken=year.taken + result.amount)
        taken.append(str(result.amount))
    return taken


def told(levy, base, month=3, year=YEAR):
    result = levies.compute(levy, Bases(**{levy.base.value: d(base)}), date(2026, month, 1), year)
    return [(step.message % {k: f"{v:f}" for k, v in step.figures}, str(step.amount)) for step in result.steps]


def test_a_flat_rate():
    assert take(FLAT, "12000.00", "0.00", "0.06") == ["960.00", "0.00", "0.00"]
    assert told(FLAT, "12000.00") == [
        ("Chiffre d’affaires HT encaissé dans le mois", "12000.00"),
        ("12000.00 × 0.08", "960.00"),
    ]


@pytest.mark.parametrize("base", [base for base in Base if base is not Base.FIXED])
def test_each_base_is_read_from_its_own_figure(base):
    bases = Bases(collected_net=d("100"), collected_gross=d("200"), invoiced_net=d("300"), margin=d("400"))
    expected = {"collected_net": "8.00", "collected_gross": "16.00", "invoiced_net": "24.00", "margin": "32.00"}
    amount = levies.compute(replace(FLAT, base=base), bases, date(2026, 3, 1), YEAR).amount
    assert str(amount) == expected[base.value]


def test_marginal_and_whole_brackets():
    marginal, whole = replace(FLAT, brackets=TWO), replace(FLAT, brackets=TWO, scale=Scale.WHOLE)
    assert take(marginal, "10000.00", "10000.01", "12000.00") == ["1000.00", "1000.00", "1100.00"]
    assert take(whole, "10000.00", "10000.01", "12000.00") == ["1000.00", "500.00", "600.00"]
    assert told(marginal, "12000.00")[1:] == [
        ("10000.00 × 0.10", "1000.00"),
        ("2000.00 × 0.05", "100.00"),
        ("Total des tranches", "1100.00"),
    ]


def test_brackets_told_one_by_one_add_up_to_their_sum_rounded_once():
    thirds = tuple(Bracket(d(end) if end else None, d("0.005")) for end in ("1.00", "2.00", None))
    steps = levies.compute(replace(FLAT, brackets=thirds), Bases(collected_net=d("3.00")), date(2026, 3, 1), YEAR).steps
    assert [str(step.amount) for step in steps[1:]] == ["0.01", "0.00", "0.01", "0.02"]  # not 0.01 three times


def test_floor_and_ceiling_of_the_month():
    levy = replace(FLAT, month_floor=d("100.00"), month_ceiling=d("1000.00"))
    assert take(levy, "0.00", "1250.00", "5000.00", "90000.00", "-500.00") == [
        "100.00",
        "100.00",
        "400.00",
        "1000.00",
        "100.00",
    ]
    assert told(levy, "0.00")[-1] == ("Minimum du mois", "100.00")
    assert told(levy, "90000.00")[-1] == ("Plafond du mois", "1000.00")


def test_minimum_base():
    levy = replace(FLAT, minimum_base=d("2000.00"))
    assert take(levy, "500.00", "3000.00", "-10.00") == ["160.00", "240.00", "160.00"]
    assert ("Assiette minimale", "2000.00") in told(levy, "500.00")


def test_a_month_of_credit_notes_gives_nothing_back_month_by_month():
    assert take(FLAT, "1000.00", "-1000.00", "1000.00") == ["80.00", "0.00", "80.00"]
    assert ("Une assiette négative compte pour zéro", "0.00") in told(FLAT, "-5.00")


def test_cumulated_it_gives_back_what_was_taken_and_no_more():
    levy = replace(FLAT, span=Span.EXERCISE)
    assert take(levy, "1000.00", "-400.00", "-5000.00", "4000.00", "1400.00") == [
        "80.00",
        "-32.00",
        "-48.00",
        "0.00",
        "80.00",
    ]


def test_cumulated_brackets_are_of_the_exercise():
    levy = replace(FLAT, brackets=TWO, span=Span.EXERCISE)
    assert take(levy, "6000.00", "6000.00", "6000.00") == ["600.00", "500.00", "300.00"]
    year = replace(YEAR, base=d("6000.00"), taken=d("600.00"))
    assert told(levy, "6000.00", month=2, year=year) == [
        ("Chiffre d’affaires HT encaissé dans le mois", "6000.00"),
        ("Depuis l’ouverture de l’exercice : 6000.00 + 6000.00", "12000.00"),
        ("10000.00 × 0.10", "1000.00"),
        ("2000.00 × 0.05", "100.00"),
        ("Total des tranches", "1100.00"),
        ("Moins ce qui a été pris depuis l’ouverture : 1100.00 − 600.00", "500.00"),
    ]


def test_cumulated_the_floor_holds_each_month_and_what_it_kept_is_given_back_later():
    levy = replace(FLAT, span=Span.EXERCISE, month_floor=d("100.00"))
    assert take(levy, "0.00", "2000.00", "-2000.00", "10000.00") == ["100.00", "100.00", "100.00", "500.00"]


def test_cumulated_ceilings_add_up_over_the_months():
    levy = replace(FLAT, span=Span.EXERCISE, month_ceiling=d("1000.00"))
    assert take(levy, "100000.00", "0.00", "-90000.00") == ["1000.00", "1000.00", "-1200.00"]


@pytest.mark.parametrize("span", Span)
def test_the_years_ceiling_is_never_passed(span):
    levy = replace(FLAT, span=span, year_ceiling=d("1500.00"))
    assert take(levy, "10000.00", "10000.00", "10000.00") == ["800.00", "700.00", "0.00"]
    if span is Span.EXERCISE:
        assert take(levy, "100000.00", "-50000.00", "-45000.00") == ["1500.00", "0.00", "-1100.00"]


def test_the_years_floor_tops_up_the_last_month():
    year = replace(YEAR, base=d("5000.00"), taken=d("400.00"))
    levy = replace(FLAT, year_floor=d("1000.00"))
    assert take(levy, "100.00", "100.00", first=11, year=year) == ["8.00", "592.00"]
    leaving = replace(levy, ends_on=date(2026, 11, 20))
    assert take(leaving, "100.00", "100.00", first=11, year=year) == ["600.00", "0.00"]


def test_start_end_and_part_months():
    levy = replace(FIXED, starts_on=date(2026, 3, 11), ends_on=date(2026, 5, 10))
    months = ["0"] * 5
    assert take(levy, *months, "0") == ["0.00", "0.00", "150.00", "150.00", "150.00", "0.00"]
    prorata = replace(levy, part_period=PartPeriod.PRORATA)
    assert take(prorata, *months) == ["0.00", "0.00", "101.61", "150.00", "48.39"]
    assert levies.days(levy, date(2026, 5, 31)) == (date(2026, 5, 1), date(2026, 5, 10))
    assert levies.days(levy, date(2026, 6, 1)) is None


def test_prorata_of_floors_ceilings_and_minimum_base():
    levy = replace(FLAT, starts_on=date(2026, 4, 16), part_period=PartPeriod.PRORATA)
    assert take(replace(levy, month_floor=d("100.00")), "0.00", "0.00", first=4) == ["50.00", "100.00"]
    assert take(replace(levy, month_ceiling=d("100.00")), "9999.00", "9999.00", first=4) == ["50.00", "100.00"]
    assert take(replace(levy, minimum_base=d("1000.00")), "0.00", "0.00", first=4) == ["40.00", "80.00"]
    cumulated = replace(levy, span=Span.EXERCISE, minimum_base=d("1000.00"))
    assert take(cumulated, "0.00", "0.00", first=4) == ["40.00", "80.00"]
    half = replace(FLAT, starts_on=date(2026, 7, 2), part_period=PartPeriod.PRORATA, year_ceiling=d("365.00"))
    assert take(half, "9999.00", "9999.00", first=7) == ["183.00", "0.00"]


def test_a_fixed_amount_under_a_years_ceiling():
    assert take(replace(FIXED, year_ceiling=d("400.00")), "0", "0", "0", "0") == ["150.00", "150.00", "100.00", "0.00"]


def test_an_exercise_may_span_two_calendar_years():
    year = YearToDate(opens_on=date(2025, 10, 1), closes_on=date(2026, 9, 30))
    levy = replace(FLAT, starts_on=date(2025, 1, 1), span=Span.EXERCISE, month_ceiling=d("100.00"))
    amount = levies.compute(levy, Bases(collected_net=d("99999.00")), date(2026, 1, 5), year).amount
    assert amount == d("400.00")


bases = st.lists(st.decimals(-20000, 50000, places=2), min_size=12, max_size=12)
optional = st.none() | st.decimals(0, 3000, places=2)
brackets = st.sampled_from([FLAT.brackets, TWO, (Bracket(d("5000.00"), d("0")), Bracket(None, d("0.12")))])


@st.composite
def terms(draw):
    floor, ceiling = draw(optional), draw(optional)
    least, most = draw(optional), draw(optional)
    if floor is not None and ceiling is not None:
        floor, ceiling = sorted((floor, ceiling))
    if least is not None and most is not None:
        least, most = sorted((least, most))
    return replace(
        FLAT,
        brackets=draw(brackets),
        scale=draw(st.sampled_from(Scale)),
        span=draw(st.sampled_from(Span)),
        minimum_base=draw(optional),
        month_floor=floor,
        month_ceiling=ceiling,
        year_floor=least,
        year_ceiling=most,
        starts_on=draw(st.dates(date(2025, 6, 1), date(2026, 6, 1))),
        part_period=draw(st.sampled_from(PartPeriod)),
    )


@given(terms(), bases)
def test_limits_hold_whatever_the_terms(levy, months):
    assert levies.problems(levy) == []
    amounts = [d(each) for each in take(levy, *months)]
    so_far = ZERO
    for number, amount in enumerate(amounts, start=1):
        assert amount == money.rounded(amount)
        assert amount >= -so_far  # never gives back more than was taken
        so_far += amount
        if levy.year_ceiling is not None:
            assert so_far <= levy.year_ceiling
        elif (
            levy.month_floor is not None
            and levy.part_period is PartPeriod.FULL
            and levies.days(levy, date(2026, number, 1))
        ):
            assert amount >= levy.month_floor
        if levy.span is Span.MONTH:
            assert amount >= 0
    if levy.year_floor is not None and levy.part_period is PartPeriod.FULL:
        assert so_far >= levy.year_floor


@given(bases, st.randoms())
def test_cumulated_only_the_exercise_counts_not_the_order_of_its_months(months, random):
    levy = replace(FLAT, brackets=TWO, span=Span.EXERCISE)
    shuffled = random.sample(months, len(months))
    total = sum(map(d, take(levy, *months)), ZERO)
    assert total == sum(map(d, take(levy, *shuffled)), ZERO)
    year = max(ZERO, sum(months, ZERO))
    assert total == money.rounded(min(year, d(10000)) * d("0.10") + max(ZERO, year - d(10000)) * d("0.05"))


@given(st.decimals(0, 10**7, places=2), st.decimals(0, 10**7, places=2))
def test_marginal_brackets_never_take_less_for_more(one, other):
    levy = replace(FLAT, brackets=TWO)
    low, high = (d(take(levy, base)[0]) for base in sorted((one, other)))
    assert low <= high


def test_terms_that_make_no_sense():
    bad = replace(
        FLAT,
        brackets=(Bracket(d("10.00"), d("1.5")), Bracket(d("5.00"), d("0.1"))),
        fixed=d("10.00"),
        month_floor=d("10.00"),
        month_ceiling=d("5.00"),
        year_floor=d("2.00"),
        year_ceiling=d("-1.00"),
        ends_on=date(2025, 1, 1),
        income_account="97",
    )
    fields = [problem.where for problem in levies.problems(bad)]
    assert fields == ["brackets"] * 2 + [
        "year_ceiling",
        "month_floor",
        "year_floor",
        "fixed",
        "ends_on",
        "income_account",
    ]
    unordered = replace(FLAT, brackets=(Bracket(d("10.00"), ZERO), Bracket(d("5.00"), ZERO), Bracket(None, ZERO)))
    assert [problem.where for problem in levies.problems(unordered)] == ["brackets"]
    fixed = replace(FIXED, brackets=TWO, month_floor=d("1.00"))
    assert [problem.where for problem in levies.problems(fixed)] == ["brackets", "fixed"]
    assert levies.problems(FLAT) == levies.problems(FIXED) == []
    assert [problem.where for problem in levies.problems(replace(FLAT, brackets=()))] == ["brackets"]
