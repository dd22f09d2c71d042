"""What the data can prove of months: what levies took is what was posted, and statements say what was frozen."""

from collections.abc import Iterator

import sqlalchemy as sa

from ecp.accounting import verify
from ecp.accounting.verify import Finding
from ecp.db import session
from ecp.hosting import snapshot

_AT_A_TIME = 500


def run() -> Iterator[Finding]:
    """Check the months of every enterprise that is seen, in the caller's transaction."""
    yield from verify.counted(_CHECKS)
    yield _statements()


def _statements() -> Finding:
    """Compute again the digest of each statement's figures."""
    checked, fault = 0, ""
    for row in session.execute(_STATEMENTS, execution_options={"yield_per": _AT_A_TIME}):
        checked += 1
        if not fault and snapshot.digest(row.figures) != row.digest:
            fault = f"{row.code} {row.month:%Y-%m}"
    return Finding(promise="Les chiffres de chaque relevé sont ceux qui furent arrêtés", checked=checked, fault=fault)


_CHECKS = {
    "Chaque prélèvement a son écriture, du même montant": sa.text("""
        select count(*) as checked, (
            select a.code || ' ' || r.code || ' ' || to_char(r.month, 'YYYY-MM')
            from levy_result r
            join levy v on v.enterprise_id = r.enterprise_id and v.id = r.levy_id
            join activity a on a.enterprise_id = r.enterprise_id and a.id = r.activity_id
            left join entry e on e.enterprise_id = r.enterprise_id and e.id = r.entry_id
            where r.entry_id is not null and (e.id is null or r.amount is distinct from (
                select sum(l.debit - l.credit)::bigint from entry_line l
                join account c on c.enterprise_id = l.enterprise_id and c.id = l.account_id
                where l.enterprise_id = e.enterprise_id and l.entry_id = e.id and l.activity_id = r.activity_id
                  and c.number = v.expense_account))
            order by r.month, a.code limit 1) as fault
        from levy_result where entry_id is not null
    """),
}
_STATEMENTS = sa.text("""
    select a.code, s.month, s.figures, s.digest
    from monthly_statement s join activity a on a.enterprise_id = s.enterprise_id and a.id = s.activity_id
    order by s.month, a.code
""")
