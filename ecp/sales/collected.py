"""What customers paid of their invoices, net of VAT, day by day: what the house's share is taken of."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from ecp import money
from ecp.db import session
from ecp.sales import postings

SOURCES = (postings.PAYMENT, postings.REFUND)
"""What the sources of the entries that are counted here begin with."""


def net_by_day(
    enterprise_id: int, activity_ids: Sequence[int], first: date, last: date
) -> dict[tuple[int, date], Decimal]:
    """Give, by activity and day, by how much what was collected of invoices changed, both days included.

    Of an invoice, less its credit notes, what was received counts up to its amount, in the proportion of net to gross:
    what exceeds it is owed to the customer and is nobody's turnover (as VAT falls due, `chargeability.vat_due`). So a
    step counts on its day for what it changes, and all steps together come to the centime.
    """
    values = {"enterprise": enterprise_id, "activities": list(activity_ids), "first": first, "last": last}
    return {(row.activity_id, row.day): money.from_centimes(row.net) for row in session.execute(_NET, values)}


_NET = sa.text("""
    with steps as (
        select x.document_id as invoice_id, y.received_on as day, 1 as kind, y.id, x.amount as received,
            0::bigint as net, 0::bigint as gross
        from payment_part x join payment y on y.enterprise_id = x.enterprise_id and y.id = x.payment_id
        where x.enterprise_id = :enterprise and x.activity_id = any(:activities) and y.received_on <= :last
        union all
        select r.document_id, r.refunded_on, 2, r.id, -r.amount, 0, 0 from refund r
        where r.enterprise_id = :enterprise and r.activity_id = any(:activities) and r.refunded_on <= :last
        union all
        select c.original_id, c.issued_on, 3, c.id, 0, -c.net, -c.gross from sales_document c
        where c.enterprise_id = :enterprise and c.activity_id = any(:activities) and c.kind = 'credit_note'
          and c.number is not null and c.issued_on <= :last
    ), told as (
        select d.activity_id, d.id, s.day, s.kind, s.id as step, sum(s.received) over so_far as received,
            d.net + sum(s.net) over so_far as net, d.gross + sum(s.gross) over so_far as gross
        from steps s join sales_document d on d.enterprise_id = :enterprise and d.id = s.invoice_id
        where s.invoice_id in (select invoice_id from steps where day >= :first)
        window so_far as (partition by s.invoice_id order by s.day, s.kind, s.id)
    ), worth as (
        select activity_id, id, day, kind, step, case when gross > 0
            then round(net * greatest(least(received, gross), 0) / gross) else 0 end as net
        from told
    ), changed as (
        select activity_id, day,
            net - coalesce(lag(net) over (partition by id order by day, kind, step), 0) as net
        from worth
    )
    select activity_id, day, cast(sum(net) as bigint) as net from changed
    where day >= :first group by activity_id, day
""")
