"""The accountant's front door: what waits, how far the months are, where the books are."""

import sqlalchemy as sa
from flask import redirect, url_for
from werkzeug.wrappers import Response

from ecp import clock, money
from ecp.accounting import month_readings, periods
from ecp.db import session
from ecp.enterprises import Role
from ecp.hosting import month
from ecp.purchasing import bills
from ecp.sales import reading
from ecp.web import access
from ecp.web.accounting import bp, chosen_enterprise, titles
from ecp.web.htmx import render

SHOWN = 6


@bp.get("/comptabilite")
@access.requires(Role.ACCOUNTANT)
def desk() -> str:
    """Show what waits in an enterprise."""
    enterprise = chosen_enterprise()
    first_open = periods.first_open(enterprise.id)
    is_over = first_open is not None and month_readings.last_day(first_open) < clock.today()
    return render(
        "accounting/desk.html",
        "accounting/_desk.html",
        enterprise=enterprise,
        waiting=reading.waiting(enterprise.id),
        documents=reading.listed(enterprise_ids=[enterprise.id], kind=None, show="waiting", limit=SHOWN),
        purchases=bills.listed(enterprise_ids=[enterprise.id], show="waiting", limit=SHOWN),
        suspense=[
            (each, money.from_centimes(each.centimes))
            for each in session.execute(_SUSPENSE, {"enterprise": enterprise.id})
        ],
        title=titles.account,
        first_open=first_open,
        is_over=is_over,
        runs=month.runs(enterprise.id)[:3],
        today=clock.today(),
    )


@bp.get("/fichiers")
@access.requires(Role.ACCOUNTANT)
def files() -> Response:
    """Lead to the files of the first enterprise."""
    return redirect(url_for("accounting.entries_files", enterprise_id=chosen_enterprise().id))


@bp.get("/contrats")
@access.requires(Role.ACCOUNTANT)
def contracts() -> Response:
    """Lead to the contracts of the first enterprise."""
    return redirect(url_for("hosting.contract_list", enterprise_id=chosen_enterprise().id))


_SUSPENSE = sa.text("""
    with closed as (
        select coalesce(max(month), date '0001-01-01') as month from period
        where enterprise_id = :enterprise and closed_at is not null
    ), waiting as (
        select id, number, title, title_ar, title_en from account
        where enterprise_id = :enterprise and (number like '3497%' or number like '4497%' or number like '5115%')
    )
    select w.number, w.title, w.title_ar, w.title_en, cast(sum(moves.amount) as bigint) as centimes
    from waiting w join (
        select b.account_id, b.debit - b.credit as amount from enterprise_balance b, closed
        where b.enterprise_id = :enterprise and b.month = closed.month and b.account_id in (select id from waiting)
        union all
        select l.account_id, l.debit - l.credit from entry_line l, closed
        where l.enterprise_id = :enterprise and l.account_id in (select id from waiting)
          and l.day >= closed.month + interval '1 month'
    ) moves on moves.account_id = w.id
    group by w.number, w.title, w.title_ar, w.title_en having sum(moves.amount) <> 0 order by w.number
""")
