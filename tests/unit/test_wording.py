"""Amounts in words: grammar by example, and every amount read back by a reader that knows nothing of the writer."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp import wording

amounts = st.integers(min_value=0, max_value=10**15).map(lambda centimes: Decimal(centimes).scaleb(-2)) | st.integers(
    min_value=0, max_value=10**6
).map(lambda centimes: Decimal(centimes).scaleb(-2))

FRENCH = {
    "0.00": "zéro dirham",
    "0.01": "un centime",
    "1.00": "un dirham",
    "1.02": "un dirham et deux centimes",
    "80.00": "quatre-vingts dirhams",
    "200.00": "deux cents dirhams",
    "1203.50": "mille deux cent trois dirhams et cinquante centimes",
    "80000.00": "quatre-vingt mille dirhams",
    "1000000.00": "un million de dirhams",
    "2000000.00": "deux millions de dirhams",
    "1000100.00": "un million cent dirhams",
    "3000000000.00": "trois milliards de dirhams",
}
ARABIC = {
    "0.00": "صفر درهم",
    "0.03": "ثلاثة سنتيمات",
    "1.00": "درهم واحد",
    "2.02": "درهمان وسنتيمان",
    "3.10": "ثلاثة دراهم وعشرة سنتيمات",
    "11.11": "أحد عشر درهما وأحد عشر سنتيما",
    "12.00": "اثنا عشر درهما",
    "21.00": "واحد وعشرون درهما",
    "100.00": "مائة درهم",
    "101.00": "مائة درهم ودرهم واحد",
    "200.00": "مائتا درهم",
    "203.00": "مائتان وثلاثة دراهم",
    "1000.00": "ألف درهم",
    "1203.50": "ألف ومائتان وثلاثة دراهم وخمسون سنتيما",
    "2000.00": "ألفا درهم",
    "2100.00": "ألفان ومائة درهم",
    "11000.00": "أحد عشر ألف درهم",
    "11111.00": "أحد عشر ألفا ومائة وأحد عشر درهما",
    "200000.00": "مائتا ألف درهم",
    "1000000.00": "مليون درهم",
    "5000000.00": "خمسة ملايين درهم",
}


@pytest.mark.parametrize(("value", "words"), FRENCH.items())
def test_french(value, words):
    assert wording.amount(Decimal(value), "fr") == words


@pytest.mark.parametrize(("value", "words"), ARABIC.items())
def test_arabic(value, words):
    assert wording.amount(Decimal(value), "ar") == words


@pytest.mark.parametrize("value", ["-1", "0.001"])
def test_what_cannot_be_said(value):
    with pytest.raises(ValueError, match="cannot be said"):
        wording.amount(Decimal(value), "fr")


_ONES = ["واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة"]
UNITS = {word: number for number, word in enumerate(_ONES, start=1)} | {"أحد": 1, "اثنا": 2, "عشر": 10}
TENS = {
    word: 10 * n
    for n, word in enumerate(["عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"], start=2)
}
HUNDREDS = {
    word: 100 * n
    for n, word in enumerate(
        ["مائة", "مائتان", "ثلاثمائة", "أربعمائة", "خمسمائة", "ستمائة", "سبعمائة", "ثمانمائة", "تسعمائة"], start=1
    )
} | {"مائتا": 200}
NUMBERS = UNITS | TENS | HUNDREDS
SCALES = {
    10**3: ("ألف", "ألفا", "ألفان", "آلاف"),
    10**6: ("مليون", "مليونا", "مليونان", "ملايين"),
    10**9: ("مليار", "مليارا", "ملياران", "ملايير"),
    10**12: ("تريليون", "تريليونا", "تريليونان", "تريليونات"),
}
NOUNS = {
    100: ("درهم", "درهما", "درهمان", "دراهم"),
    1: ("سنتيم", "سنتيما", "سنتيمان", "سنتيمات"),
}
COUNTED = {form: (size, place) for size, forms in SCALES.items() for place, form in enumerate(forms)}
MONEY = {form: (size, place) for size, forms in NOUNS.items() for place, form in enumerate(forms)}


def _words(text):
    """Tokens with a mark for those that a و opens."""
    known = NUMBERS.keys() | COUNTED.keys() | MONEY.keys() | {"صفر"}
    for token in text.split():
        yield (token, False) if token in known else (token[1:], True)
        assert token in known or (token[0] == "و" and token[1:] in known), token


def read_arabic(text):
    """Centimes said by an Arabic amount, counted noun by noun."""
    total = said = pending = 0  # of the noun in hand; the number not yet given to a scale
    after_scale = after_noun = False
    result = 0
    tokens = list(_words(text))
    for place, (word, joined) in enumerate(tokens):
        following = tokens[place + 1][0] if place + 1 < len(tokens) else ""
        if word == "صفر":
            continue
        if word in NUMBERS:
            if not (after_noun and word == "واحد" and not joined):
                pending += NUMBERS[word]
            after_scale = after_noun = False
        elif word in COUNTED:
            size, form = COUNTED[word]
            bare_dual = form == 1 and not pending
            said += size * (2 if form == 2 or bare_dual else pending or 1)
            pending, after_scale, after_noun = 0, True, False
        else:
            size, form = MONEY[word]
            alone = (joined or not place) and not pending
            total = said + pending + (2 if form == 2 else 1 if alone else 0)
            result += total * size
            assert alone or pending or after_scale or following == "" or tokens[0][0] == "صفر"
            said, pending, after_scale, after_noun = 0, 0, False, True
    return result


@given(amounts)
def test_arabic_reads_back(value):
    assert read_arabic(wording.amount(value, "ar")) == int(value * 100)


@given(amounts, st.sampled_from(["fr", "en"]))
def test_two_amounts_never_share_their_words(value, language):
    assert wording.amount(value, language) != wording.amount(value + Decimal("0.01"), language)
    assert wording.amount(value, language) != wording.amount(value + 1, language)
