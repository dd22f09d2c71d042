"""Who owes an activity and whom it owes, by document: what was paid for a document is that document's.

Documents of sales and purchases know what was paid of them. What the books hold besides, entries that were imported or
typed, is covered the oldest first, and what is too much there covers the documents of the same party.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ecp import money
from ecp.accounting import open_items
from ecp.accounting.open_items import OpenItem
from ecp.purchasing import bills
from ecp.sales import reading

CUSTOMERS, SUPPLIERS = ("342",), ("441", "448")
_OF_SALES = ("invoice:%", "credit\\_note:%", "payment:%", "refund:%")
_OF_PURCHASES = ("purchase:%", "purchase-payment:%")

Items = dict[int, list[OpenItem]]


@dataclass(frozen=True, kw_only=True)
class Owed:
    """By activity, what fell due first before the rest; what is to be given back to customers is among the payables."""

    receivables: Items
    payables: Items
    refunds: dict[int, Decimal]


def read(enterprise_id: int, activity_ids: Sequence[int], on: date) -> Owed:
    """Read what customers have still to pay at the end of a day, and what activities have still to pay."""
    to_pay, to_refund = _split(reading.open_at(enterprise_id, activity_ids, on))
    bought = bills.open_at(enterprise_id, activity_ids, on)
    others = {
        owing: open_items.read(enterprise_id, activity_ids, on, accounts=accounts, owing=owing, apart_from=apart_from)
        for owing, accounts, apart_from in (
            ("debit", CUSTOMERS, _OF_SALES),
            ("credit", SUPPLIERS, _OF_PURCHASES),
        )
    }
    owed = {each: [*bought.get(each, ()), *to_refund.get(each, ())] for each in {*bought, *to_refund}}
    return Owed(
        receivables=_covered(to_pay, others["debit"]),
        payables=_covered(owed, others["credit"]),
        refunds=_sums(to_refund),
    )


def refunds(enterprise_id: int, activity_ids: Sequence[int], on: date) -> dict[int, Decimal]:
    """Add up, by activity, what customers paid too much and did not get back yet."""
    _, to_refund = _split(reading.open_at(enterprise_id, activity_ids, on, credited=True))
    return _sums(to_refund)


def _split(documents: Items) -> tuple[Items, Items]:
    """Part invoices that customers have to pay from those paid too much, which become positive."""
    to_pay = {activity: [each for each in items if each.amount > 0] for activity, items in documents.items()}
    to_refund = {
        activity: [replace(each, amount=-each.amount) for each in items if each.amount < 0]
        for activity, items in documents.items()
    }
    return to_pay, to_refund


def _sums(items: Items) -> dict[int, Decimal]:
    return {activity: sum((each.amount for each in some), money.ZERO) for activity, some in items.items()}


def _covered(documents: Items, others: Items) -> Items:
    """Put documents and other lines together; a party that is ahead in the others has paid its oldest documents."""
    found: Items = {}
    for activity_id in {*documents, *others}:
        ahead: defaultdict[int | None, Decimal] = defaultdict(lambda: money.ZERO)
        pending = list(documents.get(activity_id, ()))
        for each in others.get(activity_id, ()):
            if each.amount < 0:
                ahead[each.party_id] -= each.amount
            else:
                pending.append(each)
        kept = []
        for each in sorted(pending, key=lambda item: (item.due_on, item.since_on, item.document)):
            part = min(ahead[each.party_id], each.amount)
            ahead[each.party_id] -= part
            if part < each.amount:
                kept.append(replace(each, amount=each.amount - part))
        if kept:
            found[activity_id] = kept
    return found
