"""Drafts of invoices, credit notes and quotes, and the steps that lead them to their issue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import catalog, money, parties, vat
from ecp.db import session, told
from ecp.errors import NotFound, Problem
from ecp.sales import pricing, refusals
from ecp.sales.errors import ChangedMeanwhile, CreditExceedsInvoice, DocumentInvalid, NoSuchStep

assert refusals  # noqa: S101 (importing it is what tells the database's refusals)
CHANNELS = ("workshop", "shop", "fair", "consignment", "trade", "online", "export")
EDITABLE = ("draft", "sent_back", "submitted")


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line as it is typed; the price is in dirhams with up to four decimals, the discount a fraction."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    vat_category: str
    unit: str = ""
    discount_rate: Decimal = Decimal(0)
    is_service: bool = False
    product_id: int | None = None
    original_position: int | None = None


@dataclass(frozen=True, kw_only=True)
class Line(Item):
    """A line of a document, with the rate of its day and, once issued, its amounts."""

    position: int
    vat_rate: Decimal
    net: Decimal | None
    vat: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Document:
    """An invoice, a credit note or a quote."""

    id: int
    enterprise_id: int
    activity_id: int
    activity: str
    party_id: int
    party: str
    kind: str
    state: str
    channel: str
    prices: str
    language: str
    due_on: date | None
    means: str
    """How it is to be paid (R4.2); empty where that was not asked, as on a credit note."""
    delivered_on: date | None
    reference: str
    note: str
    reason: str
    comment: str
    original_id: int | None
    original: str | None
    original_on: date | None
    version: int
    number: str | None
    issued_on: date | None
    vat_regime: str | None
    net: Decimal | None
    vat: Decimal | None
    gross: Decimal | None
    paid: Decimal
    credited: Decimal
    papers: dict[str, Any] | None
    made_at: datetime
    lines: tuple[Line, ...]

    @property
    def left(self) -> Decimal:
        """What is still to pay, credit notes deducted; negative where the customer is to be given money back."""
        return (self.gross or money.ZERO) - self.paid - self.credited

    def priced(self) -> pricing.Priced:
        """Give the amounts that the lines have, else compute them."""
        known = [pricing.Amounts(line.net, line.vat) for line in self.lines if line.net is not None is not line.vat]
        if len(known) == len(self.lines):
            return pricing.Priced(tuple(map(_priceable, self.lines)), tuple(known))
        return price(self.lines, self.prices)


def price(lines: Sequence[Line], prices: str) -> pricing.Priced:
    """Compute lines, net or gross as they were typed."""
    return pricing.price([_priceable(line) for line in lines], pricing.Prices(prices))


def _priceable(line: Line) -> pricing.Line:
    names = ("quantity", "unit_price", "vat_category", "vat_rate", "discount_rate")
    return pricing.Line(**{name: getattr(line, name) for name in names})


def rated(items: Sequence[Item], on: date) -> tuple[Line, ...]:
    """Give each line the VAT rate of a day.

    Raises: UnknownCategory, NoRate.
    """
    return tuple(
        Line(
            **{name: getattr(item, name) for name in Item.__dataclass_fields__},
            position=place,
            vat_rate=vat.rate(item.vat_category, on),
            net=None,
            vat=None,
        )
        for place, item in enumerate(items, 1)
    )


def draft(  # noqa: PLR0913 (what a document says)
    *,
    enterprise_id: int,
    activity_id: int,
    party_id: int,
    items: Sequence[Item],
    on: date,
    key: str,
    kind: str = "invoice",
    original_id: int | None = None,
    **fields: Any,
) -> int:
    """Keep a new draft and give its id; the same key again gives the first one (a double click, a repeated request).

    An invoice without a day to pay by has the customer's terms.

    Raises: NotFound, DocumentInvalid with each field, named as the form names it.
    """
    known = kept(enterprise_id, key)
    if known is not None:
        return known
    customer = parties.one(party_id)
    if customer.activity_id != activity_id:
        raise NotFound
    _check_products(items, activity_id)
    lines = _checked(items, str(fields.get("prices", "net")), on, kind)
    values = {**_FIELDS, **fields, "party_id": party_id, "original_id": original_id, "kind": kind, "key": key}
    values |= {"enterprise_id": enterprise_id, "activity_id": activity_id}
    if kind == "invoice" and not values["due_on"] and customer.payment_days:
        values["due_on"] = on + timedelta(days=customer.payment_days)
    columns = list(values)
    marks = ", ".join(f":{name}" for name in columns)
    query = sa.text(
        f"insert into sales_document ({', '.join(columns)}, made_by)"
        f" values ({marks}, (select walls_person())) on conflict (enterprise_id, key) do nothing returning id"
    )
    made = session.execute(query, values).scalar()
    if made is None:  # the same request, a moment earlier
        return int(session.execute(_BY_KEY, {"enterprise": enterprise_id, "key": key}).scalar_one())
    _write_lines(enterprise_id, activity_id, int(made), lines)
    return int(made)


def kept(enterprise_id: int, key: str) -> int | None:
    """Give the document that a request kept already, by its key; None where there is none."""
    known = session.execute(_BY_KEY, {"enterprise": enterprise_id, "key": key}).scalar()
    return None if known is None else int(known)


def usual_means(activity_id: int) -> str:
    """Say how the last document of an activity is to be paid; by transfer where there is none."""
    return session.execute(_LAST_MEANS, {"activity": activity_id}).scalar() or "transfer"


def change(document_id: int, *, version: int, items: Sequence[Item], on: date, **fields: Any) -> None:
    """Change a draft; `version` is the one that was read.

    Raises: NotFound, DocumentInvalid, NoSuchStep once issued, ChangedMeanwhile.
    """
    known = one(document_id)
    if known.state not in EDITABLE or known.number:
        raise NoSuchStep
    if "party_id" in fields and parties.one(fields["party_id"]).activity_id != known.activity_id:
        raise NotFound
    _check_products(items, known.activity_id)
    lines = _checked(items, str(fields.get("prices", known.prices)), on, known.kind)
    _next_version(document_id, version, **fields)
    session.execute(_DELETE_LINES, {"enterprise": known.enterprise_id, "document": document_id})
    _write_lines(known.enterprise_id, known.activity_id, document_id, lines)


def _next_version(document_id: int, version: int, **fields: Any) -> None:
    sets = "".join(f"{name} = :{name}, " for name in fields)
    query = sa.text(
        f"update sales_document set {sets}version = version + 1"
        " where id = :document and version = :version and number is null returning id"
    )
    if session.execute(query, {"document": document_id, "version": version, **fields}).scalar() is None:
        raise ChangedMeanwhile


def discard(document_id: int) -> None:
    """Throw a draft away; raises NotFound, NoSuchStep once issued."""
    known = one(document_id)
    if known.number or known.state not in EDITABLE:
        raise NoSuchStep
    values = {"enterprise": known.enterprise_id, "document": document_id}
    if session.execute(_DISCARD, values).scalar() is None:
        raise NoSuchStep


def rerate(document: Document, on: date) -> None:
    """Give the lines of what is about to be issued the VAT rates of a day; raises ChangedMeanwhile."""
    _next_version(document.id, document.version)
    rates = [
        {
            "enterprise": document.enterprise_id,
            "document": document.id,
            "position": line.position,
            "rate": vat.rate(line.vat_category, on),
        }
        for line in document.lines
    ]
    session.execute(_RERATE, rates)


def move(document_id: int, state: str, *, comment: str = "", version: int | None = None) -> None:
    """Submit, approve, send back, take back; accept or decline a quote; as it was read where `version` says so.

    Raises: NotFound, NoSuchStep, ChangedMeanwhile.
    """
    known = one(document_id)
    values = {
        "enterprise": known.enterprise_id,
        "document": document_id,
        "state": state,
        "comment": comment.strip(),
        "seen": version,
    }
    with told():
        session.execute(_MOVE, values)


def one(document_id: int) -> Document:
    """Give a document with its lines; raises NotFound."""
    row = session.execute(_ONE, {"document": document_id}).one_or_none()
    if row is None:
        raise NotFound
    lines = _lines(row.enterprise_id, document_id)
    if row.kind == "credit_note" and row.number is None:
        lines = _taken_back(row, lines)
    values = dict(row._mapping)  # noqa: SLF001
    for name in ("net", "vat", "gross", "paid", "credited"):
        values[name] = None if values[name] is None else money.from_centimes(values[name])
    return Document(**values, lines=lines)


def credited(enterprise_id: int, invoice_id: int) -> dict[int, Decimal]:
    """Give what issued credit notes took back of an invoice: quantity by the position of its line."""
    rows = session.execute(_CREDITED, {"enterprise": enterprise_id, "invoice": invoice_id})
    return {row.position: row.quantity for row in rows}


def _taken_back(row: sa.Row[Any], lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Price the lines of a credit note to be issued by what its invoice loses; as they are where less is left of it."""
    invoice = _lines(row.enterprise_id, row.original_id)
    before = credited(row.enterprise_id, row.original_id)
    wanted = {line.original_position: line.quantity for line in lines}
    try:
        priced = pricing.credit(
            [_priceable(line) for line in invoice],
            pricing.Prices(row.prices),
            credited=[before.get(line.position, Decimal(0)) for line in invoice],
            quantities=[wanted.get(line.position, Decimal(0)) for line in invoice],
        )
    except CreditExceedsInvoice:
        return lines
    lost = {line.position: -amounts for line, amounts in zip(invoice, priced.amounts, strict=True)}
    return tuple(
        replace(line, net=lost[line.original_position].net, vat=lost[line.original_position].vat)
        for line in lines
        if line.original_position is not None
    )


