"""Available cash: which accounts count, and with which sign (DESIGN 2)."""

from collections import Counter
from csv import DictReader
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp.hosting import cash_rules
from ecp.hosting.cash_rules import Term

CHART = Path(__file__).parents[2] / "ecp/accounting/data/pcge.csv"
ACCOUNTS = [row["number"] for row in DictReader(CHART.read_text("utf-8").splitlines()) if len(row["number"]) >= 4]
amounts = st.decimals(-(10**9), 10**9, places=2)
balances = st.dictionaries(st.sampled_from(ACCOUNTS) | st.from_regex("[1-9][0-9]{3,9}", fullmatch=True), amounts)


def test_prefixes_are_distinct_and_cited():
    digits = Counter(prefix.digits for prefix in cash_rules.prefixes())
    assert set(digits.values()) == {1}
    assert all(prefix.reason for prefix in cash_rules.prefixes())
    assert {prefix.term for prefix in cash_rules.prefixes()} == set(Term)


def test_every_prefix_is_in_the_chart_or_recommended():
    recommended = {"34581", "34583", "44551"}  # RULES section 1, and sub-accounts of our own
    for prefix in cash_rules.prefixes():
        assert prefix.digits in recommended or any(account.startswith(prefix.digits) for account in ACCOUNTS)


@given(st.text("0123456789", max_size=10))
def test_an_account_belongs_to_one_term_at_most(account):
    """The function is total, and a sub-account follows its account unless a longer prefix says otherwise."""
    longest = max(
        (p for p in cash_rules.prefixes() if account.startswith(p.digits)), key=lambda p: len(p.digits), default=None
    )
    assert cash_rules.term_of(account) == (longest and longest.term)


@pytest.mark.parametrize(
    ("account", "term"),
    [
        ("5141", Term.CASH),
        ("51611", Term.CASH),
        ("5541", Term.CASH),
        ("51112", Term.TO_CLEAR),
        ("4455", Term.VAT),
        ("44551", Term.VAT_PENDING),
        ("445520", Term.VAT),
        ("4456", Term.VAT),
        ("34551", Term.VAT),
        ("34581", Term.VAT),
        ("34583", Term.VAT_TO_RECOVER),
        ("3458", None),
        ("44525", Term.WITHHOLDINGS),
        ("44583", Term.WITHHOLDINGS),
        ("4441", Term.WITHHOLDINGS),
        ("4432", Term.PERSONNEL),
        ("44111", Term.SUPPLIERS),
        ("4481", Term.SUPPLIERS),
        ("1601", Term.LIAISON),
        ("3421", None),
        ("4421", None),
        ("4463", None),
        ("7111", None),
    ],
)
def test_terms_of_accounts(account, term):
    assert cash_rules.term_of(account) is term


def test_worked_example():
    """12 000 TTC collected; a supplier of 1 200 TTC unpaid; salary withholdings; 8 % contribution to come on 10 000."""
    terms = cash_rules.terms(
        {
            "5141": Decimal("12000.00"),
            "44552": Decimal("-2000.00"),
            "34552": Decimal("200.00"),
            "4411": Decimal("-1200.00"),
            "4441": Decimal("-300.00"),
            "44583": Decimal("-3.00"),
            "4432": Decimal("-900.00"),
            "1605": Decimal("-100.00"),
            "5111": Decimal("500.00"),
            "7121": Decimal("-10000.00"),
        },
        contribution_to_come=Decimal("800.00"),
    )
    assert terms.signed() == (
        ("cash", Decimal("12000.00")),
        ("vat_due", Decimal("-1800.00")),
        ("vat_to_recover", Decimal("0.00")),
        ("withholdings_due", Decimal("-303.00")),
        ("suppliers_unpaid", Decimal("-1200.00")),
        ("personnel_unpaid", Decimal("-900.00")),
        ("customers_to_refund", Decimal("0.00")),
        ("contribution_to_come", Decimal("-800.00")),
        ("liaison_owed", Decimal("-100.00")),
    )
    assert terms.available == Decimal("6897.00")


def test_claims_are_told_but_not_counted():
    held = {"5141": Decimal("100.00"), "3456": Decimal("80.00"), "4411": Decimal("-10.00"), "4441": Decimal("5.00")}
    assert cash_rules.terms(held).available == Decimal("90.00")
    assert cash_rules.claims(held) == {Term.VAT: Decimal("80.00"), Term.WITHHOLDINGS: Decimal("5.00")}


def test_liaison_counts_both_ways():
    assert cash_rules.terms({"1605": Decimal("40.00")}).available == Decimal("40.00")
    assert cash_rules.terms({"1605": Decimal("-40.00")}).available == Decimal("-40.00")


@given(balances, amounts)
def test_the_sum_is_what_it_is_made_of(held, contribution):
    terms = cash_rules.terms(held, contribution_to_come=contribution)
    by_term = cash_rules.by_term(held)
    assert terms.available == sum((amount for _, amount in terms.signed()), Decimal(0))
    counted = (
        Term.CASH,
        Term.VAT,
        Term.VAT_TO_RECOVER,
        Term.WITHHOLDINGS,
        Term.SUPPLIERS,
        Term.PERSONNEL,
        Term.LIAISON,
    )
    position = sum((by_term[term] for term in counted), Decimal(0)) - contribution
    assert terms.available + sum(cash_rules.claims(held).values(), Decimal(0)) == position
    assert terms.available <= position
