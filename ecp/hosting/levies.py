"""What a contract takes from an activity each month, and the computation in words. Pure: no database, no clock.

A levy is the contribution for the shared services or any further one: insurance, solidarity fund, guarantee reserve.
Amounts are dirhams, positive for what the activity pays. Decision 0132 says why the rules are these.

A levy that stands month by month: base of the month (never less than the minimum base, never less than zero)
× brackets, brought down to the ceiling and up to the floor of the month. A month of credit notes gives nothing back.

A levy cumulated over the exercise: base since the exercise opened × brackets of the year, brought down to the ceilings
of the months so far, less what was taken already. So it gives back what credit notes took away, never more than was
taken in the exercise; the floor still holds month by month, and what it kept from being given back is given back later.

In both, last: the year's floor tops up the last month, and the year's ceiling is never passed.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from ecp import money
from ecp.errors import Problem


class Base(StrEnum):
    """What a levy is a part of."""

    COLLECTED_NET = "collected_net"
    COLLECTED_GROSS = "collected_gross"
    INVOICED_NET = "invoiced_net"
    MARGIN = "margin"
    FIXED = "fixed"


class Scale(StrEnum):
    """Whether each slice of the base has its own rate, or the slice the base ends in gives the rate of all of it."""

    MARGINAL = "marginal"
    WHOLE = "whole"


class Span(StrEnum):
    """Whether each month stands alone, or the exercise is settled anew each month."""

    MONTH = "month"
    EXERCISE = "exercise"


class PartPeriod(StrEnum):
    """What the amounts of a month or of a year become where the levy covers some of its days only."""

    FULL = "full"
    PRORATA = "prorata"  # their share of the days


class Settlement(StrEnum):
    """Whether the activity pays at once from its share of the bank, or owes it through the liaison account."""

    BANK = "bank"
    LIAISON = "liaison"


@dataclass(frozen=True)
class Bracket:
    """A slice of the base, up to an amount (included; None: without end), and its rate as a fraction."""

    up_to: Decimal | None
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class Levy:
    """The terms of a levy, as the contract writes them. `problems` says whether they make sense.

    `fixed` is the amount of a month for the base FIXED. The minimum base is what a month's base counts for at least.
    Brackets are of the span: of a month, or of an exercise. `part_period` says what the fixed amount, the minimum
    base, the floors and the ceilings become in a month or an exercise that the levy covers in part; brackets stay.
    """

    code: str
    label: str
    base: Base
    brackets: tuple[Bracket, ...] = ()
    fixed: Decimal = money.ZERO
    scale: Scale = Scale.MARGINAL
    span: Span = Span.MONTH
    minimum_base: Decimal | None = None
    month_floor: Decimal | None = None
    month_ceiling: Decimal | None = None
    year_floor: Decimal | None = None
    year_ceiling: Decimal | None = None
    starts_on: date
    ends_on: date | None = None
    part_period: PartPeriod = PartPeriod.FULL
    settlement: Settlement = Settlement.BANK
    expense_account: str
    income_account: str


@dataclass(frozen=True, kw_only=True)
class Bases:
    """What an activity did in a month, on the days the levy covers; a month of credit notes makes it negative."""

    collected_net: Decimal = money.ZERO
    collected_gross: Decimal = money.ZERO
    invoiced_net: Decimal = money.ZERO
    margin: Decimal = money.ZERO


@dataclass(frozen=True, kw_only=True)
class YearToDate:
    """The exercise, and what the months of it before this one came to for this levy."""

    opens_on: date
    closes_on: date
    base: Decimal = money.ZERO
    taken: Decimal = money.ZERO


@dataclass(frozen=True)
class Step:
    """One line of the computation: a French sentence with its figures, and what it comes to; the last is the levy.

    Figures ending in `_rate` are fractions, the others dirhams: pages write them as people here do.
    """

    message: str
    amount: Decimal
    figures: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class LevyResult:
    """What a levy takes for a month (negative: gives back), the month's base, and how it was found."""

    amount: Decimal
    base: Decimal
    steps: tuple[Step, ...]


