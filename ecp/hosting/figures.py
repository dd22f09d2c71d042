"""The figures of a month for many activities at once, from the ledger: a handful of queries whatever their number.

Everything a statement tells is read here from posted lines, so it says what the journals say; only levies are named by
their contract. The year of `year_to_date` is the exercise.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ecp import money
from ecp.accounting import month_readings
from ecp.accounting.open_items import OpenItem
from ecp.hosting import cash_rules, contribution, natures, owed
from ecp.hosting.cash_rules import Term
from ecp.hosting.contribution import Exercise
from ecp.hosting.natures import Side
from ecp.hosting.snapshot import Computed, Keyed, Owed, Row, Snapshot
from ecp.sales import postings, reading
from ecp.sales.reading import SoldByChannel

MONTHS_TOLD = 13
_TILL = "516"
_INTERNAL = "9"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An activity whose month is told, and what the ledger does not know of it."""

    id: int
    name: str
    people: tuple[str, ...] = ()
    opened_on: date | None = None


@dataclass
class _Columns:
    """The three columns of a row, as they are added up."""

    month: Decimal = money.ZERO
    year_to_date: Decimal = money.ZERO
    last_year: Decimal = money.ZERO

    def add(self, of: date, amount: Decimal, told: "_Months") -> None:
        if of == told.month:
            self.month += amount
        if told.opens_on <= of <= told.month:
            self.year_to_date += amount
        if of == told.a_year_ago:
            self.last_year += amount


@dataclass(frozen=True)
class _Months:
    month: date
    opens_on: date

    @property
    def a_year_ago(self) -> date:
        return self.month.replace(year=self.month.year - 1)


@dataclass
class _Read:
    """What the queries brought, by activity."""

    owed: owed.Owed
    movements: dict[int, list[month_readings.Movement]] = field(default_factory=dict)
    opening: dict[int, dict[str, Decimal]] = field(default_factory=dict)
    closing: dict[int, dict[str, Decimal]] = field(default_factory=dict)
    moves: dict[int, dict[str, Decimal]] = field(default_factory=dict)
    coming: dict[int, Decimal] = field(default_factory=dict)
    computed: dict[int, list[Computed]] = field(default_factory=dict)
    levies: dict[tuple[int, str, str, date], Decimal] = field(default_factory=dict)
    channels: dict[int, list[SoldByChannel]] = field(default_factory=dict)


def snapshots(
    enterprise_id: int,
    subjects: Sequence[Subject],
    month: date,
    exercise: Exercise,
    head: Mapping[str, Any],
) -> dict[int, Snapshot]:
    """Build the frozen figures of activities for the month that begins on a day."""
    read = _read(enterprise_id, [subject.id for subject in subjects], month, exercise)
    return {subject.id: _snapshot(subject, read, month, exercise, head) for subject in subjects}


def _read(enterprise_id: int, ids: Sequence[int], month: date, exercise: Exercise) -> _Read:
    last = month_readings.last_day(month)
    since = min(month_readings.months_back(month, MONTHS_TOLD - 1), exercise.opens_on)
    return _Read(
        movements=month_readings.movements(enterprise_id, ids, since, last, classes=("6", "7", "9")),
        opening=month_readings.balances(enterprise_id, ids, month_readings.eve(month)),
        closing=month_readings.balances(enterprise_id, ids, last),
        moves=month_readings.beside_cash(enterprise_id, ids, month, last, cash=cash_prefixes()),
        owed=owed.read(enterprise_id, ids, last),
        coming=contribution.to_come(enterprise_id, ids, on=last),
        computed=contribution.told(enterprise_id, ids, month),
        levies=contribution.amounts(enterprise_id, ids, since, last),
        channels=reading.by_channel(enterprise_id, ids, since, last),
    )


