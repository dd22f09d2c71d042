"""From the figures of a month to what stands on its two pages: written out, cut to the room there is, drawn.

Whatever the data, a statement has two pages. So each list has a limit: the largest are shown, the others in one line
with their sum, so that the rows still add up; texts longer than their place end in `…`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from ecp import formats
from ecp import money as centimes
from ecp.documents import fitting, monthly_figures
from ecp.documents.letterhead import money, width
from ecp.documents.monthly_parts import Compared, Computation, Debt, Figure, MonthOfSales, together

_MOVES, _CHANNELS, _COSTS, _LEVIES, _MONTHS = 9, 6, 8, 4, 13
_TO_COME_ROWS, _DEBTS, _SENTENCES = 4, 6, 5
_STEPS = (8, 3, 2, 1)  # of the first levy, the second ...
# The room for texts, in ems of their letters, before what the amounts beside them take.
_TREASURY, _CASH, _TO_COME, _COMPUTED, _DEBT = 26.5, 37.0, 19.0, 56.0, 16.5
_TITLE, _NAMES, _FOOT, _SENTENCE = 23.0, 40.0, 60.0, 100.0
_ALL, _BROAD, _NARROW = 54.0, 0.24, 0.12  # of the table of the month: all of it, and the parts that bars may take
_WIDE = 7.5  # amounts from here on leave bars the narrow part


@dataclass(frozen=True)
class Page:
    """One statement's words and language."""

    named: Mapping[str, str]
    language: str
    last_day: date
    year_opens_on: date
    faces: tuple[Path, ...]

    def head(self, activity: str, person: str, enterprise: str) -> Mapping[str, str]:
        """Whose month it is."""
        return {
            "activity": self._fitted(activity, _TITLE),
            "names": self._fitted(f"{person} · {enterprise}", _NAMES),
            "foot": self._fitted(enterprise, _FOOT),
        }

    def headline(self, available: Decimal) -> Mapping[str, object]:
        """The figure of the first page, and the room it wants."""
        return {
            "available": money(available, self.language),
            "room": self._width([available]),
            "negative": available < 0,
        }

    def to_come(self, figures: Sequence[Figure]) -> list[tuple[str, Sequence[str]]]:
        """Labels and amounts of what is told but not counted."""
        shown = self._largest(figures, _TO_COME_ROWS)
        room = _TO_COME - self._width([each.amount for each in shown])
        return [(self._fitted(each.label, room), money(each.amount, self.language)) for each in shown]

    def treasury(self, terms: Sequence[Figure]) -> Mapping[str, object]:
        """What available cash is made of, from nothing."""
        return self._bridge(self._largest(terms, _MOVES), self.named["available"], _TREASURY, levels=0)

    def cash(self, opening: Decimal, moves: Sequence[Figure]) -> Mapping[str, object]:
        """What became of the opening balance."""
        steps = [Figure(self.named["opening"], opening), *self._largest(moves, _MOVES)]
        return self._bridge(steps, self.named["closing"], _CASH, levels=1)

    def _bridge(self, steps: Sequence[Figure], name: str, room: float, *, levels: int) -> Mapping[str, object]:
        """Rows that each start where the one before ended; the first `levels` are balances, and so is the last."""
        closing = sum((each.amount for each in steps), centimes.ZERO)
        drawn = monthly_figures.bridge([each.amount for each in steps])
        kinds = ["level"] * levels + ["out" if each.amount < 0 else "in" for each in steps[levels:]] + ["end"]
        amount_width = self._width([*(each.amount for each in steps), closing])
        rows = [
            {
                "label": self._fitted(each.label, room - amount_width),
                "amount": money(each.amount, self.language),
                "kind": kind,
                **asdict(bar),
            }
            for each, kind, bar in zip([*steps, Figure(name, closing)], kinds, drawn, strict=True)
        ]
        return {"rows": rows, "width": amount_width}

    def results(
        self, sales: Sequence[Compared], costs: Sequence[Compared], levies: Sequence[Compared]
    ) -> Mapping[str, object]:
        """The table of the month: what was sold, what it cost, what was shared, what is left."""
        groups = (("sales", sales, _CHANNELS), ("costs", costs, _COSTS), ("levies", levies, _LEVIES))
        shown = [(name, self._compared(rows, limit), together("", rows)) for name, rows, limit in groups]
        drawn = iter(monthly_figures.bars([row.month for _, rows, _ in shown for row in rows]))
        left = self._left(*(whole for _, _, whole in shown))
        figures = [_columns(row) for _, rows, whole in shown for row in [*rows, whole, left]]
        amount_width = self._width([amount for row in figures for amount in row if amount is not None])
        strips = _NARROW if amount_width > _WIDE else _BROAD
        room = _ALL * (1 - strips) - 3.1 * amount_width - 2
        return {
            "groups": [
                {
                    "name": self.named[name],
                    "kind": name,
                    "rows": [[self._row(row, room), asdict(next(drawn))] for row in rows],
                    "total": self._row(whole, room),
                }
                for name, rows, whole in shown
                if rows or name != "levies"
            ],
            "left": self._row(left, _ALL),
            "strips": strips,
            "lost": left.month < 0,
            "columns": [
                formats.short_month(self.last_day, self.language),
                f"{formats.short_month(self.last_day, self.language)} {self.last_day.year - 1}",
                f"{self.named['since']} {formats.short_month(self.year_opens_on, self.language)}",
            ],
            "width": amount_width,
        }

    def _left(self, sales: Compared, costs: Compared, levies: Compared) -> Compared:
        before = [row.last_year or centimes.ZERO for row in (sales, costs, levies)]
        known = any(row.last_year is not None for row in (sales, costs, levies))
        return Compared(
            label=self.named["result"],
            month=sales.month - costs.month - levies.month,
            year_to_date=sales.year_to_date - costs.year_to_date - levies.year_to_date,
            last_year=before[0] - before[1] - before[2] if known else None,
        )

    def _compared(self, rows: Sequence[Compared], limit: int) -> list[Compared]:
        shown, rest = monthly_figures.largest(rows, limit, lambda row: row.month)
        return [*shown, together(self._others(rest), rest)] if rest else shown

    def _row(self, row: Compared, room: float) -> list[object]:
        """The label, then the three columns."""
        written = ["" if amount is None else money(amount, self.language) for amount in _columns(row)]
        return [self._fitted(row.label, room), *written]

    def history(self, months: Sequence[MonthOfSales]) -> list[Mapping[str, object]]:
        """Months as upright bars, the last one and the one a year before it marked."""
        months = months[-_MONTHS:]
        last = len(months) - 1
        return [
            {
                "name": formats.short_month(each.month, self.language),
                "told": formats.whole_amount(each.amount, self.language) if place in {0, last} else "",
                "now": place == last,
                **asdict(bar),
            }
            for place, (each, bar) in enumerate(
                zip(months, monthly_figures.bars([each.amount for each in months]), strict=True)
            )
        ]

    def computations(self, computations: Sequence[Computation]) -> Mapping[str, object]:
        """How each levy was found, as far as there is room; the last line of each is always there."""
        shown = [(each.label, self._steps(each, place)) for place, each in enumerate(computations[:_LEVIES])]
        amount_width = self._width([step.amount for _, steps in shown for step in steps])
        room = _COMPUTED - amount_width
        return {
            "told": [
                {
                    "label": self._fitted(label, _COMPUTED),
                    "steps": [(self._fitted(step.label, room), money(step.amount, self.language)) for step in steps],
                }
                for label, steps in shown
            ],
            "width": amount_width,
        }

    def _steps(self, computation: Computation, place: int) -> tuple[Figure, ...]:
        """All lines of the first levy where there is room for them; of the further ones the last, or a few."""
        room = _STEPS[place]
        return computation.steps if len(computation.steps) <= room else computation.steps[-1:]

    def debts(self, debts: Sequence[Debt]) -> Mapping[str, object]:
        """The largest debts, the oldest first, and the others in one line."""
        shown, rest = monthly_figures.largest(debts, _DEBTS, lambda debt: debt.amount)
        amount_width = self._width([*(debt.amount for debt in shown), _owed(rest), _owed(debts)])
        ordered = sorted(shown, key=lambda debt: (debt.due_on, debt.party))
        rows = [self._debt(debt, _DEBT - amount_width) for debt in ordered]
        if rest:
            rows.append([self._others(rest), "", "", money(_owed(rest), self.language)])
        return {"rows": rows, "total": money(_owed(debts), self.language), "width": amount_width}

    def _debt(self, debt: Debt, room: float) -> list[object]:
        late = (self.last_day - debt.due_on).days
        return [
            self._fitted(debt.party, room),
            formats.day(debt.since_on, self.language),
            str(late) if late > 0 else "",
            money(debt.amount, self.language),
        ]

    def ages(self, debts: Sequence[Debt]) -> list[Mapping[str, object]]:
        """How late the debts are, as parts of a whole; nothing where there is none."""
        sums = monthly_figures.ages([(debt.due_on, debt.amount) for debt in debts], on=self.last_day)
        drawn = monthly_figures.shares([max(amount, centimes.ZERO) for amount in sums])
        return [
            {"name": self.named[f"age_{place}"], "amount": money(amount, self.language), "share": share, "age": place}
            for place, (amount, share) in enumerate(zip(sums, drawn, strict=True))
            if amount
        ]

    def sentences(self, sentences: Sequence[str]) -> list[str]:
        """What to do next, the first first."""
        return [self._fitted(sentence, _SENTENCE) for sentence in sentences[:_SENTENCES]]

    def _largest(self, figures: Sequence[Figure], limit: int) -> list[Figure]:
        shown, rest = monthly_figures.largest(figures, limit, lambda figure: figure.amount)
        others = sum((each.amount for each in rest), centimes.ZERO)
        return [*shown, Figure(self._others(rest), others)] if rest else shown

    def _fitted(self, text: str, room: float) -> str:
        return formats.phrase(fitting.fitted(text, room, self.faces), self.language)

    def _others(self, rest: Sequence[object]) -> str:
        return self.named["others"] % {"count": len(rest)}

    def _width(self, amounts: Sequence[Decimal]) -> float:
        return width((money(amount, self.language) for amount in amounts), least=4.0)


def _columns(row: Compared) -> tuple[Decimal | None, ...]:
    return row.month, row.last_year, row.year_to_date


def _owed(debts: Sequence[Debt]) -> Decimal:
    return sum((debt.amount for debt in debts), centimes.ZERO)