def compute(levy: Levy, bases: Bases, month: date, year_to_date: YearToDate) -> LevyResult:
    """Compute a levy for the month that contains a day; zero and no step where the levy does not run then.

    >>> eight_percent = Levy(code="contribution", label="Contribution", base=Base.COLLECTED_NET,
    ...     brackets=(Bracket(None, Decimal("0.08")),), starts_on=date(2026, 1, 1),
    ...     expense_account="9311", income_account="9711")
    >>> year = YearToDate(opens_on=date(2026, 1, 1), closes_on=date(2026, 12, 31))
    >>> compute(eight_percent, Bases(collected_net=Decimal("12000.00")), date(2026, 3, 31), year).amount
    Decimal('960.00')
    """
    if not days(levy, month):
        return LevyResult(money.ZERO, money.ZERO, ())
    base = money.ZERO if levy.base is Base.FIXED else money.rounded(getattr(bases, levy.base.value))
    steps = _fixed(levy, month) if levy.base is Base.FIXED else _proportional(levy, base, month, year_to_date)
    steps += _limits(levy, steps[-1].amount, month, year_to_date)
    return LevyResult(steps[-1].amount, base, tuple(steps))


def days(levy: Levy, month: date) -> tuple[date, date] | None:
    """Give the first and last day of a month that a levy covers, or None: bases are to be measured on these days.

    >>> levy = Levy(code="fund", label="Fonds", base=Base.FIXED, fixed=Decimal("50.00"), starts_on=date(2026, 3, 10),
    ...     expense_account="9311", income_account="9711")
    >>> days(levy, date(2026, 3, 1))
    (datetime.date(2026, 3, 10), datetime.date(2026, 3, 31))
    """
    first, last = _month(month)
    return _overlap(levy, first, last)


_BASE_STEPS = {
    Base.COLLECTED_NET: "Chiffre d’affaires HT encaissé dans le mois",
    Base.COLLECTED_GROSS: "Chiffre d’affaires TTC encaissé dans le mois",
    Base.INVOICED_NET: "Chiffre d’affaires HT facturé dans le mois",
    Base.MARGIN: "Marge du mois",
}


def _fixed(levy: Levy, month: date) -> list[Step]:
    share = _share(levy, *_month(month))
    steps = [Step("Montant fixe du mois", levy.fixed)]
    if share < 1:
        steps.append(_prorata(money.rounded(levy.fixed * share), levy, month))
    return steps


def _prorata(amount: Decimal, levy: Levy, month: date) -> Step:
    start, end = days(levy, month) or (month, month)
    figures = (("days", Decimal((end - start).days + 1)), ("month_days", Decimal(_month(month)[1].day)))
    return Step("Pour %(days)s jours sur %(month_days)s", amount, figures)


def _proportional(levy: Levy, base: Decimal, month: date, year: YearToDate) -> list[Step]:
    """Apply the brackets to the base of the month or of the exercise so far, and the month's ceilings."""
    steps = [Step(_BASE_STEPS[levy.base], base)]
    shares = _share(levy, *_month(month))
    if levy.span is Span.EXERCISE:
        shares = _shares_to_date(levy, month, year.opens_on)
        figures = (("before", year.base), ("month", base))
        steps.append(Step("Depuis l’ouverture de l’exercice : %(before)s + %(month)s", year.base + base, figures))
    steps += _raised(steps[-1].amount, money.rounded((levy.minimum_base or 0) * shares))
    steps += _by_brackets(levy, steps[-1].amount)
    steps += _lowered(levy, steps[-1].amount, shares, year)
    if levy.span is Span.EXERCISE and year.taken:
        due = steps[-1].amount
        figures = (("due", due), ("taken", year.taken))
        steps.append(
            Step("Moins ce qui a été pris depuis l’ouverture : %(due)s − %(taken)s", due - year.taken, figures)
        )
    return steps


