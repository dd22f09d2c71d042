"""From a figure of a statement, or of money today, to the lines it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ecp import money
from ecp.accounting import month_readings
from ecp.accounting.month_readings import ToldLine
from ecp.hosting import cash_rules, contribution, errors, figures, natures
from ecp.hosting.cash_rules import Term
from ecp.hosting.natures import Side
from ecp.sales import reading
from ecp.sales.documents import CHANNELS

MOST = 200

_TERMS: dict[str, Term] = {
    "vat_due": Term.VAT,
    "vat_to_recover": Term.VAT_TO_RECOVER,
    "withholdings_due": Term.WITHHOLDINGS,
    "suppliers_unpaid": Term.SUPPLIERS,
    "personnel_unpaid": Term.PERSONNEL,
    "liaison_owed": Term.LIAISON,
    "vat_pending": Term.VAT_PENDING,
    "to_clear": Term.TO_CLEAR,
}
_INTERNAL, _SALES = (("9",), ()), (("7",), ())
_TILL, _CUSTOMERS = ("516",), ("342",)

Prefixes = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Behind:
    """The lines behind a figure, the newest first; `is_cut` where there are more than are shown."""

    lines: tuple[ToldLine, ...]
    is_cut: bool
    whole: Decimal | None = None
    """What older lines and those shown come to, where that is known."""

    @property
    def shown(self) -> Decimal:
        """The sum of the lines shown."""
        return sum((each.amount for each in self.lines), money.ZERO)

    @property
    def total(self) -> Decimal | None:
        """What the figure is; None where only a part of its lines is known."""
        return self.shown if not self.is_cut else self.whole


def of_month(enterprise_id: int, activity_id: int, month: date, *, section: str, key: str) -> Behind:
    """Give the lines of a month behind a kind of sale, cost, move or levy; StatementNotFound for an unknown one."""
    last = month_readings.last_day(month)
    if section == "moves":
        accounts = _known(natures.prefixes(Side.MOVES, key))
        beside = figures.cash_prefixes()
        ours, others = accounts
        lines = month_readings.lines(
            enterprise_id,
            activity_id,
            month,
            last,
            accounts=(ours, (*others, *_within(beside[0], ours))),
            beside=beside,
            limit=MOST + 1,
        )
        return _behind(lines)
    if section == "levies":
        return _of_levy(enterprise_id, activity_id, month, key)
    if section == Side.SALES:
        return _of_sales(enterprise_id, activity_id, (month, last), key)
    accounts = _of_result(section, key)
    lines = month_readings.lines(enterprise_id, activity_id, month, last, accounts=accounts, limit=MOST + 1)
    return _behind(lines, sign=1 if section == Side.SALES else -1)


def _of_sales(enterprise_id: int, activity_id: int, days: tuple[date, date], key: str) -> Behind:
    """The lines of documents of a channel; of a kind of sale, what no document says."""
    is_channel = key in CHANNELS
    entries = reading.entry_ids(enterprise_id, activity_id, *days, channel=key if is_channel else None)
    lines = month_readings.lines(
        enterprise_id,
        activity_id,
        *days,
        accounts=_SALES if is_channel else _of_result(Side.SALES, key),
        entries=entries if is_channel else None,
        not_entries=() if is_channel else entries,
        limit=MOST + 1,
    )
    return _behind(lines)


def of_term(enterprise_id: int, activity_id: int, on: date, *, key: str) -> Behind:
    """Give the last lines behind a term of available cash, up to a day."""
    accounts = _known(_of_term(key))
    lines = month_readings.lines(enterprise_id, activity_id, date.min, on, accounts=accounts, limit=MOST + 1)
    balances = month_readings.balances(enterprise_id, [activity_id], on).get(activity_id, {})
    ours, others = accounts
    whole = sum(
        (amount for account, amount in balances.items() if account.startswith(ours) and not account.startswith(others)),
        money.ZERO,
    )
    return replace(_behind(lines, sign=-1), whole=whole)


def _of_levy(enterprise_id: int, activity_id: int, month: date, code: str) -> Behind:
    """The lines of one levy, or what else stands in class 9."""
    is_other = code == "other"
    entries = contribution.entry_ids(enterprise_id, activity_id, month, code=None if is_other else code)
    lines = month_readings.lines(
        enterprise_id,
        activity_id,
        month,
        month_readings.last_day(month),
        accounts=_INTERNAL,
        entries=None if is_other else entries,
        not_entries=entries if is_other else (),
        limit=MOST + 1,
    )
    return _behind(lines, sign=-1)


def _of_result(section: str, key: str) -> Prefixes:
    try:
        side = Side(section)
    except ValueError as error:
        raise errors.StatementNotFound from error
    return _known(natures.prefixes(side, key))


def _of_term(key: str) -> Prefixes:
    """The prefixes of a term: the bank is what is cash and not the till."""
    if key == "bank":
        ours, others = figures.cash_prefixes()
        return ours, (*others, *_TILL)
    if key in {"till", "customers"}:
        return (_TILL if key == "till" else _CUSTOMERS), ()
    term = _TERMS.get(key)
    ours = tuple(each.digits for each in cash_rules.prefixes() if each.term is term)
    below = [each for each in cash_rules.prefixes() if each.term is not term and each.digits.startswith(ours)]
    return ours, tuple(each.digits for each in below)


def _known(accounts: Prefixes) -> Prefixes:
    if not accounts[0]:
        raise errors.StatementNotFound
    return accounts


def _within(candidates: Sequence[str], ours: Sequence[str]) -> tuple[str, ...]:
    """Cash accounts are never what stands beside cash."""
    return tuple(each for each in candidates if each.startswith(tuple(ours)))


def _behind(lines: Sequence[ToldLine], *, sign: int = 1) -> Behind:
    shown = lines[:MOST]
    if sign < 0:
        shown = [_turned(each) for each in shown]
    return Behind(lines=tuple(shown), is_cut=len(lines) > MOST)


def _turned(line: ToldLine) -> ToldLine:
    return ToldLine(
        entry_id=line.entry_id,
        on=line.on,
        label=line.label,
        document=line.document,
        party=line.party,
        amount=-line.amount,
    )
