"""The law by date: params.yaml and what may be asked of it."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from ecp import law

TODAY = date(2026, 11, 24)


def _numbers(value):
    if isinstance(value, tuple):
        return [number for item in value for number in _numbers(item)]
    if isinstance(value, law.Mapping):
        return [number for item in value.values() for number in _numbers(item)]
    return [value]


def test_no_float_anywhere():
    for path in law.paths():
        for number in _numbers(law.parameter(path, on=TODAY).value):
            assert not isinstance(number, float | int) or isinstance(number, bool), path


def test_every_parameter_is_known_today():
    assert len(law.paths()) > 80
    for path in law.paths():
        assert law.parameter(path, on=TODAY).path == path


@pytest.mark.parametrize(
    ("path", "on", "expected"),
    [
        ("vat.standard", date(2024, 5, 1), "0.20"),  # R3.1
        ("cash.stamp_rate_on_cash_receipts", TODAY, "0.0025"),  # R3.21
        ("cash.receipt_ban_from", TODAY, "20000"),  # R3.20
        ("cash.receipt_ban_from.penalty_rate", TODAY, "0.06"),
        ("minimum_wage.smig_hour", date(2025, 12, 31), "17.10"),  # R5.13
        ("minimum_wage.smig_hour", date(2026, 1, 1), "17.92"),
        ("withholding.dividends", date(2025, 6, 30), "0.1125"),  # R5.10
        ("withholding.dividends", date(2026, 6, 30), "0.10"),
        ("withholding.rents_to_companies_and_professionals", date(2026, 7, 1), "0.05"),  # R3.18
        ("is.transition_up_to_300k", date(2024, 12, 31), "0.15"),  # R5.5
        ("is.by_profit.below_100m", TODAY, "0.20"),
        ("payment_terms.policy_rate", date(2025, 3, 17), "0.025"),
        ("payment_terms.policy_rate", date(2025, 3, 18), "0.0225"),
        ("vat.ras.attestation_validity_months", date(2024, 7, 1), "6"),  # R3.17
    ],
)
def test_value_of_a_day(path, on, expected):
    assert law.value(path, on=on) == Decimal(expected)


@pytest.mark.parametrize(
    ("path", "on"),
    [
        ("minimum_wage.smig_hour", date(2024, 12, 31)),
        ("withholding.rents_to_companies_and_professionals", date(2026, 6, 30)),
        ("vat.ras.attestation_validity_months", date(2024, 6, 30)),
    ],
)
def test_before_the_law_held(path, on):
    with pytest.raises(law.NotInForce, match=path.split(".")[-1] if "ras" not in path else "vat.ras"):
        law.value(path, on=on)


@pytest.mark.parametrize("path", ["vat.nothing", "nothing", "vat", "vat.standard.deeper", "vat.cheque_collected_on"])
def test_a_name_that_is_no_number_is_a_bug(path):
    with pytest.raises(LookupError):
        law.value(path, on=TODAY)


def test_marks_can_be_read():
    policy = law.parameter("payment_terms.policy_rate", on=TODAY)
    assert (policy.confidence, policy.since, policy.is_settled) == ("low", date(2025, 3, 18), False)
    assert "Bank Al-Maghrib" in policy.note
    assert law.parameter("minimum_wage.smig_hour", on=TODAY).is_settled  # the mark of its group


def test_income_tax_scale_is_continuous():
    """R5.11: 2 000 at 60 000; 6 000 at 80 000; 12 000 at 100 000; 39 200 at 180 000."""
    brackets = law.parameter("ir.scale", on=TODAY).value
    for low, high in pairwise(brackets):
        end = low["up_to"]
        assert end * low["rate"] - low["deduct"] == end * high["rate"] - high["deduct"]
    assert [b["up_to"] * b["rate"] - b["deduct"] for b in brackets[:-1]] == [0, 2000, 6000, 12000, 39200]