def _raised(base: Decimal, minimum: Decimal) -> list[Step]:
    if base >= minimum:
        return []
    return [
        Step("Assiette minimale", minimum) if minimum else Step("Une assiette négative compte pour zéro", money.ZERO)
    ]


def _by_brackets(levy: Levy, base: Decimal) -> list[Step]:
    """Tell the brackets one by one, rounded so that they add up to their sum rounded once."""
    steps, exact, told = [], Decimal(0), money.ZERO
    for part, rate in _slices(levy, base):
        exact += part * rate
        figures = (("part", part), ("bracket_rate", rate))
        steps.append(Step("%(part)s × %(bracket_rate)s", money.rounded(exact) - told, figures))
        told = money.rounded(exact)
    if len(steps) > 1:
        steps.append(Step("Total des tranches", told))
    return steps


def _slices(levy: Levy, base: Decimal) -> list[tuple[Decimal, Decimal]]:
    """Cut the base into the parts that each rate applies to; one part at least, were it zero."""
    if levy.scale is Scale.WHOLE or not base:
        return [(base, next(each.rate for each in levy.brackets if each.up_to is None or base <= each.up_to))]
    slices, low = [], money.ZERO
    for bracket in levy.brackets:
        high = base if bracket.up_to is None else min(base, bracket.up_to)
        if high > low:
            slices.append((high - low, bracket.rate))
            low = high
    return slices


def _lowered(levy: Levy, due: Decimal, shares: Decimal, year: YearToDate) -> list[Step]:
    """Bring what the brackets give down to the ceiling: of the month, or of the months and of the exercise so far."""
    steps = []
    if levy.month_ceiling is not None and due > (ceiling := money.rounded(levy.month_ceiling * shares)):
        message = "Plafond du mois" if levy.span is Span.MONTH else "Plafond des mois de l’exercice, celui-ci compris"
        steps.append(Step(message, ceiling))
        due = ceiling
    if levy.span is Span.EXERCISE and levy.year_ceiling is not None:
        most = _of_year(levy, levy.year_ceiling, year)
        steps += [Step("Plafond de l’exercice", most)] if due > most else []
    return steps


def _limits(levy: Levy, amount: Decimal, month: date, year: YearToDate) -> list[Step]:
    """Hold the month's amount to its floor, then the exercise to its floor (in the last month) and its ceiling."""
    steps = []
    if levy.month_floor is not None:
        least = money.rounded(levy.month_floor * _share(levy, *_month(month)))
        steps += [Step("Minimum du mois", least)] if amount < least else []
    amount = steps[-1].amount if steps else amount
    if levy.year_floor is not None and _is_last(levy, month, year):
        floor = _of_year(levy, levy.year_floor, year)
        message = "Minimum de l’exercice : %(floor)s − %(taken)s déjà pris"
        figures = (("floor", floor), ("taken", year.taken))
        steps += [Step(message, floor - year.taken, figures)] if amount < floor - year.taken else []
    amount = steps[-1].amount if steps else amount
    if levy.year_ceiling is not None:
        ceiling = _of_year(levy, levy.year_ceiling, year)
        message = "Plafond de l’exercice : %(ceiling)s − %(taken)s déjà pris"
        figures = (("ceiling", ceiling), ("taken", year.taken))
        most = max(money.ZERO, ceiling - year.taken)
        steps += [Step(message, most, figures)] if amount > most else []
    return steps


def _of_year(levy: Levy, amount: Decimal, year: YearToDate) -> Decimal:
    return money.rounded(amount * _share(levy, year.opens_on, year.closes_on))


def _is_last(levy: Levy, month: date, year: YearToDate) -> bool:
    """Whether the levy takes nothing more in the exercise after this month."""
    return _month(month)[1] >= min(year.closes_on, levy.ends_on or year.closes_on)


