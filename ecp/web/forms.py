"""Fields that read what people type: amounts, rates, quantities and days as `ecp.numbers` understands them."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import TextInput

from ecp import numbers
from ecp.errors import DomainError, Problem
from ecp.web import languages

FIRST_YEAR, LAST_YEAR = 1900, 2199
_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")


class Form(FlaskForm):
    """A form whose problems from the domain land beside their fields."""

    general: tuple[str, ...] = ()
    is_refused = False
    """Whether the domain refused what was typed: mistakes of nested fields are not in `errors`."""

    def take(self, error: DomainError) -> None:
        """Put each problem of an error beside its field; what names no field goes to the head."""
        self.is_refused = True
        general = []
        for problem in error.problems:
            field = self._named(problem.where)
            if field is None:
                general.append(languages.sentence(problem))
            else:
                field.errors = [*field.errors, languages.sentence(problem)]
        if not error.problems or general:
            general.insert(0, languages.sentence(error))
        self.general = tuple(general)

    def _named(self, where: str | None) -> Field | None:
        for field in self._every(self):
            if field.name == where:
                return field
        return None

    def _every(self, form: Any) -> list[Field]:
        found: list[Field] = []
        for field in form:
            found.append(field)
            for entry in getattr(field, "entries", ()):
                found += self._every(entry.form)
        return found


def required() -> InputRequired:
    """What an empty field hears."""
    return InputRequired(_l("À remplir."))


class ChoiceField(SelectField):
    """One of some choices, given as pairs (value, label)."""

    def __init__(self, label: Any = None, validators: Any = None, *, choices: Any = None, **options: Any) -> None:
        super().__init__(label, validators, choices=told(choices or ()), **options)

    def offer(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Offer other choices, once they are known."""
        self.choices = told(pairs)

    def values(self) -> set[str]:
        """The values that may be chosen."""
        return {str(each.value) for each in self.choices}


def identifier(text: object) -> int | None:
    """Read the id that a choice or a hidden field holds; None for anything else."""
    plain = str(text or "")
    return int(plain) if plain.isascii() and plain.isdigit() else None


def told(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Turn pairs into what WTForms calls choices."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


class DecimalText(Field):
    """An amount, a price, a quantity or a rate as people type it; never guessed, never a float."""

    widget = TextInput()
    data: Decimal | None

    def __init__(
        self, label: Any = None, validators: Any = None, *, read: Any = numbers.amount, **options: Any
    ) -> None:
        options.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, validators, **options)
        self.read = read
        self.places = 2 if read in {numbers.amount, numbers.unit_price} else 0
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        if self.data is None:
            return ""
        return languages.typed(self.data.scaleb(2) if self.read is numbers.rate else self.data, places=self.places)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; nothing typed is None."""
        self.typed = valuelist[0] if valuelist else ""
        self.data = None
        if not self.typed.strip():
            return
        found = self.read(self.typed)
        if isinstance(found, Problem):
            raise ValueError(languages.sentence(found))  # noqa: TRY004 (what WTForms expects)
        self.data = found

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 (WTForms' own signature)
        """What could not be read needs no other complaint."""
        if self.process_errors:
            raise StopValidation


class DayText(StringField):
    """A day: the browser's own picker where it has one."""

    widget = TextInput(input_type="date")

    def _value(self) -> str:
        return self.data.isoformat() if isinstance(self.data, date) else str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a day; nothing typed is None."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            self.data = read_day(text)
            if self.data is None:
                raise ValueError(gettext("« %(typed)s » n’est pas une date : écrivez 31/01/2026.", typed=text[:30]))


def read_day(text: str) -> date | None:
    """Read a day as browsers send it (2026-01-31) or as people write it (31/01/2026); None where it is neither."""
    found = _FRENCH_DAY.fullmatch(text)
    try:
        day = date.fromisoformat(f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
