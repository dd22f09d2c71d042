"""Reading sales: lists, what waits, what is open, sales by channel. One query each, whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import money
from ecp.accounting import open_items
from ecp.accounting.open_items import OpenItem
from ecp.db import session
from ecp.sales.documents import CREDITED, PAID, Document


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A document in a list; `paid` is less what was given back, `left` is what is still to pay."""

    id: int
    kind: str
    state: str
    number: str | None
    on: date
    due_on: date | None
    party: str
    activity_id: int
    activity: str
    gross: Decimal
    paid: Decimal
    left: Decimal


def standing(document: Listed | Document, today: date) -> str:
    """Say in one word how a document stands: its state; refund, paid, late, partly or open for an issued invoice."""
    if document.number is None or document.kind != "invoice":
        return document.state
    if document.left < 0:
        return "refund"
    if document.left == 0:
        return "paid"
    if document.due_on and document.due_on < today:
        return "late"
    return "partly" if document.paid else "open"


def listed(  # noqa: PLR0913 (what a list is limited to)
    activity_ids: Sequence[int] | None = None,
    *,
    enterprise_ids: Sequence[int] | None = None,
    party_id: int | None = None,
    kind: str | None = "invoice",
    show: str = "all",
    until: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Listed]:
    """List documents, of a party or of all, of a kind or of every one, the newest first.

    `show` is all, waiting (to be approved), drafts, unissued (invoices and credit notes that nobody submitted), or open
    (not wholly paid, or paid too much); `until` leaves out what was made or issued after a day.
    """
    values = {
        "activities": None if activity_ids is None else list(activity_ids),
        "enterprises": None if enterprise_ids is None else list(enterprise_ids),
        "party": party_id,
        "kind": kind,
        "show": show,
        "until": until,
        "before": before,
        "limit": limit,
    }
    return [_listed(row) for row in session.execute(_LISTED, values)]


def _listed(row: sa.Row[Any]) -> Listed:
    values = dict(row._mapping)  # noqa: SLF001
    for name in ("gross", "paid", "left"):
        values[name] = money.from_centimes(values[name])
    return Listed(**values)


def open_at(
    enterprise_id: int, activity_ids: Sequence[int], on: date, *, credited: bool = False
) -> dict[int, list[OpenItem]]:
    """List the invoices that are not settled at the end of a day, by activity; negative where too much was paid.

    `credited`: only those with credit notes, which alone can be paid too much.
    """
    values = {"enterprise": enterprise_id, "activities": list(activity_ids), "on": on, "credited": credited}
    return open_items.by_activity(session.execute(_OPEN_AT, values))


@dataclass(frozen=True, kw_only=True)
class SoldByChannel:
    """Net sales of a month on a channel, credit notes deducted; goods and services apart, as accounts have them."""

    channel: str
    is_service: bool
    month: date
    net: Decimal


def by_channel(
    enterprise_id: int, activity_ids: Sequence[int], first: date, last: date
) -> dict[int, list[SoldByChannel]]:
    """Give what issued documents sold, by activity, channel and month."""
    values = {"enterprise": enterprise_id, "activities": list(activity_ids), "first": first, "last": last}
    found: dict[int, list[SoldByChannel]] = {}
    for row in session.execute(_BY_CHANNEL, values):
        net = money.from_centimes(row.net)
        each = SoldByChannel(channel=row.channel, is_service=row.is_service, month=row.month, net=net)
        found.setdefault(row.activity_id, []).append(each)
    return found


def entry_ids(
    enterprise_id: int, activity_id: int, first: date, last: date, *, channel: str | None = None
) -> list[int]:
    """Give the entries of documents issued between two days, on a channel or on all."""
    values = {"enterprise": enterprise_id, "activity": activity_id, "first": first, "last": last, "channel": channel}
    return list(session.execute(_ENTRIES, values).scalars())


def waiting(enterprise_id: int, until: date | None = None) -> dict[str, int]:
    """Count what waits in an enterprise: documents and purchases submitted, invoices and credit notes not issued.

    `until` leaves out what is dated after a day; the lists that it is given to tell the same ones.
    """
    return dict(session.execute(_WAITING, {"enterprise": enterprise_id, "until": until}).one()._mapping)  # noqa: SLF001


