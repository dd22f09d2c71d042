"""VAT categories and rates by date (RULES R3.1 to R3.8)."""

from datetime import date
from decimal import Decimal

import pytest

from ecp import law, vat
from ecp.errors import Invalid

TODAY = date(2026, 11, 24)


def test_the_standard_rate_is_the_laws():
    for year in (2023, 2024, 2025, 2026, 2031):
        assert vat.rate("standard", date(year, 1, 1)) == law.value("vat.standard", on=date(year, 1, 1))


@pytest.mark.parametrize(
    ("code", "rates"),
    [
        ("electricity", "14 16 18 20"),  # R3.2
        ("electricity_meter", "7 11 15 20"),
        ("electricity_renewable", "14 12 10 10"),
        ("sugar", "7 8 9 10"),
        ("transport_road", "14 13 12 10"),
        ("medicines_school_supplies", "7 0 0 0"),  # R3.3
        ("fertilisers", "20 20 20 0"),
        ("crafts_carpet_exempt", "0 0 0 0"),  # R3.4
    ],
)
def test_rate_of_the_day_of_the_invoice(code, rates):
    for year, percent in zip((2023, 2024, 2025, 2026), rates.split(), strict=True):
        assert vat.rate(code, date(year, 1, 1)) == vat.rate(code, date(year, 12, 31)) == Decimal(percent) / 100


def test_treatments():
    assert vat.treatment("standard", TODAY) is vat.Treatment.TAXABLE
    assert vat.treatment("fertilisers", date(2025, 12, 31)) is vat.Treatment.TAXABLE
    assert vat.treatment("fertilisers", date(2026, 1, 1)) is vat.Treatment.EXEMPT_WITH_DEDUCTION
    assert vat.treatment("small_producer_exempt", TODAY) is vat.Treatment.EXEMPT
    assert vat.treatment("retailer_out_of_scope", TODAY) is vat.Treatment.OUT_OF_SCOPE
    assert vat.gives_deduction("export", TODAY)
    assert not vat.gives_deduction("crafts_carpet_exempt", TODAY)
    assert not vat.gives_deduction("insurance_brokerage", TODAY)


def test_mentions():
    """R3.8, R4.2: instead of VAT, the article."""
    assert vat.mention("cooperative_exempt", "fr", on=TODAY) == "Exonéré de TVA - article 91-IV-1 du CGI"
    assert vat.mention("farm_produce_out_of_scope", "fr", on=TODAY).startswith("Hors champ")
    assert "91-I" in vat.mention("crafts_carpet_exempt", "ar", on=TODAY)
    assert vat.mention("export", "en", on=TODAY) == "Exempt from VAT - article 92-I-1 of the CGI"
    assert vat.mention("fertilisers", "fr", on=date(2025, 6, 1)) == ""


def test_every_category_is_whole():
    assert len({found.code for found in vat.categories()}) == len(vat.categories()) == 30
    for found in vat.categories():
        assert all(found.label(language) for language in vat.LANGUAGES)
        assert found.article
        assert found.confidence in {"high", "medium", "low"}
        assert Decimal(0) <= vat.rate(found.code, TODAY) <= Decimal("0.20")
        charged = vat.treatment(found.code, TODAY) is vat.Treatment.TAXABLE
        assert charged == bool(vat.rate(found.code, TODAY))
        for language in vat.LANGUAGES:
            assert bool(vat.mention(found.code, language, on=TODAY)) != charged


def test_what_is_unknown_is_invalid():
    with pytest.raises(vat.UnknownCategory, match="nothing"):
        vat.rate("nothing", TODAY)
    for code, on in [("standard", date(2022, 12, 31)), ("butter_sardines_milk_powder_soap", date(2023, 5, 1))]:
        for ask in (vat.rate, vat.treatment, vat.gives_deduction):
            with pytest.raises(vat.NoRate) as refused:
                ask(code, on)
            assert isinstance(refused.value, Invalid)
