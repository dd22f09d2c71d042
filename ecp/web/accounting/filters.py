"""What narrows the books: an activity and days, kept as they were typed, with what is wrong with them.

Days that are often asked for are links: this month, the last one, an exercise, all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from ecp import clock, enterprises
from ecp.accounting import month_readings, periods
from ecp.web.forms import read_day

LONGEST_TOLD = 30
EXERCISES = 2
KEPT = ("entreprise", "activite", "compte", "journal")


@dataclass(frozen=True)
class Day:
    """A day of a filter: nothing typed is no limit, what is no day limits nothing and is told."""

    on: date | None
    typed: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether something was typed that is no day."""
        return bool(self.typed) and self.on is None

    @property
    def shown(self) -> str:
        """What the field shows again."""
        return self.on.isoformat() if self.on else self.typed


@dataclass(frozen=True)
class Span:
    """Days that are often asked for, as a link to the same page."""

    label: str
    address: str
    is_here: bool


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which lines are wanted; where there are problems no figure is told."""

    activity_id: int | None
    first: Day
    last: Day
    spans: tuple[Span, ...] = ()

    @property
    def is_reversed(self) -> bool:
        """Whether the last day comes before the first."""
        return self.first.on is not None and self.last.on is not None and self.last.on < self.first.on

    @property
    def problems(self) -> list[str]:
        """Say what is wrong, in the reader's language."""
        told = [
            gettext("« %(typed)s » n’est pas une date : écrivez 31/01/2026.", typed=day.typed[:LONGEST_TOLD])
            for day in (self.first, self.last)
            if day.is_wrong
        ]
        return [*told, gettext("La date de fin précède la date de début.")] if self.is_reversed else told


def read(enterprise_id: int, *, first_on: date | None = None) -> Filters:
    """Read `?activite=`, `?du=` and `?au=`; `first_on` stands where no day was asked for at all."""
    wanted = request.args.get("activite", type=int)
    is_asked = bool({"du", "au", "apres"} & set(request.args))
    first = _day("du") if is_asked or first_on is None else Day(first_on)
    last = _day("au")
    return Filters(
        activity_id=enterprises.activity(enterprise_id, wanted).id if wanted else None,
        first=first,
        last=last,
        spans=tuple(_spans(enterprise_id, first, last)),
    )


def _spans(enterprise_id: int, first: Day, last: Day) -> Iterator[Span]:
    """Offer this month and the last one, the last exercises, and all."""
    kept: dict[str, Any] = dict(request.view_args or {})
    kept |= {name: request.args[name] for name in KEPT if name in request.args}
    for label, begins, ends in _often(enterprise_id):
        days = begins.isoformat() if begins else "", ends.isoformat() if ends else ""
        address = url_for(request.endpoint or "", **kept, du=days[0], au=days[1])
        yield Span(label, address, days == (first.shown, last.shown))


def _often(enterprise_id: int) -> Iterator[tuple[str, date | None, date | None]]:
    month = clock.today().replace(day=1)
    eve = month - timedelta(days=1)
    yield gettext("Ce mois"), month, month_readings.last_day(month)
    yield gettext("Mois dernier"), eve.replace(day=1), eve
    begun = [each for each in periods.years(enterprise_id) if each.opens_on <= clock.today()]
    for year in reversed(begun[-EXERCISES:]):
        yield gettext("Exercice %(year)s", year=year.closes_on.year), year.opens_on, year.closes_on
    yield gettext("Tout"), None, None


def answer(page: str, problems: list[str]) -> str | tuple[str, int]:
    """Give a page, as a refusal where something in its filters is to be mended."""
    return (page, 422) if problems else page


def _day(name: str) -> Day:
    typed = request.args.get(name, "").strip()
    return Day(read_day(typed), typed)