_ON = "coalesce(d.issued_on, cast(d.made_at at time zone 'Africa/Casablanca' as date))"
_BY_THEN = f"(cast(:until as date) is null or {_ON} <= :until)"
_UNISSUED = "d.number is null and d.state <> 'submitted' and d.kind <> 'quote'"
_LISTED = sa.text(f"""
    select * from (
        select d.id, d.kind, d.state, d.number,
            {_ON} as "on", d.due_on,
            p.name as party, d.activity_id, a.name as activity,
            cast(coalesce(d.gross, (
                select sum(case d.prices when 'net' then r.typed + round(r.typed * r.vat_rate) else r.typed end)
                from (select l.vat_rate, sum(round(l.quantity * l.unit_price * (1 - l.discount_rate) * 100)) as typed
                    from sales_line l where l.enterprise_id = d.enterprise_id and l.document_id = d.id
                    group by l.vat_rate) r), 0) as bigint) as gross,
            cast({PAID} as bigint) as paid,
            cast(case when d.kind = 'invoice' and d.number is not null then d.gross - ({PAID}) - {CREDITED}
                else 0 end as bigint) as left
        from sales_document d
        join party p on p.enterprise_id = d.enterprise_id and p.id = d.party_id
        join activity a on a.enterprise_id = d.enterprise_id and a.id = d.activity_id
        where (cast(:kind as text) is null or d.kind = :kind) and (cast(:before as bigint) is null or d.id < :before)
          and (cast(:party as bigint) is null or d.party_id = :party)
          and (cast(:activities as int[]) is null or d.activity_id = any (:activities))
          and (cast(:enterprises as int[]) is null or d.enterprise_id = any (:enterprises)) and {_BY_THEN}
          and case :show when 'waiting' then d.state = 'submitted' when 'unissued' then {_UNISSUED}
            when 'drafts' then d.number is null when 'open' then d.number is not null else true end
        order by d.id desc
    ) told where :show <> 'open' or told.left <> 0 limit :limit
""")
_OPEN_AT = sa.text("""
    select * from (
        select d.activity_id, d.party_id, p.name as party, d.number as document, d.issued_on as since_on,
            coalesce(d.due_on, d.issued_on) as due_on, cast(d.gross
                - coalesce((select sum(x.amount) from payment_part x
                    join payment y on y.enterprise_id = x.enterprise_id and y.id = x.payment_id
                    where x.enterprise_id = d.enterprise_id and x.document_id = d.id and y.received_on <= :on), 0)
                + coalesce((select sum(r.amount) from refund r where r.enterprise_id = d.enterprise_id
                    and r.document_id = d.id and r.refunded_on <= :on), 0)
                - coalesce((select sum(c.gross) from sales_document c where c.enterprise_id = d.enterprise_id
                    and c.original_id = d.id and c.kind = 'credit_note' and c.issued_on <= :on), 0) as bigint) as amount
        from sales_document d join party p on p.enterprise_id = d.enterprise_id and p.id = d.party_id
        where d.enterprise_id = :enterprise and d.activity_id = any (:activities) and d.kind = 'invoice'
          and d.number is not null and d.issued_on <= :on
          and (not :credited or exists (select 1 from sales_document c where c.enterprise_id = d.enterprise_id
            and c.original_id = d.id and c.kind = 'credit_note' and c.number is not null))
    ) told where told.amount <> 0 order by due_on, document
""")
_BY_CHANNEL = sa.text("""
    select d.activity_id, d.channel, l.is_service, cast(date_trunc('month', d.issued_on) as date) as month,
        cast(sum(case d.kind when 'credit_note' then -l.net else l.net end) as bigint) as net
    from sales_document d join sales_line l on l.enterprise_id = d.enterprise_id and l.document_id = d.id
    where d.enterprise_id = :enterprise and d.activity_id = any (:activities) and d.number is not null
      and d.issued_on between :first and :last and d.kind <> 'quote'
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
""")
_ENTRIES = sa.text("""
    select e.id from sales_document d
    join entry e on e.enterprise_id = d.enterprise_id and e.source = concat_ws(chr(58), d.kind, d.id, 'issued')
    where d.enterprise_id = :enterprise and d.activity_id = :activity and d.number is not null
      and d.issued_on between :first and :last and d.kind <> 'quote'
      and (cast(:channel as text) is null or d.channel = :channel)
""")
_WAITING = sa.text(f"""
    select d.documents, d.unissued, p.purchases
    from (
        select count(*) filter (where d.state = 'submitted') as documents,
            count(*) filter (where {_UNISSUED}) as unissued
        from sales_document d where d.enterprise_id = :enterprise and d.number is null and {_BY_THEN}
    ) d, (
        select count(*) as purchases from purchase p
        where p.enterprise_id = :enterprise and p.state = 'submitted'
          and (cast(:until as date) is null or p.billed_on <= :until)
    ) p
""")
