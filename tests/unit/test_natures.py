"""Where accounts belong, and the portfolio's signals: pure."""

import pytest

from ecp.hosting import natures
from ecp.hosting.natures import Side


@pytest.mark.parametrize(
    ("account", "meaning"),
    [
        ("6111", "goods_bought"),
        ("61251", "supplies"),
        ("6174", "social_charges"),
        ("6171", "wages"),
        ("7111", "goods"),
        ("7124", "services"),
        ("7581", "exceptional_income"),
    ],
)
def test_the_longest_prefix_says_the_nature(account: str, meaning: str):
    found = natures.of_result(account)
    assert found is not None
    assert found[1] == meaning


@pytest.mark.parametrize("account", ["1111", "34211", "5141", "9211"])
def test_accounts_of_the_balance_sheet_have_no_nature(account: str):
    assert natures.of_result(account) is None


def test_every_account_of_classes_6_and_7_has_a_nature():
    assert all(natures.of_result(f"{digits}") for digits in range(6111, 7999))


@pytest.mark.parametrize("key", ["customers", "suppliers", "levies"])
def test_prefixes_give_back_exactly_the_accounts_of_a_key(key: str):
    ours, others = natures.prefixes(Side.MOVES, key)
    for digits in range(1000, 9999):
        account = str(digits)
        inside = account.startswith(ours) and not account.startswith(others or ("-",))
        assert inside == (natures.of_move(account) == key), account


def test_an_entry_beside_cash_tells_why_money_moved():
    assert natures.of_move("445520") == "customers"
    assert natures.of_move("4456") == "taxes"
    assert natures.of_move("1601") == "between_activities"
