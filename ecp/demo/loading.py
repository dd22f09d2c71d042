"""Telling the demonstration's story to the services: older months through the bulk door, recent ones as documents.

Each step is one transaction with sources of its own, so a load that is cut is taken up where it stopped. Months are
closed as they pass, but for the last two.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import sqlalchemy as sa
from flask import Flask

from ecp import clock, money, parties, vat, walls
from ecp.accounting import periods, posting
from ecp.accounting.posting import Draft, DraftLine
from ecp.db import session, transaction
from ecp.demo import story
from ecp.demo.houses import DOMAIN, HOUSES, LOGINS, PASSWORD, House, add_people, open_house
from ecp.demo.trades import Trade
from ecp.hosting import month, portfolio
from ecp.purchasing import bills
from ecp.purchasing import postings as purchase_postings
from ecp.sales import documents, issuing, payments, postings
from ecp.sales.documents import Item

MONTHS = 18
OPEN_MONTHS, MONTHS_OF_DOCUMENTS = 2, 3
START_OF_ACTIVITY = Decimal("8000.00")


def fill(app: Flask) -> list[str]:
    """Load the demonstration where nothing lives yet; gives the logins to show, nothing where real data lives."""
    with app.app_context(), walls.system():
        with transaction():
            codes = set(session.execute(sa.text("select code from enterprise")).scalars())
            is_whole = _is_whole()
        if codes - {house[0] for house in HOUSES}:
            return []
        if not is_whole:
            _say("Chargement de la démonstration : deux entreprises, vingt-quatre activités, dix-huit mois…")
            _load()
        return [f"    {label:<28} {name}@{DOMAIN}" for label, name in LOGINS] + [f"    mot de passe : {PASSWORD}", ""]


def _is_whole() -> bool:
    query = sa.text("select exists (select 1 from trail where what = 'demo:loaded')")
    return bool(session.execute(query).scalar_one())


def _load() -> None:
    today = clock.today()
    first = story.months(date(today.year - 2, 1, 1), today)[-MONTHS]
    houses = []
    for row in HOUSES:
        with transaction():
            houses.append(open_house(row, first))
    with transaction():
        add_people(houses)
    all_months = story.months(first, today)
    for age, of in enumerate(all_months):
        _say(f"  {of:%Y-%m}")
        for house in houses:
            _month(house, of, age, today, as_documents=age >= MONTHS - MONTHS_OF_DOCUMENTS)
            if age < MONTHS - OPEN_MONTHS:
                _close(house, of)
    with transaction():
        posting.refresh_statistics()
        for house in houses:
            _waiting(house, today)
            portfolio.refresh_open(house.enterprise_id, today)
        walls.note("demo:loaded")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def _on(day: date) -> Iterator[None]:
    """Live a day of the past: what is issued then was issued then."""
    before = clock.stopped()
    clock.stop(datetime.combine(day, time(17), UTC))
    try:
        yield
    finally:
        clock.stop(before)


def _month(house: House, of: date, age: int, today: date, *, as_documents: bool) -> None:
    """Tell a month to the books: entries at once, or documents one by one in the order of days."""
    told = {trade.code: story.month(trade, of, age=age, today=today) for trade in house.trades}
    with transaction():
        drafts = list(_opening(house, of)) if age == 0 else []
        drafts += _running_costs(house, of, today)
        for trade in house.trades:
            drafts += _purchase_entries(house, trade, told[trade.code].bought, today)
            if not as_documents:
                drafts += _sale_entries(house, trade, told[trade.code].sales, today)
        drafts = [draft for draft in drafts if not periods.is_closed(house.enterprise_id, draft.on)]
        posting.post_many(sorted(drafts, key=lambda draft: draft.on))
    if as_documents:
        _documents(house, told, today)


def _opening(house: House, of: date) -> Iterator[Draft]:
    """Each activity brings some money."""
    for trade in house.trades:
        activity_id = house.activities[trade.code]
        yield _entry(
            house,
            "BQ",
            of,
            "Apport de démarrage",
            f"demo:start:{trade.code}",
            [("5141", activity_id, START_OF_ACTIVITY), ("1117", activity_id, -START_OF_ACTIVITY)],
        )


def _running_costs(house: House, of: date, today: date) -> list[Draft]:
    """What the house itself spends."""
    on = of.replace(day=5)
    if on > today:
        return []
    costs = (("61311", "6131", "Loyer de la maison", "2400.00"), ("bank", "6147", "Frais bancaires", "85.00"))
    return [
        _entry(
            house,
            "BQ",
            on,
            label,
            f"demo:house:{key}:{of:%Y%m}",
            [(account, house.structure_id, Decimal(amount)), ("5141", house.structure_id, -Decimal(amount))],
        )
        for key, account, label, amount in costs
    ]


def _sale_entries(house: House, trade: Trade, sales: Iterable[story.Sale], today: date) -> Iterator[Draft]:
    """A sale and its payment as entries, as an older program would have left them."""
    activity_id = house.activities[trade.code]
    sales = list(sales)
    known = parties.ensure(house.enterprise_id, {(activity_id, sale.customer) for sale in sales}, suppliers=False)
    for sale in sales:
        rate = vat.rate(trade.vat, sale.on)
        net = money.from_centimes(sum(trade.products[place][2] * quantity for place, quantity in sale.lines))
        tax = money.rounded(net * rate)
        party = known[activity_id, sale.customer]
        account = postings.SALES[trade.is_service]
        lines = [("34211", activity_id, net + tax), (account, activity_id, -net)]
        lines += [(postings.pending(rate), activity_id, -tax)]
        yield _entry(house, "VT", sale.on, f"Vente {sale.customer}", f"demo:sale:{sale.key}", lines, party)
        if sale.paid_after is None or sale.on + timedelta(days=sale.paid_after) > today:
            continue
        paid_on = sale.on + timedelta(days=sale.paid_after)
        cash = sale.means == "cash"
        lines = [("5161" if cash else "5141", activity_id, net + tax), ("34211", activity_id, -(net + tax))]
        lines += [(postings.pending(rate), activity_id, tax), (postings.due(rate), activity_id, -tax)]
        journal = "CA" if cash else "BQ"
        yield _entry(house, journal, paid_on, f"Règlement {sale.customer}", f"demo:paid:{sale.key}", lines, party)


def _purchase_entries(house: House, trade: Trade, bought: Iterable[story.Bought], today: date) -> Iterator[Draft]:
    activity_id = house.activities[trade.code]
    bought = list(bought)
    known = parties.ensure(house.enterprise_id, {(activity_id, each.supplier) for each in bought}, customers=False)
    for each in bought:
        gross = money.from_centimes(each.gross)
        net = money.rounded(gross / Decimal("1.20"))
        tax = gross - net
        party = known[activity_id, each.supplier]
        cost = purchase_postings.NATURES[each.nature]
        lines = [(cost, activity_id, net), (purchase_postings.VAT_PENDING, activity_id, tax)]
        lines += [(purchase_postings.SUPPLIERS, activity_id, -gross)]
        yield _entry(house, "AC", each.on, f"{each.label} · {each.supplier}", f"demo:bought:{each.key}", lines, party)
        paid_on = each.on + timedelta(days=each.paid_after)
        if paid_on <= today:
            lines = [(purchase_postings.SUPPLIERS, activity_id, gross), ("5141", activity_id, -gross)]
            lines += [(purchase_postings.VAT, activity_id, tax), (purchase_postings.VAT_PENDING, activity_id, -tax)]
            yield _entry(house, "BQ", paid_on, f"Paiement {each.supplier}", f"demo:out:{each.key}", lines, party)


def _entry(  # noqa: PLR0913, PLR0917 (what an entry says)
    house: House,
    journal: str,
    on: date,
    label: str,
    source: str,
    lines: list[tuple[str, int, Decimal]],
    party_id: int | None = None,
) -> Draft:
    return Draft(
        enterprise_id=house.enterprise_id,
        journal=journal,
        on=on,
        label=label,
        source=source,
        lines=tuple(
            DraftLine(
                account=account,
                activity_id=activity_id,
                debit=max(amount, money.ZERO),
                credit=max(-amount, money.ZERO),
                party_id=party_id if account in {"34211", "44111"} else None,
                due_on=on + timedelta(days=30) if account in {"34211", "44111"} else None,
            )
            for account, activity_id, amount in lines
            if amount
        ),
    )


def _documents(house: House, told: dict[str, story.Month], today: date) -> None:
    """Issue the month's invoices in the order of days, and take the payments that came."""
    sales = [(sale, trade) for trade in house.trades for sale in told[trade.code].sales]
    for sale, trade in sorted(sales, key=lambda pair: (pair[0].on, pair[0].key)):
        with _on(sale.on), transaction():
            document_id = _draft(house, trade, sale, sale.on)
            issuing.issue(document_id, on=sale.on)
        paid_on = sale.on + timedelta(days=sale.paid_after) if sale.paid_after is not None else None
        if paid_on and paid_on <= today:
            with transaction():
                left = documents.one(document_id).left
                if left > 0 and not periods.is_closed(house.enterprise_id, paid_on):
                    payments.receive({document_id: left}, on=paid_on, means=sale.means, key=f"demo:{sale.key}")


