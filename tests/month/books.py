"""An enterprise with two hosted activities and a month of movements, for the tests of a month's end."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ecp.accounting import ledger, posting
from ecp.db import transaction
from ecp.hosting import cash, contribution
from ecp.hosting.levies import Base, Bracket, Levy

MONTH = date(2026, 1, 1)
Lines = tuple[tuple[str, str, str], ...]
SALE: Lines = (("34211", "1200.00", ""), ("7121", "", "1000.00"), ("44551", "", "200.00"))
PAID: Lines = (("5141", "600.00", ""), ("34211", "", "600.00"), ("44551", "100.00", ""), ("445520", "", "100.00"))
BOUGHT: Lines = (("6121", "300.00", ""), ("44111", "", "300.00"))
CASH_SALE: Lines = (("5161", "120.00", ""), ("7121", "", "100.00"), ("445520", "", "20.00"))


@dataclass
class House:
    """What the tests speak of."""

    enterprise_id: int
    structure_id: int
    potter: int
    weaver: int
    contract: int = 0


def post(house: House, activity_id: int, on: date, lines: Lines, source: str) -> int:
    """Post an entry of one activity; give its id."""
    draft = posting.Draft(
        enterprise_id=house.enterprise_id,
        journal="OD",
        on=on,
        label="Essai",
        source=f"{source}:{activity_id}",
        document=source,
        lines=tuple(
            posting.DraftLine(
                account=account,
                activity_id=activity_id,
                debit=Decimal(debit or "0.00"),
                credit=Decimal(credit or "0.00"),
            )
            for account, debit, credit in lines
        ),
    )
    return posting.post(draft).entry_id


def first_month(house: House) -> None:
    """A sale half paid, a purchase, a sale at the till: for both activities."""
    with transaction():
        for activity_id in (house.potter, house.weaver):
            post(house, activity_id, date(2026, 1, 5), SALE, "sale")
            post(house, activity_id, date(2026, 1, 15), PAID, "paid")
            post(house, activity_id, date(2026, 1, 20), BOUGHT, "bought")
            post(house, activity_id, date(2026, 1, 25), CASH_SALE, "till")


def contribution_terms(**changes: object) -> Levy:
    """Ten percent of what was collected, net."""
    terms: dict[str, object] = {
        "code": "contribution",
        "label": "Contribution",
        "base": Base.COLLECTED_NET,
        "brackets": (Bracket(None, Decimal("0.10")),),
        "starts_on": MONTH,
        "expense_account": "9211",
        "income_account": "9711",
    }
    return Levy(**{**terms, **changes})  # type: ignore[arg-type]


def take(house: House, month: date) -> None:
    """Compute and post the levies of the potter."""
    exercise = cash.exercise_of(house.enterprise_id, month)
    dues = contribution.compute(house.enterprise_id, [house.potter], month, exercise)
    contribution.post(house.enterprise_id, dues[house.potter], structure_id=house.structure_id)


def class_9_and_liaison(house: House, activity_id: int) -> dict[str, Decimal]:
    """Balances of the accounts a levy moves, the bank apart."""
    found = ledger.balances(house.enterprise_id, activity_id=activity_id)
    return {account: amount for account, amount in sorted(found.items()) if account.startswith(("9", "16")) and amount}
