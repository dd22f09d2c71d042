"""What the data can prove of purchases: an entry for each one posted and each payment, of the same amount."""

from collections.abc import Iterator

import sqlalchemy as sa

from ecp.accounting import verify
from ecp.accounting.verify import Finding
from ecp.purchasing.postings import EXPENSE_NOTES, SUPPLIERS


def run() -> Iterator[Finding]:
    """Check the purchases of every enterprise that is seen, in the caller's transaction."""
    yield from verify.counted(_CHECKS)


_OWED = f"""(
    select sum(l.credit - l.debit)::bigint from entry_line l
    join account a on a.enterprise_id = l.enterprise_id and a.id = l.account_id
    where l.enterprise_id = e.enterprise_id and l.entry_id = e.id and a.number in ('{SUPPLIERS}', '{EXPENSE_NOTES}'))"""
_CHECKS = {
    "Chaque dépense enregistrée a son écriture, du même montant": sa.text(f"""
        select count(*) as checked, (
            select coalesce(nullif(b.reference, ''), b.label) from purchase b
            left join entry e on e.enterprise_id = b.enterprise_id
                and e.source = concat_ws(chr(58), 'purchase', b.id, 'posted')
            where b.state = 'posted' and (e.id is null or e.day < b.billed_on
                or b.net + b.vat is distinct from {_OWED})
            order by b.id limit 1) as fault
        from purchase where state = 'posted'
    """),
    "Chaque paiement d’une dépense a son écriture, et ensemble ils ne la dépassent pas": sa.text(f"""
        select count(*) as checked, (
            select coalesce(nullif(b.reference, ''), b.label) from purchase_payment y
            join purchase b on b.enterprise_id = y.enterprise_id and b.id = y.purchase_id
            left join entry e on e.enterprise_id = y.enterprise_id
                and e.source = concat_ws(chr(58), 'purchase-payment', y.id)
            where e.id is null or e.day <> y.paid_on or -y.amount is distinct from {_OWED}
                or b.state <> 'posted' or b.net + b.vat < (
                    select sum(x.amount) from purchase_payment x
                    where x.enterprise_id = y.enterprise_id and x.purchase_id = y.purchase_id)
            order by y.id limit 1) as fault
        from purchase_payment
    """),
}