def _draft(house: House, trade: Trade, sale: story.Sale, on: date) -> int:
    activity_id = house.activities[trade.code]
    known = parties.ensure(house.enterprise_id, {(activity_id, sale.customer)}, suppliers=False)
    items = [
        Item(
            description=trade.products[place][0],
            unit=trade.products[place][1],
            quantity=Decimal(quantity),
            unit_price=money.from_centimes(trade.products[place][2]),
            vat_category=trade.vat,
            is_service=trade.is_service,
        )
        for place, quantity in sale.lines
    ]
    return documents.draft(
        enterprise_id=house.enterprise_id,
        activity_id=activity_id,
        party_id=known[activity_id, sale.customer],
        items=items,
        on=on,
        key=f"demo:{sale.key}",
        channel=sale.channel,
        language=trade.language,
        due_on=on + timedelta(days=30),
        means=sale.means,
    )


def _close(house: House, of: date) -> None:
    """Run the month's end up to its figures; papers are printed by the workers."""
    with transaction():
        run = month.found(house.enterprise_id, of) or month.start(house.enterprise_id, of)
    for _ in range(100):
        if run.state in {"printing", "done", "incomplete"}:
            break
        with transaction():
            run = month.advance(house.enterprise_id, of)


def _waiting(house: House, today: date) -> None:
    """Leave something on the accountant's desk: documents to approve, expenses handed in, a quote."""
    for trade in house.trades[-3:]:
        sale = story.Sale(
            key=f"waiting:{trade.code}",
            on=today,
            customer="Hôtel Imaginaire",
            channel="trade",
            lines=((0, 1),),
            paid_after=None,
            means="transfer",
        )
        document_id = _draft(house, trade, sale, today)
        if documents.one(document_id).state == "draft":
            documents.move(document_id, "submitted")
    for trade in house.trades[:3]:
        activity_id = house.activities[trade.code]
        supplier = parties.ensure(house.enterprise_id, {(activity_id, "Fournitures Exemple")}, customers=False)
        bought = bills.Bought(
            party_id=supplier[activity_id, "Fournitures Exemple"],
            kind="bill",
            billed_on=today - timedelta(days=2),
            nature="consumables",
            label="Petites fournitures",
            gross=Decimal("240.00"),
            vat_category="standard",
            reference="FE-118",
        )
        key = f"demo:waiting:{trade.code}"
        bills.submit(bought, enterprise_id=house.enterprise_id, activity_id=activity_id, key=key)
