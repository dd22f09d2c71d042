"""Identifiers of people and firms (RULES R4.6 to R4.8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from ecp import identifiers
from ecp.errors import Problem


@pytest.mark.parametrize("ice", ["001561191000066", "002136093000040", "001544256000053", "000076447000091"])
def test_valid_ice(ice):
    """R4.6."""
    assert identifiers.ice(ice) == ice
    assert identifiers.ice(f" {ice[:3]} {ice[3:9]}-{ice[9:]} ") == ice
    assert identifiers.ice(ice.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))) == ice


@pytest.mark.parametrize("ice", ["001561191000065", "", "1561191000066", "00156119100006X", "０" * 15, "0" * 15])
def test_invalid_ice(ice):
    read = identifiers.ice(ice)
    assert isinstance(read, Problem)
    assert read.where == "ice"


@given(st.integers(1, 10**13 - 1), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_of_an_ice_is_seen(first13, place, change):
    """R4.6: control = 97 - (first13 x 100 mod 97)."""
    ice = f"{first13:013d}{97 - first13 * 100 % 97:02d}"
    assert identifiers.ice(ice) == ice
    wrong = ice[:place] + str((int(ice[place]) + change) % 10) + ice[place + 1 :]
    assert isinstance(identifiers.ice(wrong), Problem)


def test_rib_of_the_bulletin_officiel():
    """R4.8."""
    assert identifiers.rib("310 810 1014029004423101 33") == "310810101402900442310133"
    assert identifiers.rib_key("3108101014029004423101") == "33"
    with pytest.raises(ValueError):
        identifiers.rib_key("310")


@pytest.mark.parametrize("text", ["310 810 1014029004423101 34", "310 810", "", "0" * 24, "X" * 24])
def test_invalid_rib(text):
    assert isinstance(identifiers.rib(text), Problem)


@given(st.integers(1, 10**22 - 1))
def test_a_moroccan_iban_is_always_64(account):
    """R4.8: the RIB is a multiple of 97, so the IBAN's own key never changes."""
    text = f"{account:022d}"
    rib = text + identifiers.rib_key(text)
    iban = identifiers.iban(rib)
    assert iban == identifiers.iban(f"MA64{rib}") == f"MA64{rib}"
    assert mod_97_10.is_valid(iban[4:] + iban[:4])


@pytest.mark.parametrize(
    "text", ["MA65 0115 1900 0001 2050 0053 4921", "MA64 0115 1900 0001 2050 0053 4922", "FR00", "", "XX"]
)
def test_invalid_iban(text):
    assert isinstance(identifiers.iban(text), Problem)


def test_other_numbers():
    """R4.7: no public key, only a shape; kept as text."""
    assert identifiers.tax_identifier("0123456") == "0123456"
    assert identifiers.business_tax_number("5012.3456") == "50123456"
    assert identifiers.cnss_number("123456789") == "123456789"
    assert identifiers.identity_card("lb٠٠١٢٣٤") == "LB001234"
    for reader in (
        identifiers.tax_identifier,
        identifiers.business_tax_number,
        identifiers.cnss_number,
        identifiers.identity_card,
    ):
        for text in ("", "12", "1" * 12, "12A45678"):
            assert isinstance(reader(text), Problem)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0612345678", "+212612345678"),
        ("06.12.34.56.78", "+212612345678"),
        ("+212 6 12 34 56 78", "+212612345678"),
        ("+212 (0) 612-345-678", "+212612345678"),
        ("00212612345678", "+212612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "+212612345678"),
        ("0539 94 00 00", "+212539940000"),
        ("+34 912 34 56 78", "+34912345678"),
    ],
)
def test_phone(text, expected):
    assert identifiers.phone(text) == expected


@pytest.mark.parametrize(
    "text", ["", "12", "061234567", "06123456789", "0912345678", "+212 3 12 34 56 78", "abc", "+0123456789"]
)
def test_invalid_phone(text):
    assert isinstance(identifiers.phone(text), Problem)


@pytest.mark.parametrize(
    "text", ["", "amina", "amina@", "@example.org", "a b@example.org", "a@b..org", "a@example.org\nBcc: x@y.org"]
)
def test_invalid_email(text):
    assert isinstance(identifiers.email(text), Problem)


def test_names_are_cleaned():
    assert identifiers.name("Ame\u0301lie\u00a0 \t Ben\u200bAli\x00") == "Amélie BenAli"
    assert identifiers.name("\u202eتعاونية\u202c الأمل") == "تعاونية الأمل"
    for text in ("", "  ", "\x00", "---", "\ud800abc", "x" * 201):
        assert isinstance(identifiers.name(text), Problem)


@given(st.text(st.characters()))
def test_any_text_gives_a_clean_name_or_a_problem(text):
    read = identifiers.name(text)
    assert isinstance(read, Problem) or (read == identifiers.name(read) and read.isprintable())
    assert isinstance(identifiers.duplicate_key(text), str)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ALAMI Ahmed", "Ahmed Alami"),
        ("Coopérative Tissage du Rif", "COOPERATIVE  TISSAGE DU RIF"),
        ("Poterie Bleue SARL", "Sté Poterie Bleue"),
        ("Poterie Bleue S.A.R.L. AU", "POTERIE BLEUE"),
        ("أحمد العلمي", "احمد العلمى"),
        ("تعاونية الأمل", "تَعَاوُنِيَّة الامل"),
        ("تعـــاونية", "تعاونيه"),
    ],
)
def test_likely_duplicates(one, other):
    assert identifiers.duplicate_key(one) == identifiers.duplicate_key(other)


def test_not_every_name_is_a_duplicate():
    assert identifiers.duplicate_key("Ahmed Alami") != identifiers.duplicate_key("Ahmed Alaoui")
    assert identifiers.duplicate_key("SARL") == "sarl"
