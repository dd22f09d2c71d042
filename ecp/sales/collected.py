"""The VAT inside money whose entry does not tell it: payments of invoices taxed on debits, and refunds."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from ecp import money
from ecp.db import session


def untold_vat(
    enterprise_id: int, activity_ids: Sequence[int], first: date, last: date
) -> dict[tuple[int, date], Decimal]:
    """Give that VAT by activity and day, both days included, negative where money was given back.

    Each part of the money bears the share that the invoice has of VAT, or its credit notes where it is given back; the
    shares of all parts add up to the centime.
    """
    values = {"enterprise": enterprise_id, "activities": list(activity_ids), "first": first, "last": last}
    return {(row.activity_id, row.day): money.from_centimes(row.vat) for row in session.execute(_UNTOLD, values)}


_UNTOLD = sa.text("""
    with moved as (
        select d.activity_id, y.received_on as day, x.amount, d.vat, d.gross, 1 as sign,
            sum(x.amount) over (partition by d.id order by y.received_on, y.id) as so_far
        from sales_document d
        join payment_part x on x.enterprise_id = d.enterprise_id and x.document_id = d.id
        join payment y on y.enterprise_id = x.enterprise_id and y.id = x.payment_id
        where d.enterprise_id = :enterprise and d.activity_id = any(:activities)
          and d.number is not null and d.kind = 'invoice' and d.vat_regime = 'debits' and d.gross <> 0
        union all
        select r.activity_id, r.refunded_on, r.amount, n.vat, n.gross, -1,
            sum(r.amount) over (partition by r.document_id order by r.refunded_on, r.id)
        from refund r
        join lateral (
            select sum(c.vat) as vat, sum(c.gross) as gross from sales_document c
            where c.enterprise_id = r.enterprise_id and c.original_id = r.document_id
              and c.kind = 'credit_note' and c.number is not null
        ) n on n.gross <> 0
        where r.enterprise_id = :enterprise and r.activity_id = any(:activities)
    )
    select activity_id, day,
        cast(sum(sign * (round(vat * so_far / gross) - round(vat * (so_far - amount) / gross))) as bigint) as vat
    from moved where day between :first and :last group by activity_id, day
""")
