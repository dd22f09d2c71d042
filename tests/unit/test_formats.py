"""How figures and dates are written: what a reader in Tanger sees, and the traps of Arabic text."""

import doctest
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp import formats

amounts = st.decimals(min_value=-(10**13), max_value=10**13, places=2)


def test_examples_run() -> None:
    assert doctest.testmod(formats).failed == 0


@given(amounts, st.sampled_from(formats.LANGUAGES))
def test_an_amount_is_its_digits(value: Decimal, language: str) -> None:
    written = formats.amount(value, language)
    digits = [c for c in written if c.isdigit()]
    assert "".join(digits) == f"{abs(value):.2f}".replace(".", "")
    assert (formats.MINUS in written) == (value < 0)
    assert " " not in written
    assert "-" not in written


@given(value=amounts, language=st.sampled_from(formats.LANGUAGES), sign=st.booleans())
def test_the_parts_make_the_whole(value: Decimal, language: str, *, sign: bool) -> None:
    joined = "".join(formats.amount_parts(value, language, sign=sign))
    assert formats.isolated(joined, language) == formats.amount(value, language, sign=sign)


@pytest.mark.parametrize("language", formats.LANGUAGES)
def test_a_fraction_of_a_centime_is_refused(language: str) -> None:
    with pytest.raises(ValueError, match="decimals"):
        formats.amount(Decimal("0.001"), language)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        formats.amount(Decimal(1), "de")


def test_zero_has_no_sign() -> None:
    assert formats.amount(Decimal("-0.00"), "fr", sign=True) == "0,00"
    assert formats.whole_amount(Decimal("-0.40"), "fr") == "0"


def test_months_are_named_as_in_morocco() -> None:
    names = [formats.short_month(date(2026, month, 1), "ar") for month in range(1, 13)]
    assert names == [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "ماي",
        "يونيو",
        "يوليوز",
        "غشت",
        "شتنبر",
        "أكتوبر",
        "نونبر",
        "دجنبر",
    ]


@given(st.dates(), amounts)
def test_arabic_is_isolated_and_balanced(on: date, value: Decimal) -> None:
    for written in (
        formats.day(on, "ar"),
        formats.long_day(on, "ar"),
        formats.month(on, "ar"),
        formats.amount(value, "ar", unit=True),
    ):
        openings = sum(unicodedata.bidirectional(c) in {"LRI", "RLI"} for c in written)
        assert openings == sum(c == formats.END for c in written) > 0


def test_quantities_keep_their_round_hundreds() -> None:
    assert formats.quantity(Decimal("1E+2"), "fr") == "100"
    assert formats.quantity(Decimal("-0.250"), "en", unit="kg") == "−0.25\u00a0kg"
