"""What available cash is made of (DESIGN: the figure entrepreneurs decide on). Pure: no database, no clock.

Available cash = share of the cash accounts − VAT due + what paying suppliers takes off it − withholdings due − unpaid
suppliers and expenses − what customers paid too much − contribution still to be taken on money received − what is owed
through the liaison accounts.

Signs: balances come in as debit less credit. Every term but cash is positive for what the activity owes and lowers the
figure. What the State, a supplier or an employee owes the activity is not money in hand: such a term counts for zero
and the claim is told apart (`claims`). Liaison counts both ways: the other side is the same enterprise, which can pay
at once, and only so do the activities add up to the enterprise. Decision 0133 says why.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources

from ecp import money


class Term(StrEnum):
    """The classes of accounts that available cash looks at; `to_clear` and `vat_pending` are told but not counted."""

    CASH = "cash"
    TO_CLEAR = "to_clear"
    VAT = "vat"
    VAT_TO_RECOVER = "vat_to_recover"
    VAT_PENDING = "vat_pending"
    WITHHOLDINGS = "withholdings"
    SUPPLIERS = "suppliers"
    PERSONNEL = "personnel"
    LIAISON = "liaison"


@dataclass(frozen=True)
class Prefix:
    """The accounts that start with some digits, the term they belong to, and the law or the chart that says so."""

    digits: str
    term: Term
    reason: str


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The terms of available cash of one activity at the end of a day, in the order they are shown."""

    cash: Decimal = money.ZERO
    vat_due: Decimal = money.ZERO
    vat_to_recover: Decimal = money.ZERO
    """What paying suppliers will take off the VAT that is due, no more than that."""
    withholdings_due: Decimal = money.ZERO
    suppliers_unpaid: Decimal = money.ZERO
    personnel_unpaid: Decimal = money.ZERO
    customers_to_refund: Decimal = money.ZERO
    contribution_to_come: Decimal = money.ZERO
    liaison_owed: Decimal = money.ZERO

    @property
    def available(self) -> Decimal:
        """The sum, to the centime.

        >>> Terms(cash=Decimal("1000.00"), vat_due=Decimal("200.00"), liaison_owed=Decimal("-50.00")).available
        Decimal('850.00')
        """
        return sum((amount for _, amount in self.signed()), money.ZERO)

    def signed(self) -> tuple[tuple[str, Decimal], ...]:
        """Give each term by name with the sign it has in the sum, as the statement shows them."""
        return (
            ("cash", self.cash),
            ("vat_due", -self.vat_due),
            ("vat_to_recover", self.vat_to_recover),
            ("withholdings_due", -self.withholdings_due),
            ("suppliers_unpaid", -self.suppliers_unpaid),
            ("personnel_unpaid", -self.personnel_unpaid),
            ("customers_to_refund", -self.customers_to_refund),
            ("contribution_to_come", -self.contribution_to_come),
            ("liaison_owed", -self.liaison_owed),
        )


def terms(
    balances: Mapping[str, Decimal],
    *,
    contribution_to_come: Decimal = money.ZERO,
    customers_to_refund: Decimal = money.ZERO,
) -> Terms:
    """Sort the balances (debit less credit) of an activity's accounts into the terms; other accounts do not count.

    >>> terms({"5141": Decimal("1200.00"), "44552": Decimal("-200.00"), "7111": Decimal("-1000.00")}).available
    Decimal('1000.00')
    """
    sums = by_term(balances)
    vat_due = _owed(sums[Term.VAT])
    return Terms(
        cash=sums[Term.CASH],
        vat_due=vat_due,
        vat_to_recover=max(money.ZERO, min(sums[Term.VAT_TO_RECOVER], vat_due)),
        withholdings_due=_owed(sums[Term.WITHHOLDINGS]),
        suppliers_unpaid=_owed(sums[Term.SUPPLIERS]),
        personnel_unpaid=_owed(sums[Term.PERSONNEL]),
        customers_to_refund=customers_to_refund,
        contribution_to_come=contribution_to_come,
        liaison_owed=money.ZERO - sums[Term.LIAISON],
    )


def claims(balances: Mapping[str, Decimal]) -> dict[Term, Decimal]:
    """Tell what is owed to the activity where it usually owes (VAT credit, supplier paid twice): shown, not counted.

    >>> claims({"3456": Decimal("80.00"), "4411": Decimal("-10.00")})
    {<Term.VAT: 'vat'>: Decimal('80.00')}
    """
    sums = by_term(balances)
    sums[Term.VAT] += sums[Term.VAT_TO_RECOVER]
    owing = (Term.VAT, Term.WITHHOLDINGS, Term.SUPPLIERS, Term.PERSONNEL)
    return {term: sums[term] for term in owing if sums[term] > 0}


def by_term(balances: Mapping[str, Decimal]) -> dict[Term, Decimal]:
    """Add up balances by term, zero for a term without accounts; those told but not counted are here too."""
    sums = dict.fromkeys(Term, money.ZERO)
    for account, balance in balances.items():
        term = term_of(account)
        if term:
            sums[term] += balance
    return sums


def term_of(account: str) -> Term | None:
    """Say which term an account belongs to, by the longest prefix it starts with, or None.

    >>> term_of("44551"), term_of("445520"), term_of("6111")
    (<Term.VAT_PENDING: 'vat_pending'>, <Term.VAT: 'vat'>, None)
    """
    known = _terms_by_prefix()
    return next((known[account[:size]] for size in range(len(account), 0, -1) if account[:size] in known), None)


@cache
def prefixes() -> tuple[Prefix, ...]:
    """List the account prefixes with their term and the reason."""
    text = resources.files("ecp.hosting").joinpath("data/cash_terms.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(Prefix(row["prefix"], Term(row["term"]), row["reason"]) for row in rows)


@cache
def _terms_by_prefix() -> dict[str, Term]:
    return {prefix.digits: prefix.term for prefix in prefixes()}


def _owed(balance: Decimal) -> Decimal:
    return max(money.ZERO, -balance)
