"""What narrows the books: an activity and days, kept as they were typed, with what is wrong with them."""

from dataclasses import dataclass
from datetime import date

from flask import request
from flask_babel import gettext

from ecp import enterprises
from ecp.web.forms import read_day

LONGEST_TOLD = 30


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


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which lines are wanted; where there are problems no figure is told."""

    activity_id: int | None
    first: Day
    last: Day

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
    first = _day("du")
    return Filters(
        activity_id=enterprises.activity(enterprise_id, wanted).id if wanted else None,
        first=first if is_asked or first_on is None else Day(first_on),
        last=_day("au"),
    )


def answer(page: str, problems: list[str]) -> str | tuple[str, int]:
    """Give a page, as a refusal where something in its filters is to be mended."""
    return (page, 422) if problems else page


def _day(name: str) -> Day:
    typed = request.args.get(name, "").strip()
    return Day(read_day(typed), typed)
