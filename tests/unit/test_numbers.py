"""Reading what people type (RELIABILITY 4.10: a stock field takes Infinity, 1e400, 1_000, full-width and 40 digits)."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecp import money, numbers
from ecp.errors import Problem

READ = {
    # plain, in three languages
    "0": "0.00",
    "12": "12.00",
    "007": "7.00",
    "1234": "1234.00",
    "1234.5": "1234.50",
    "1234,5": "1234.50",
    "12,50": "12.50",
    "12.50": "12.50",
    "0,05": "0.05",
    ",5": "0.50",
    ".5": "0.50",
    "1234,50": "1234.50",
    "  12,50  ": "12.50",
    "+12": "12.00",
    "12,5000": "12.50",
    "1,2300": "1.23",
    "0,120": "0.12",
    "00,120": "0.12",
    "1234,500": "1234.50",
    # thousands
    "1 234": "1234.00",
    "1 234,50": "1234.50",
    "1\u00a0234,50": "1234.50",
    "1\u202f234,50": "1234.50",
    "1\u2009234,50": "1234.50",
    "1\t234,50": "1234.50",
    "1 234.50": "1234.50",
    "1.234,50": "1234.50",
    "1,234.50": "1234.50",
    "1.234.567": "1234567.00",
    "1,234,567": "1234567.00",
    "1,234,567.89": "1234567.89",
    "1.234.567,89": "1234567.89",
    "12 345 678,9": "12345678.90",
    "1'234.50": "1234.50",
    "1’234,50": "1234.50",
    "99999999999999,99": "99999999999999.99",
    # Arabic
    "١٢": "12.00",
    "١٢٫٥": "12.50",
    "١٢,٥": "12.50",
    "١٢.٥": "12.50",
    "١٢،٥": "12.50",
    "١٬٢٣٤٫٥٠": "1234.50",
    "١ ٢٣٤٫٥٠": "1234.50",
    "٠٫٠٥": "0.05",
    "1234٫5": "1234.50",
    "1٫230": "1.23",
    "\u200f١٢٫٥٠\u200f": "12.50",
    "\u206612,50\u2069": "12.50",
    "\ufeff12": "12.00",
    # with the currency
    "120 DH": "120.00",
    "120dh": "120.00",
    "120 Dhs": "120.00",
    "1 234,50 MAD": "1234.50",
    "١٢٠ درهم": "120.00",
    "120 د.م.": "120.00",
    "\u200f120 درهم\u200f": "120.00",
}

REFUSED = {
    # nothing, or no number
    "": "Indiquez un nombre.",
    "   ": "Indiquez un nombre.",
    "-": "Indiquez un nombre.",
    "DH": "Indiquez un nombre.",
    ",": "ne se lit pas",
    ".": "ne se lit pas",
    "12,": "ne se lit pas",
    "12.": "ne se lit pas",
    # what programming languages take for numbers
    "Infinity": "Le signe « I »",
    "-inf": "Le signe « i »",
    "NaN": "Le signe « N »",
    "sNaN": "Le signe « s »",
    "1e5": "Le signe « e »",
    "1e400": "Le signe « e »",
    "1E-2": "Le signe « E »",
    "1_000": "Le signe « _ »",
    "0x10": "Le signe « x »",
    "1/2": "Le signe « / »",
    "2+2": "Le signe « + »",
    "=1+1": "Le signe « = »",
    "12 %": "Le signe « % »",
    "12 €": "Le signe « € »",
    "(12)": "Le signe « ( »",
    "12-": "Le signe « - »",
    "--12": "Le signe « - »",
    "+-12": "Le signe « - »",
    "12\x00": "Le signe",
    "½": "Le signe « ½ »",
    "12²": "Le signe « ² »",
    # other people's digits, and mixtures
    "１２": "Le signe « １ »",
    "१२": "Le signe « १ »",
    "۱۲": "Le signe « ۱ »",
    "1٢": "même écriture",
    "١٢,5": "même écriture",
    # thousands that are not
    "12 34": "ne se lit pas",
    "1 2": "ne se lit pas",
    "1234 567": "ne se lit pas",
    "0 123": "ne se lit pas",
    "1,23,456": "ne se lit pas",
    "1 234.567,00": "ne se lit pas",
    "1,234.567,8": "ne se lit pas",
    "1.2.3": "ne se lit pas",
    "1,,2": "ne se lit pas",
    "1  234": "ne se lit pas",
    "1٫2٫3": "ne se lit pas",
    # either way
    "1,234": "« 1234 » ou « 1,23 »",
    "1.234": "« 1234 » ou « 1,23 »",
    "12.500": "« 12500 » ou « 12,50 »",
    "١،٢٣٤": "« 1234 » ou « 1,23 »",
    "-1,234": "« 1234 » ou « 1,23 »",
    # read well, not taken
    "-5": "négatif",
    "−5": "négatif",
    "12,345678": "Au plus 2 chiffres",
    "0,125": "Au plus 2 chiffres",
    "1,2345": "Au plus 2 chiffres",
    "0.001": "Au plus 2 chiffres",
    "100000000000000": "trop grand",
    "1" * 40: "trop grand",
    "1" * 41: "trop long",
}


def test_at_least_64_ways():
    assert len(READ) + len(REFUSED) >= 64


@pytest.mark.parametrize("text", READ)
def test_read(text):
    read = numbers.amount(text)
    assert isinstance(read, Decimal)
    assert str(read) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text):
    read = numbers.amount(text, "lines-2-debit")
    assert isinstance(read, Problem)
    assert REFUSED[text] in str(read)
    assert read.where == "lines-2-debit"


@pytest.mark.parametrize("read", [numbers.amount, numbers.quantity, numbers.unit_price, numbers.rate])
@pytest.mark.parametrize("text", ["1,234", "12.500", "9,005"])
def test_what_is_proposed_is_taken(read, text):
    proposed = [value for name, value in read(text).data if name in {"whole", "exact"}]
    assert len(proposed) == 2
    found = [read(each) for each in proposed]
    assert not isinstance(found[1], Problem), proposed
    assert not isinstance(found[0], Problem) or "trop grand" in str(found[0])


def test_negative_amounts_where_they_are_wanted():
    assert numbers.amount("-12,50", negative=True) == numbers.amount("−12,50", negative=True) == Decimal("-12.50")
    assert numbers.amount("- 1 234", negative=True) == Decimal(-1234)
    assert str(numbers.amount("-0", negative=True)) == str(numbers.amount("-0,00")) == "0.00"
    assert "trop grand" in str(numbers.amount("-100000000000000", negative=True))


def test_quantities_and_unit_prices():
    assert str(numbers.quantity("0,125")) == "0.125"
    assert str(numbers.quantity("1,2340")) == "1.234"
    assert isinstance(numbers.quantity("1,234"), Problem)
    assert isinstance(numbers.quantity("12 DH"), Problem)
    assert isinstance(numbers.quantity("0,1234"), Problem)
    assert str(numbers.unit_price("0,0375 DH")) == "0.0375"
    assert isinstance(numbers.unit_price("0,03755"), Problem)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("8", "0.0800"), ("8,5 %", "0.0850"), ("8.5%", "0.0850"), ("١٢٪", "0.1200"), ("100", "1.0000")],
)
def test_rates(text, expected):
    assert str(numbers.rate(text)) == expected


@pytest.mark.parametrize("text", ["101", "-1", "8,123", "%", "8 DH"])
def test_rates_refused(text):
    assert isinstance(numbers.rate(text), Problem)


@given(st.decimals(-money.MAX, money.MAX, places=2))
@example(Decimal("1.23"))
def test_what_a_field_shows_is_read_back(value):
    assert numbers.amount(numbers.typed(value), negative=True) == value


@given(st.decimals(-99999, 99999, places=3))
def test_quantities_are_read_back(value):
    assert numbers.quantity(numbers.typed(value), negative=True) == value


@given(st.text() | st.text("0123456789٠١٢٣ ,.٫٬'-+\u202f"))
def test_any_text_gives_an_exact_number_or_a_problem(text):
    for read in (numbers.amount(text), numbers.quantity(text), numbers.unit_price(text), numbers.rate(text)):
        assert isinstance(read, Problem) or (read.is_finite() and read >= 0)
        assert str(read)