def cash_prefixes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the prefixes of the cash accounts, and the longer ones below them that are not money yet."""
    ours = tuple(each.digits for each in cash_rules.prefixes() if each.term is Term.CASH)
    others = tuple(
        each.digits for each in cash_rules.prefixes() if each.term is not Term.CASH and each.digits.startswith(ours)
    )
    return ours, others


def _snapshot(subject: Subject, read: _Read, month: date, exercise: Exercise, head: Mapping[str, Any]) -> Snapshot:
    told = _Months(month, exercise.opens_on)
    movements = read.movements.get(subject.id, [])
    existed = subject.opened_on is None or subject.opened_on <= month_readings.last_day(told.a_year_ago)
    closing = read.closing.get(subject.id, {})
    return Snapshot(
        month=month,
        last_day=month_readings.last_day(month),
        year_opens_on=exercise.opens_on,
        enterprise=head,
        activity=subject.name,
        people=subject.people,
        terms=terms(
            closing, read.coming.get(subject.id, money.ZERO), refunds=read.owed.refunds.get(subject.id, money.ZERO)
        ),
        to_come=_to_come(closing),
        sales=_sales(movements, read.channels.get(subject.id, ()), told, existed=existed),
        costs=_rows(movements, Side.COSTS, told, existed=existed),
        levies=_levies(subject.id, read, movements, told, existed=existed),
        computations=tuple(read.computed.get(subject.id, ())),
        history=_history(movements, month, subject.opened_on),
        cash_opening=_cash(read.opening.get(subject.id, {})),
        cash_moves=_moves(read.moves.get(subject.id, {})),
        cash_closing=_cash(closing),
        receivables=_owed(read.owed.receivables.get(subject.id, ())),
        payables=_owed(read.owed.payables.get(subject.id, ())),
    )


def terms(balances: Mapping[str, Decimal], coming: Decimal, *, refunds: Decimal = money.ZERO) -> tuple[Keyed, ...]:
    """Give the terms of available cash with the sign they have in the sum, the till apart; zero terms left out."""
    found = cash_rules.terms(balances, contribution_to_come=coming, customers_to_refund=refunds)
    till = sum((amount for account, amount in balances.items() if account.startswith(_TILL)), money.ZERO)
    signed = [("bank", found.cash - till), ("till", till), *found.signed()[1:]]
    return tuple(Keyed(key, amount) for key, amount in signed if amount or key == "bank")


def _to_come(balances: Mapping[str, Decimal]) -> tuple[Keyed, ...]:
    """Tell what is not counted: what customers owe and its VAT, cheques on their way, claims."""
    sums = cash_rules.by_term(balances)
    customers = sum((amount for account, amount in balances.items() if account.startswith(owed.CUSTOMERS)), money.ZERO)
    found = (
        ("customers", customers),
        ("vat_pending", sums[Term.VAT_PENDING]),
        ("to_clear", sums[Term.TO_CLEAR]),
        ("claims", sum(cash_rules.claims(balances).values(), money.ZERO)),
    )
    return tuple(Keyed(key, amount) for key, amount in found if amount)


def _rows(movements: Iterable[month_readings.Movement], side: Side, told: _Months, *, existed: bool) -> tuple[Row, ...]:
    """Sort the lines of classes 6 and 7 into kinds of sales or costs, positive as people say them."""
    columns: defaultdict[str, _Columns] = defaultdict(_Columns)
    for each in movements:
        nature = natures.of_result(each.account)
        if nature and nature[0] is side:
            amount = -each.amount if side is Side.SALES else each.amount
            columns[nature[1]].add(each.month, amount, told)
    return _shown({f"{side.value}:{key}": ("", found) for key, found in columns.items()}, existed=existed)


def _sales(
    movements: Iterable[month_readings.Movement],
    documents: Iterable[SoldByChannel],
    told: _Months,
    *,
    existed: bool,
) -> tuple[Row, ...]:
    """Tell sales by channel where documents say it, the rest by kind; together they are what the books say."""
    columns: defaultdict[str, _Columns] = defaultdict(_Columns)
    for each in movements:
        nature = natures.of_result(each.account)
        if nature and nature[0] is Side.SALES:
            columns[f"sales:{nature[1]}"].add(each.month, -each.amount, told)
    for sold in documents:
        accounts = postings.SALES_ABROAD if sold.channel == "export" else postings.SALES
        nature = natures.of_result(accounts[sold.is_service])
        columns[f"channel:{sold.channel}"].add(sold.month, sold.net, told)
        if nature:
            columns[f"sales:{nature[1]}"].add(sold.month, -sold.net, told)
    return _shown({key: ("", found) for key, found in columns.items()}, existed=existed)


def _levies(
    activity_id: int,
    read: _Read,
    movements: Iterable[month_readings.Movement],
    told: _Months,
    *,
    existed: bool,
) -> tuple[Row, ...]:
    """Name levies by their contract; what else stands in class 9 of the activity is told as one row."""
    named: dict[str, tuple[str, _Columns]] = {}
    other = _Columns()
    for (owner, code, label, month), amount in read.levies.items():
        if owner == activity_id:
            found = named.setdefault(f"levy:{code}", (label, _Columns()))
            named[f"levy:{code}"] = (label, found[1])
            found[1].add(month, amount, told)
            other.add(month, -amount, told)
    for each in movements:
        if each.account.startswith(_INTERNAL):
            other.add(each.month, each.amount, told)
    return _shown({**named, "levy:other": ("", other)}, existed=existed)


def _shown(columns: Mapping[str, tuple[str, _Columns]], *, existed: bool) -> tuple[Row, ...]:
    """Make rows, the largest of the month first; what is zero everywhere is left out."""
    rows = [
        Row(
            key=key,
            label=label,
            month=found.month,
            year_to_date=found.year_to_date,
            last_year=found.last_year if existed else None,
        )
        for key, (label, found) in columns.items()
        if found.month or found.year_to_date or found.last_year
    ]
    return tuple(sorted(rows, key=lambda row: (-row.month, -row.year_to_date, row.key)))


def _history(
    movements: Iterable[month_readings.Movement], month: date, opened_on: date | None
) -> tuple[tuple[date, Decimal], ...]:
    """Sales month by month, from the month the activity opened in."""
    first = month_readings.months_back(month, MONTHS_TOLD - 1)
    if opened_on:
        first = min(max(first, opened_on.replace(day=1)), month)
    sums = dict.fromkeys(month_readings.months(first, month), money.ZERO)
    for each in movements:
        nature = natures.of_result(each.account)
        if nature and nature[0] is Side.SALES and each.month in sums:
            sums[each.month] -= each.amount
    return tuple(sums.items())


def _cash(balances: Mapping[str, Decimal]) -> Decimal:
    return cash_rules.by_term(balances)[Term.CASH]


def _moves(beside: Mapping[str, Decimal]) -> tuple[Keyed, ...]:
    """Say why money moved: what stands beside cash in the same entries, the other way round."""
    sums: defaultdict[str, Decimal] = defaultdict(lambda: money.ZERO)
    for account, amount in beside.items():
        sums[natures.of_move(account)] -= amount
    ordered = sorted(sums.items(), key=lambda each: (-each[1], each[0]))
    return tuple(Keyed(key, amount) for key, amount in ordered if amount)


def _owed(items: Iterable[OpenItem]) -> tuple[Owed, ...]:
    return tuple(
        Owed(
            party=each.party,
            document=each.document,
            since_on=each.since_on,
            due_on=each.due_on,
            amount=each.amount,
        )
        for each in items
    )
