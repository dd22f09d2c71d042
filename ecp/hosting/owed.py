"""Who owes an activity and whom it owes, by document: what was paid for a document is that document's.

Documents of sales and purchases know what was paid of them. What the books hold besides, entries that were imported or
typed, is covered the oldest first, and what is too much there covers the documents of the same party.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ecp import money
from ecp.accounting import month_readings
from ecp.accounting.month_readings import OpenItem
from ecp.purchasing import bills
from ecp.sales import reading

CUSTOMERS, SUPPLIERS = ("342",), ("441", "448")
_OF_SALES = ("invoice:%", "credit\\_note:%", "payment:%", "refund:%")
_OF_PURCHASES = ("purchase:%", "purchase-payment:%")

Items = dict[int, list[OpenItem]]


def receivables(enterprise_id: int, activity_ids: Sequence[int], on: date) -> Items:
    """Give what customers have still to pay at the end of a day, by activity, what fell due first before the rest."""
    documents = [each for each in reading.open_at(enterprise_id, activity_ids, on) if each.left > 0]
    others = month_readings.open_items(
        enterprise_id, activity_ids, on, accounts=CUSTOMERS, owing="debit", apart_from=_OF_SALES
    )
    return _covered(_items(documents), others)


def payables(enterprise_id: int, activity_ids: Sequence[int], on: date) -> Items:
    """Give what the activity has still to pay at the end of a day, what it is to give back to customers included."""
    documents: list[reading.OpenDocument | bills.OpenDocument] = [
        *bills.open_at(enterprise_id, activity_ids, on),
        *_to_refund(enterprise_id, activity_ids, on),
    ]
    others = month_readings.open_items(
        enterprise_id, activity_ids, on, accounts=SUPPLIERS, owing="credit", apart_from=_OF_PURCHASES
    )
    return _covered(_items(documents), others)


def refunds(enterprise_id: int, activity_ids: Sequence[int], on: date) -> dict[int, Decimal]:
    """Add up, by activity, what customers paid too much and did not get back yet."""
    sums: defaultdict[int, Decimal] = defaultdict(lambda: money.ZERO)
    for each in _to_refund(enterprise_id, activity_ids, on):
        sums[each.activity_id] += each.left
    return sums


def _to_refund(enterprise_id: int, activity_ids: Sequence[int], on: date) -> list[reading.OpenDocument]:
    found = reading.open_at(enterprise_id, activity_ids, on, credited=True)
    return [replace(each, left=-each.left) for each in found if each.left < 0]


def _items(documents: Iterable[reading.OpenDocument | bills.OpenDocument]) -> Items:
    found: Items = {}
    for each in documents:
        item = OpenItem(
            party_id=each.party_id,
            party=each.party,
            document=each.document,
            since_on=each.since_on,
            due_on=each.due_on,
            amount=each.left,
        )
        found.setdefault(each.activity_id, []).append(item)
    return found


def _covered(documents: Items, others: Items) -> Items:
    """Put documents and other lines together; a party that is ahead in the others has paid its oldest documents."""
    found: Items = {}
    for activity_id in {*documents, *others}:
        ahead: defaultdict[int | None, Decimal] = defaultdict(lambda: money.ZERO)
        open_ones = list(documents.get(activity_id, ()))
        for each in others.get(activity_id, ()):
            if each.amount < 0:
                ahead[each.party_id] -= each.amount
            else:
                open_ones.append(each)
        kept = []
        for each in sorted(open_ones, key=lambda item: (item.due_on, item.since_on, item.document)):
            part = min(ahead[each.party_id], each.amount)
            ahead[each.party_id] -= part
            if part < each.amount:
                kept.append(replace(each, amount=each.amount - part))
        if kept:
            found[activity_id] = kept
    return found
