"""Drafts of invoices, credit notes and quotes, and the steps that lead them to their issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import money, parties, vat
from ecp.db import session, told
from ecp.errors import NotFound, Problem
from ecp.sales import pricing, refusals
from ecp.sales.errors import ChangedMeanwhile, DocumentInvalid, NoSuchStep

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
        """What is still to pay, credit notes deducted."""
        return (self.gross or money.ZERO) - self.paid - self.credited

    def priced(self) -> pricing.Priced:
        """Compute the document from its lines."""
        return price(self.lines, self.prices)


def price(lines: Sequence[Line], prices: str) -> pricing.Priced:
    """Compute lines, net or gross as they were typed."""
    return pricing.price(
        [
            pricing.Line(
                quantity=line.quantity,
                unit_price=line.unit_price,
                vat_category=line.vat_category,
                vat_rate=line.vat_rate,
                discount_rate=line.discount_rate,
            )
            for line in lines
        ],
        pricing.Prices(prices),
    )


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

    Raises: NotFound, DocumentInvalid with each field, named as the form names it.
    """
    known = kept(enterprise_id, key)
    if known is not None:
        return known
    if parties.one(party_id).activity_id != activity_id:
        raise NotFound
    lines = _checked(items, str(fields.get("prices", "net")), on, kind)
    values = {**_FIELDS, **fields, "party_id": party_id, "original_id": original_id, "kind": kind, "key": key}
    values |= {"enterprise_id": enterprise_id, "activity_id": activity_id}
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


def change(document_id: int, *, version: int, items: Sequence[Item], on: date, **fields: Any) -> None:
    """Change a draft; `version` is the one that was read.

    Raises: NotFound, DocumentInvalid, NoSuchStep once issued, ChangedMeanwhile.
    """
    known = one(document_id)
    if known.state not in EDITABLE or known.number:
        raise NoSuchStep
    if "party_id" in fields and parties.one(fields["party_id"]).activity_id != known.activity_id:
        raise NotFound
    lines = _checked(items, str(fields.get("prices", known.prices)), on, known.kind)
    sets = ", ".join(f"{name} = :{name}" for name in fields)
    query = sa.text(
        f"update sales_document set {sets}{',' if sets else ''} version = version + 1"
        " where id = :document and version = :version and number is null returning id"
    )
    if session.execute(query, {"document": document_id, "version": version, **fields}).scalar() is None:
        raise ChangedMeanwhile
    session.execute(_DELETE_LINES, {"enterprise": known.enterprise_id, "document": document_id})
    _write_lines(known.enterprise_id, known.activity_id, document_id, lines)


def discard(document_id: int) -> None:
    """Throw a draft away; raises NotFound, NoSuchStep once issued."""
    known = one(document_id)
    if known.number or known.state not in EDITABLE:
        raise NoSuchStep
    session.execute(_DISCARD, {"enterprise": known.enterprise_id, "document": document_id})


def move(document_id: int, state: str, *, comment: str = "") -> None:
    """Submit, approve, send back, take back; accept or decline a quote.

    Raises: NotFound, NoSuchStep.
    """
    known = one(document_id)
    values = {"enterprise": known.enterprise_id, "document": document_id, "state": state, "comment": comment.strip()}
    with told():
        session.execute(_MOVE, values)


def one(document_id: int) -> Document:
    """Give a document with its lines; raises NotFound."""
    row = session.execute(_ONE, {"document": document_id}).one_or_none()
    if row is None:
        raise NotFound
    rows = session.execute(_LINES, {"enterprise": row.enterprise_id, "document": document_id})
    values = dict(row._mapping)  # noqa: SLF001
    for name in ("net", "vat", "gross", "paid", "credited"):
        values[name] = None if values[name] is None else money.from_centimes(values[name])
    return Document(**values, lines=tuple(_line(each) for each in rows))


def _line(row: sa.Row[Any]) -> Line:
    values = dict(row._mapping)  # noqa: SLF001
    for name in ("net", "vat"):
        values[name] = None if values[name] is None else money.from_centimes(values[name])
    return Line(**values)


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
_DELETE_LINES = sa.text("delete from sales_line where enterprise_id = :enterprise and document_id = :document")
_DISCARD = sa.text("delete from sales_document where enterprise_id = :enterprise and id = :document")
_MOVE = sa.text("select sales_move(:enterprise, :document, :state, :comment)")
_LINES = sa.text(f"""
    select {", ".join(_LINE_COLUMNS)}, net, vat from sales_line
    where enterprise_id = :enterprise and document_id = :document order by position
""")
_ONE = sa.text("""
    select d.id, d.enterprise_id, d.activity_id, a.name as activity, d.party_id, p.name as party, d.kind, d.state,
        d.channel, d.prices, d.language, d.due_on, d.delivered_on, d.reference, d.note, d.reason, d.comment,
        d.original_id, o.number as original, o.issued_on as original_on, d.version, d.number, d.issued_on,
        d.vat_regime, d.net, d.vat, d.gross, d.papers, d.made_at,
        coalesce((select sum(x.amount) from payment_part x
            where x.enterprise_id = d.enterprise_id and x.document_id = d.id), 0)::bigint as paid,
        coalesce((select sum(c.gross) from sales_document c where c.enterprise_id = d.enterprise_id
            and c.original_id = d.id and c.kind = 'credit_note' and c.number is not null), 0)::bigint as credited
    from sales_document d
    join party p on p.enterprise_id = d.enterprise_id and p.id = d.party_id
    join activity a on a.enterprise_id = d.enterprise_id and a.id = d.activity_id
    left join sales_document o on o.enterprise_id = d.enterprise_id and o.id = d.original_id
    where d.id = :document
""")
