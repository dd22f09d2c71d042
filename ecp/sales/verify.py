"""What the data can prove of sales: numbers without gap, totals, and an entry for each document and payment."""

from collections.abc import Iterator

import sqlalchemy as sa

from ecp.accounting import verify
from ecp.accounting.verify import Finding
from ecp.sales.postings import CUSTOMERS, STAMP


def run() -> Iterator[Finding]:
    """Check the sales of every enterprise that is seen, in the caller's transaction."""
    yield from verify.counted(_CHECKS)


_CHECKS = {
    "Factures, avoirs, devis et reçus sont numérotés de 1 à n": sa.text("""
        with told as (
            select enterprise_id, kind, year, serial from sales_document where number is not null
            union all select enterprise_id, 'payment', year, serial from payment
        ), counted as (
            select enterprise_id, kind, year, coalesce(c.last, 0) as last, count(t.serial) as count,
                coalesce(max(t.serial), 0) as max
            from sales_counter c full join told t using (enterprise_id, kind, year) group by 1, 2, 3, 4
        )
        select coalesce(sum(count), 0)::bigint as checked, (
            select e.code || ' ' || c.kind || ' ' || c.year || ' : ' || c.count || ' numéros, compteur à ' || c.last
            from counted c join enterprise e on e.id = c.enterprise_id
            where c.count <> c.last or c.max <> c.last order by 1 limit 1) as fault
        from counted
    """),
    "Le total de chaque document est la somme de ses lignes": sa.text("""
        select count(*) as checked, (
            select d.number from sales_document d
            where d.number is not null and (d.net || ' ' || d.vat) is distinct from (
                select sum(l.net)::bigint || ' ' || sum(l.vat)::bigint from sales_line l
                where l.enterprise_id = d.enterprise_id and l.document_id = d.id)
            order by d.id limit 1) as fault
        from sales_document where number is not null
    """),
    "Chaque facture et chaque avoir a son écriture, du même montant": sa.text(f"""
        select count(*) as checked, (
            select d.number from sales_document d
            left join entry e on e.enterprise_id = d.enterprise_id
                and e.source = concat_ws(chr(58), d.kind, d.id, 'issued')
            where d.number is not null and d.kind <> 'quote' and (e.id is null or e.day <> d.issued_on
                or e.document <> d.number or d.gross is distinct from (
                    select sum(case d.kind when 'invoice' then l.debit - l.credit else l.credit - l.debit end)::bigint
                    from entry_line l join account a on a.enterprise_id = l.enterprise_id and a.id = l.account_id
                    where l.enterprise_id = e.enterprise_id and l.entry_id = e.id and a.number = '{CUSTOMERS}'))
            order by d.id limit 1) as fault
        from sales_document where number is not null and kind <> 'quote'
    """),
    "Chaque règlement a son écriture, et ses parts en font la somme": sa.text(f"""
        select count(*) as checked, (
            select p.number from payment p
            left join entry e on e.enterprise_id = p.enterprise_id and e.source = 'payment:' || p.id
            where e.id is null or e.day <> p.received_on or e.document <> p.number or p.amount is distinct from (
                select sum(x.amount)::bigint from payment_part x
                where x.enterprise_id = p.enterprise_id and x.payment_id = p.id
            ) or (p.amount || ' ' || p.stamp) is distinct from (
                select coalesce(sum(l.credit - l.debit) filter (where a.number = '{CUSTOMERS}'), 0)::bigint || ' '
                    || coalesce(sum(l.credit - l.debit) filter (where a.number = '{STAMP}'), 0)::bigint
                from entry_line l join account a on a.enterprise_id = l.enterprise_id and a.id = l.account_id
                where l.enterprise_id = e.enterprise_id and l.entry_id = e.id)
                or p.cancels_id is not null and (p.activity_id, p.party_id, p.amount, p.stamp) is distinct from (
                    select (o.activity_id, o.party_id, -o.amount, -o.stamp) from payment o
                    where o.enterprise_id = p.enterprise_id and o.id = p.cancels_id)
            order by p.id limit 1) as fault
        from payment
    """),
    "Chaque remboursement a son écriture, et aucun ne dépasse ce qui fut payé en trop": sa.text(f"""
        select count(*) as checked, (
            select d.number from refund r
            join sales_document d on d.enterprise_id = r.enterprise_id and d.id = r.document_id
            left join entry e on e.enterprise_id = r.enterprise_id
                and e.source = concat_ws(chr(58), 'refund', r.document_id, r.id)
            where e.id is null or e.day <> r.refunded_on or r.amount is distinct from (
                    select sum(l.debit - l.credit)::bigint
                    from entry_line l join account a on a.enterprise_id = l.enterprise_id and a.id = l.account_id
                    where l.enterprise_id = e.enterprise_id and l.entry_id = e.id and a.number = '{CUSTOMERS}')
                or (select sum(x.amount) from refund x
                        where x.enterprise_id = r.enterprise_id and x.document_id = r.document_id) >
                    coalesce((select sum(x.amount) from payment_part x
                        where x.enterprise_id = d.enterprise_id and x.document_id = d.id), 0)
                    + coalesce((select sum(c.gross) from sales_document c where c.enterprise_id = d.enterprise_id
                        and c.original_id = d.id and c.kind = 'credit_note' and c.number is not null), 0) - d.gross
            order by r.id limit 1) as fault
        from refund
    """),
    "Aucune facture n’est payée ni créditée au-delà de son montant": sa.text("""
        select count(*) as checked, (
            select d.number from sales_document d where d.number is not null and d.kind = 'invoice' and not
                coalesce((select sum(x.amount) from payment_part x
                    where x.enterprise_id = d.enterprise_id and x.document_id = d.id), 0) between 0 and d.gross
                or d.number is not null and d.kind = 'invoice' and d.gross <
                coalesce((select sum(c.gross) from sales_document c where c.enterprise_id = d.enterprise_id
                    and c.original_id = d.id and c.kind = 'credit_note' and c.number is not null), 0)
            order by d.id limit 1) as fault
        from sales_document where number is not null and kind = 'invoice'
    """),
}
