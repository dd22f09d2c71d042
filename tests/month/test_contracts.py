"""Contracts and levies: dated, one at a time, and never changed once used."""

from datetime import date
from decimal import Decimal

import pytest

from ecp.accounting import opening, periods
from ecp.db import transaction
from ecp.hosting import cash, contracts, contribution, errors
from ecp.hosting.levies import Base, Bracket, Settlement
from tests.month import books
from tests.month.books import MONTH


def test_terms_come_back_as_they_were_written(house):
    terms = books.contribution_terms(
        brackets=(Bracket(Decimal("5000.00"), Decimal("0.08")), Bracket(None, Decimal("0.065"))),
        month_floor=Decimal("50.00"),
        year_ceiling=Decimal("12000.00"),
        settlement=Settlement.LIAISON,
    )
    with transaction():
        levy_id = contracts.add_levy(terms, enterprise_id=house.enterprise_id, contract_id=house.contract)
    assert contracts.levy(levy_id, enterprise_id=house.enterprise_id).terms == terms


def test_an_activity_has_one_contract_at_a_time(house):
    with pytest.raises(errors.ContractOverlaps), transaction():
        contracts.sign(enterprise_id=house.enterprise_id, activity_id=house.potter, starts_on=date(2026, 6, 1))


def test_a_contract_may_follow_the_one_before(house):
    with transaction():
        contracts.amend(house.contract, enterprise_id=house.enterprise_id, ends_on=date(2026, 5, 31), note="")
        contracts.sign(enterprise_id=house.enterprise_id, activity_id=house.potter, starts_on=date(2026, 6, 1))
    assert [
        each.ends_on for each in contracts.of_enterprise(house.enterprise_id) if each.activity_id == house.potter
    ] == [
        None,
        date(2026, 5, 31),
    ]


def test_a_levy_ends_with_its_contract(house):
    with transaction():
        contracts.add_levy(books.contribution_terms(), enterprise_id=house.enterprise_id, contract_id=house.contract)
        contracts.amend(house.contract, enterprise_id=house.enterprise_id, ends_on=date(2026, 5, 31), note="")
    (levy,) = contracts.levies_of(house.enterprise_id, [house.potter])
    assert levy.terms.ends_on == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"brackets": ()}, "brackets"),
        ({"brackets": (Bracket(None, Decimal("1.5")),)}, "brackets"),
        ({"label": " "}, "label"),
        ({"starts_on": date(2025, 12, 1)}, "starts_on"),
        ({"expense_account": "9999"}, "expense_account"),
        ({"expense_account": "6131"}, "expense_account"),
        ({"month_floor": Decimal("9.00"), "month_ceiling": Decimal("8.00")}, "month_floor"),
    ],
)
def test_terms_that_make_no_sense_are_refused_beside_their_field(house, changes, field):
    with pytest.raises(errors.LevyInvalid) as refused, transaction():
        contracts.add_levy(
            books.contribution_terms(**changes), enterprise_id=house.enterprise_id, contract_id=house.contract
        )
    assert field in {problem.where for problem in refused.value.problems}


def test_the_same_code_does_not_run_twice(house):
    with transaction():
        contracts.add_levy(books.contribution_terms(), enterprise_id=house.enterprise_id, contract_id=house.contract)
    with pytest.raises(errors.LevyOverlaps), transaction():
        contracts.add_levy(books.contribution_terms(), enterprise_id=house.enterprise_id, contract_id=house.contract)


def test_new_terms_take_over_and_the_exercise_goes_on(house):
    with transaction():
        old = contracts.add_levy(
            books.contribution_terms(), enterprise_id=house.enterprise_id, contract_id=house.contract
        )
        new = contracts.replace_levy(
            old,
            books.contribution_terms(base=Base.INVOICED_NET, starts_on=date(2026, 3, 1)),
            enterprise_id=house.enterprise_id,
        )
    first, second = contracts.levies_of(house.enterprise_id, [house.potter])
    assert (first.id, first.version, first.terms.ends_on) == (old, 1, date(2026, 2, 28))
    assert (second.id, second.version, second.terms.code) == (new, 2, "contribution")


def test_terms_that_served_cannot_be_cut_back(house):
    with transaction():
        levy_id = contracts.add_levy(
            books.contribution_terms(), enterprise_id=house.enterprise_id, contract_id=house.contract
        )
        books.take(house, MONTH)
    with pytest.raises(errors.LevyUsed), transaction():
        contracts.end_levy(levy_id, enterprise_id=house.enterprise_id, ends_on=date(2026, 1, 15))
    with transaction():
        contracts.end_levy(levy_id, enterprise_id=house.enterprise_id, ends_on=date(2026, 1, 31))


def test_a_levy_of_another_enterprise_is_not_found(house):
    with pytest.raises(errors.LevyNotFound):
        contracts.levy(1, enterprise_id=house.enterprise_id + 1000)


def test_sides_of_a_levy_balance(house):
    books.first_month(house)
    with transaction():
        contracts.add_levy(books.contribution_terms(), enterprise_id=house.enterprise_id, contract_id=house.contract)
        contracts.add_levy(
            books.contribution_terms(
                code="fund",
                label="Fonds",
                base=Base.FIXED,
                brackets=(),
                fixed=Decimal("50.00"),
                settlement=Settlement.LIAISON,
            ),
            enterprise_id=house.enterprise_id,
            contract_id=house.contract,
        )
        books.take(house, MONTH)
    assert books.class_9_and_liaison(house, house.potter) == {"1601": Decimal("-50.00"), "9211": Decimal("110.00")}
    assert books.class_9_and_liaison(house, house.structure_id) == {
        "1605": Decimal("50.00"),
        "9711": Decimal("-110.00"),
    }


def test_a_month_computed_again_takes_the_difference_only(house):
    books.first_month(house)
    with transaction():
        contracts.add_levy(books.contribution_terms(), enterprise_id=house.enterprise_id, contract_id=house.contract)
        books.take(house, MONTH)
    with transaction():
        books.post(house, house.potter, date(2026, 1, 30), books.CASH_SALE, "late")
        books.take(house, MONTH)
        books.take(house, MONTH)
    taken = contribution.amounts(house.enterprise_id, [house.potter], MONTH, MONTH)
    assert list(taken.values()) == [Decimal("70.00")]
    assert books.class_9_and_liaison(house, house.potter) == {"9211": Decimal("70.00")}


def test_in_january_a_december_that_is_not_closed_is_still_to_come(house):
    with transaction():
        terms = books.contribution_terms(starts_on=date(2026, 12, 1))
        contracts.add_levy(terms, enterprise_id=house.enterprise_id, contract_id=house.contract)
        books.post(house, house.potter, date(2026, 12, 5), books.SALE, "sale")
        books.post(house, house.potter, date(2026, 12, 15), books.PAID, "paid")
    eve, new_year = date(2026, 12, 31), date(2027, 1, 1)
    at_the_end = cash.available(house.enterprise_id, house.potter, on=eve).amount
    assert at_the_end == Decimal("450.00")  # 600 received, 100 of VAT, 10 % of 500
    for _ in range(2):  # before the exercise is opened, and after
        assert cash.available(house.enterprise_id, house.potter, on=new_year).amount == at_the_end
        with transaction():
            opening.open_exercises(new_year)
    assert [each.opens_on for each in periods.years(house.enterprise_id)] == [MONTH, new_year]