def _share(levy: Levy, first: date, last: date) -> Decimal:
    """Say what part of a month or an exercise counts."""
    covered = _overlap(levy, first, last)
    if not covered:
        return Decimal(0)
    if levy.part_period is PartPeriod.FULL:
        return Decimal(1)
    return Decimal((covered[1] - covered[0]).days + 1) / ((last - first).days + 1)


def _shares_to_date(levy: Levy, month: date, opens_on: date) -> Decimal:
    """Add up the shares of the months of the exercise, up to this one."""
    total, day = Decimal(0), opens_on
    while day <= _month(month)[1]:
        first, last = _month(day)
        total += _share(levy, first, last)
        day = last + timedelta(days=1)
    return total


def _overlap(levy: Levy, first: date, last: date) -> tuple[date, date] | None:
    start, end = max(first, levy.starts_on), min(last, levy.ends_on or last)
    return (start, end) if start <= end else None


def _month(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def problems(levy: Levy) -> list[Problem]:
    """Say what does not make sense in the terms of a levy; fields are named as in Levy."""
    return [*_problems_of_rates(levy), *_problems_of_amounts(levy), *_problems_of_terms(levy)]


def _problems_of_rates(levy: Levy) -> Iterator[Problem]:
    ends = [bracket.up_to for bracket in levy.brackets]
    if levy.base is Base.FIXED and (levy.brackets or levy.minimum_base is not None or levy.span is Span.EXERCISE):
        yield Problem("Un montant fixe n’a ni taux, ni assiette minimale, ni cumul.", where="brackets")
    if levy.base is Base.FIXED:
        return
    if not ends or ends[-1] is not None:
        yield Problem("La dernière tranche doit être sans limite.", where="brackets")
    limits = [money.ZERO, *(end for end in ends[:-1] if end is not None)]
    if None in ends[:-1] or any(high <= low for low, high in pairwise(limits)):
        yield Problem("Les tranches doivent se suivre en montant.", where="brackets")
    if any(not 0 <= bracket.rate <= 1 for bracket in levy.brackets):
        yield Problem("Un taux doit être compris entre 0 et 100 %.", where="brackets")


def _problems_of_amounts(levy: Levy) -> Iterator[Problem]:
    for field in ("fixed", "minimum_base", "month_floor", "month_ceiling", "year_floor", "year_ceiling"):
        if (getattr(levy, field) or 0) < 0:
            yield Problem("Ce montant ne peut pas être négatif.", where=field)
    for floor, ceiling in ((levy.month_floor, levy.month_ceiling), (levy.year_floor, levy.year_ceiling)):
        if floor is not None and ceiling is not None and floor > ceiling:
            where = "month_floor" if floor is levy.month_floor else "year_floor"
            yield Problem("Le minimum dépasse le plafond.", where=where)
    if levy.base is Base.FIXED and (levy.month_floor is not None or levy.month_ceiling is not None):
        yield Problem("Un montant fixe n’a ni minimum ni plafond du mois.", where="fixed")
    if levy.base is not Base.FIXED and levy.fixed:
        yield Problem("Un montant fixe ne va pas avec un taux : faites-en deux prélèvements.", where="fixed")


def _problems_of_terms(levy: Levy) -> Iterator[Problem]:
    if levy.ends_on and levy.ends_on < levy.starts_on:
        yield Problem("La fin précède le début.", where="ends_on")
    for field in ("expense_account", "income_account"):
        if not re.fullmatch("[0-9]{4,}", getattr(levy, field)):
            yield Problem("Un numéro de compte a au moins quatre chiffres.", where=field)
    if levy.expense_account != levy.income_account and not (levy.expense_account[:1] == levy.income_account[:1] == "9"):
        yield Problem("Les deux comptes sont de la classe 9, ou c’est deux fois le même.", where="expense_account")
