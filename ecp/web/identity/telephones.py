"""A telephone as people write it."""

import re
from collections.abc import Callable
from typing import Any

from flask_babel import gettext
from wtforms import Field
from wtforms.validators import ValidationError

_FEWEST = 8
_WRITTEN = re.compile(r"[0-9 +-]+")


def is_telephone(text: str) -> bool:
    """Tell whether a text looks like a telephone: digits, spaces, + and -, at least eight digits.

    >>> is_telephone("+212 6 12-34-56-78"), is_telephone("0612345"), is_telephone("0612 rue 5678")
    (True, False, False)
    """
    return bool(_WRITTEN.fullmatch(text)) and sum(each.isdecimal() for each in text) >= _FEWEST


def telephone() -> Callable[[Any, Field], None]:
    """Check a field that may stay empty."""

    def validate(_form: Any, field: Field) -> None:
        typed = (field.data or "").strip()
        if typed and not is_telephone(typed):
            raise ValidationError(gettext("Écrivez au moins huit chiffres, avec des espaces, + ou - si vous voulez."))

    return validate