def _lines(enterprise_id: int, document_id: int) -> tuple[Line, ...]:
    rows = session.execute(_LINES, {"enterprise": enterprise_id, "document": document_id})
    return tuple(_line(each) for each in rows)


def _line(row: sa.Row[Any]) -> Line:
    values = dict(row._mapping)  # noqa: SLF001
    for name in ("net", "vat"):
        values[name] = None if values[name] is None else money.from_centimes(values[name])
    return Line(**values)


def _check_products(items: Sequence[Item], activity_id: int) -> None:
    """Articles are the activity's own; raises NotFound."""
    named = {item.product_id for item in items} - {None}
    if named and not named <= {each.id for each in catalog.of_activity(activity_id)}:
        raise NotFound


def _checked(items: Sequence[Item], prices: str, on: date, kind: str) -> tuple[Line, ...]:
    problems = [
        Problem("À remplir.", f"lines-{place}-description")
        for place, item in enumerate(items)
        if not item.description.strip()
    ]
    lines = rated(items, on)
    if kind != "credit_note":
        problems += pricing.problems(price(lines, prices).lines, pricing.Prices(prices))
    if problems or not lines:
        raise DocumentInvalid(problems)
    return lines


def _write_lines(enterprise_id: int, activity_id: int, document_id: int, lines: Sequence[Line]) -> None:
    rows = [
        {
            "enterprise_id": enterprise_id,
            "activity_id": activity_id,
            "document_id": document_id,
            **{name: getattr(line, name) for name in _LINE_COLUMNS},
        }
        for line in lines
    ]
    session.execute(_WRITE_LINE, rows)


