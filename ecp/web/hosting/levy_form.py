"""What an accountant types for a levy, read into its terms; mistakes are told beside their fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from ecp import money, numbers
from ecp.errors import Problem
from ecp.hosting import levies
from ecp.hosting.levies import Base, Bracket, Levy, PartPeriod, Scale, Settlement, Span
from ecp.web import languages

BRACKETS = 5
_AMOUNTS = ("minimum_base", "month_floor", "month_ceiling", "year_floor", "year_ceiling")
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass
class LevyForm:
    """Typed values, kept as they were typed, and what is wrong with them."""

    typed: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def value(self, name: str) -> str:
        """What was typed in a field."""
        return str(self.typed.get(name, "")).strip()

    def problem(self, name: str) -> Problem | None:
        """The first thing wrong with a field."""
        return next((each for each in self.problems if each.where == name), None)

    def terms(self) -> Levy | None:
        """The levy as typed, or None: then `problems` says why."""
        base = self._choice("base", Base)
        is_fixed = base is Base.FIXED
        amounts = {name: None if is_fixed and name != "year_ceiling" else self._amount(name) for name in _AMOUNTS}
        levy = Levy(
            code=self.value("code"),
            label=self.value("label"),
            base=base,
            brackets=() if is_fixed else self._brackets(),
            fixed=(self._amount("fixed") or money.ZERO) if is_fixed else money.ZERO,
            scale=self._choice("scale", Scale),
            span=Span.MONTH if is_fixed else self._choice("span", Span),
            starts_on=self.day("starts_on") or date.min,
            ends_on=self.day("ends_on", is_needed=False),
            part_period=self._choice("part_period", PartPeriod),
            settlement=self._choice("settlement", Settlement),
            expense_account=self.value("expense_account"),
            income_account=self.value("income_account"),
            **amounts,
        )
        if not self.problems:
            self.problems = levies.problems(levy)
        return None if self.problems else levy

    def _choice(self, name: str, choices: type[Choice]) -> Choice:
        try:
            return choices(self.value(name))
        except ValueError:
            self.problems.append(Problem("Choisissez une des valeurs proposées.", where=name))
            return next(iter(choices))

    def _amount(self, name: str) -> Decimal | None:
        text = self.value(name)
        if not text:
            return None
        found = numbers.amount(text, name)
        if isinstance(found, Problem):
            self.problems.append(found)
            return None
        return found

    def _brackets(self) -> tuple[Bracket, ...]:
        """The rows that have a rate, in the order they stand; the last one is without limit."""
        found = []
        for place in range(BRACKETS):
            rate_text, limit = self.value(f"rate-{place}"), self._amount(f"up_to-{place}")
            if not rate_text:
                continue
            rate = numbers.rate(rate_text, f"rate-{place}")
            if isinstance(rate, Problem):
                self.problems.append(rate)
            else:
                found.append(Bracket(limit, rate))
        return tuple(found)

    def day(self, name: str, *, is_needed: bool = True) -> date | None:
        """Read a date as browsers write it; a field left empty is a mistake only where it is needed."""
        text = self.value(name)
        if not text and not is_needed:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.problems.append(Problem("Cette date n’existe pas.", where=name))
            return None


def blank(today: date) -> LevyForm:
    """A new levy as most contracts have it."""
    return LevyForm(
        {
            "code": "contribution",
            "label": "Contribution aux services communs",
            "base": Base.COLLECTED_NET.value,
            "rate-0": "10 %",
            "scale": Scale.MARGINAL.value,
            "span": Span.MONTH.value,
            "part_period": PartPeriod.FULL.value,
            "settlement": Settlement.BANK.value,
            "starts_on": today.replace(day=1).isoformat(),
            "expense_account": "9211",
            "income_account": "9711",
        }
    )


def of(levy: Levy, *, starts_on: date) -> LevyForm:
    """The terms of a levy, to be changed from a day on."""
    typed = {
        "code": levy.code,
        "label": levy.label,
        "base": levy.base.value,
        "scale": levy.scale.value,
        "span": levy.span.value,
        "part_period": levy.part_period.value,
        "settlement": levy.settlement.value,
        "starts_on": starts_on.isoformat(),
        "ends_on": levy.ends_on.isoformat() if levy.ends_on and levy.ends_on >= starts_on else "",
        "expense_account": levy.expense_account,
        "income_account": levy.income_account,
        "fixed": languages.typed(levy.fixed) if levy.fixed else "",
    }
    for name in _AMOUNTS:
        amount = getattr(levy, name)
        typed[name] = "" if amount is None else languages.typed(amount)
    for place, each in enumerate(levy.brackets):
        typed[f"up_to-{place}"] = "" if each.up_to is None else languages.typed(each.up_to)
        typed[f"rate-{place}"] = f"{languages.typed(each.rate * 100)} %"
    return LevyForm(typed)