_FIELDS = {
    "channel": "workshop",
    "prices": "net",
    "language": "fr",
    "due_on": None,
    "means": "",
    "delivered_on": None,
    "reference": "",
    "note": "",
    "reason": "",
}
_LINE_COLUMNS = (
    "position",
    "product_id",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount_rate",
    "vat_category",
    "vat_rate",
    "is_service",
    "original_position",
)
_BY_KEY = sa.text("select id from sales_document where enterprise_id = :enterprise and key = :key")
_WRITE_LINE = sa.text(
    f"insert into sales_line (enterprise_id, activity_id, document_id, {', '.join(_LINE_COLUMNS)})"
    f" values (:enterprise_id, :activity_id, :document_id, {', '.join(f':{name}' for name in _LINE_COLUMNS)})"
)
_LAST_MEANS = sa.text("""
    select means from sales_document where activity_id = :activity and means <> '' order by id desc limit 1
""")
_DELETE_LINES = sa.text("delete from sales_line where enterprise_id = :enterprise and document_id = :document")
_DISCARD = sa.text("""
    delete from sales_document where enterprise_id = :enterprise and id = :document and number is null returning id
""")
_RERATE = sa.text("""
    update sales_line set vat_rate = :rate
    where enterprise_id = :enterprise and document_id = :document and position = :position
""")
_MOVE = sa.text("select sales_move(:enterprise, :document, :state, :comment, :seen)")
_LINES = sa.text(f"""
    select {", ".join(_LINE_COLUMNS)}, net, vat from sales_line
    where enterprise_id = :enterprise and document_id = :document order by position
""")
_CREDITED = sa.text("""
    select l.original_position as position, sum(l.quantity) as quantity
    from sales_document d join sales_line l on l.enterprise_id = d.enterprise_id and l.document_id = d.id
    where d.enterprise_id = :enterprise and d.original_id = :invoice and d.kind = 'credit_note'
      and d.number is not null and l.original_position is not null
    group by l.original_position
""")
PAID = """
    coalesce((select sum(x.amount) from payment_part x
        where x.enterprise_id = d.enterprise_id and x.document_id = d.id), 0)
    - coalesce((select sum(r.amount) from refund r
        where r.enterprise_id = d.enterprise_id and r.document_id = d.id), 0)
"""
"""What was paid of an invoice `d`, in centimes, less what was given back."""
CREDITED = """
    coalesce((select sum(c.gross) from sales_document c where c.enterprise_id = d.enterprise_id
        and c.original_id = d.id and c.kind = 'credit_note' and c.number is not null), 0)
"""
"""What credit notes took back of an invoice `d`, in centimes."""
_ONE = sa.text(f"""
    select d.id, d.enterprise_id, d.activity_id, a.name as activity, d.party_id, p.name as party, d.kind, d.state,
        d.channel, d.prices, d.language, d.due_on, d.means, d.delivered_on, d.reference, d.note, d.reason, d.comment,
        d.original_id, o.number as original, o.issued_on as original_on, d.version, d.number, d.issued_on,
        d.vat_regime, d.net, d.vat, d.gross, d.papers, d.made_at,
        cast({PAID} as bigint) as paid, cast({CREDITED} as bigint) as credited
    from sales_document d
    join party p on p.enterprise_id = d.enterprise_id and p.id = d.party_id
    join activity a on a.enterprise_id = d.enterprise_id and a.id = d.activity_id
    left join sales_document o on o.enterprise_id = d.enterprise_id and o.id = d.original_id
    where d.id = :document
""")
