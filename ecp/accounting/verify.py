"""Proving the books by their data: what `ecp verify` and the tests ask of every enterprise.

Each promise is checked in another way than it is kept: sums again, numbers again, the chain of digests recomputed in
Python from every column, frozen balances against the lines. The first fault of a journal names its entry.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from ecp import money
from ecp.db import session

_AT_A_TIME = 5000


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was checked, how many times, and the first fault, empty where there is none."""

    promise: str
    checked: int
    fault: str


def run() -> Iterator[Finding]:
    """Check every enterprise that is seen, in the caller's transaction."""
    yield from counted(_CHECKS)
    yield _chain()


def counted(checks: Mapping[str, sa.TextClause]) -> Iterator[Finding]:
    """Run queries, by promise, that give how many they `checked` and the first `fault`."""
    for promise, query in checks.items():
        row = session.execute(query).one()
        yield Finding(promise=promise, checked=row.checked, fault=row.fault or "")


def _chain() -> Finding:
    """Compute every digest again; the chain ends in the counter's head."""
    promise = "Chaque écriture porte le scellé de tout ce qu’elle dit"
    heads = {(row.enterprise_id, row.journal_id, row.year_id): row for row in session.execute(_HEADS)}
    last: dict[tuple[int, int, int], bytes] = {}
    checked = 0
    with session.execute(_CHAIN, execution_options={"yield_per": _AT_A_TIME}) as rows:
        for row in rows:
            key = (row.enterprise_id, row.journal_id, row.year_id)
            expected = hashlib.sha256(last.get(key, b"") + payload(row).encode()).digest()
            checked += 1
            if expected != row.digest:
                return Finding(promise=promise, checked=checked, fault=_named(row))
            last[key] = expected
    for key, head in heads.items():
        if last.get(key, b"") != head.head:
            fault = f"{head.enterprise} {head.journal} : la fin du journal manque"
            return Finding(promise=promise, checked=checked, fault=fault)
    return Finding(promise=promise, checked=checked, fault="")


def payload(row: sa.Row[tuple[object, ...]]) -> str:
    """Write what a digest covers, version 1: number, moment, every column of the entry and of its lines."""
    head = [1, row.entry_id, row.journal_id, row.year_id, row.day, row.label, row.document, row.source]
    head += [row.fingerprint, row.reverses_id, row.author, row.recorded]
    lines = json.loads(row.lines)
    return f"{row.number}:{row.sealed}:{_json(head)}{_json(lines)}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _named(row: sa.Row[tuple[object, ...]]) -> str:
    """Name an entry as people find it in the books."""
    lines = json.loads(row.lines)
    amounts = ", ".join(str(money.from_centimes(line[4] or line[5])) for line in lines[:4])
    return f"{row.enterprise} {row.journal} n° {row.number} du {row.day} « {row.label} » (lignes : {amounts})"


_ENTRY_NAME = """
    v.code || ' ' || j.code || coalesce(' n° ' || s.number, ' sans scellé')
    || ' du ' || e.day || ' « ' || e.label || ' »'
"""
_NAMED = f"""
    (select {_ENTRY_NAME} from entry e
        join enterprise v on v.id = e.enterprise_id
        join journal j on j.enterprise_id = e.enterprise_id and j.id = e.journal_id
        left join entry_seal s on s.enterprise_id = e.enterprise_id and s.entry_id = e.id
        where e.enterprise_id = f.enterprise_id and e.id = f.entry_id)
"""


def _cancels_out(accounts: str) -> sa.TextClause:
    """What activities owe one another is nothing to the enterprise: a query for accounts like these."""
    return sa.text(f"""
        with sums as (
            select l.enterprise_id, sum(l.debit - l.credit) as rest from entry_line l
            join account a on a.enterprise_id = l.enterprise_id and a.id = l.account_id
            where a.number like '{accounts}' group by 1
        )
        select count(*) as checked, (
            select v.code || ' : il reste ' || s.rest || ' centimes' from sums s
            join enterprise v on v.id = s.enterprise_id where s.rest <> 0 order by 1 limit 1
        ) as fault from sums s
    """)


_CHECKS = {
    "Chaque écriture est équilibrée, en tout et par activité": sa.text(f"""
        with sums as (
            select enterprise_id, entry_id, sum(lines) as lines, sum(debit) as debit, sum(credit) as credit,
                bool_and(debit = credit) as is_even
            from (
                select enterprise_id, entry_id, activity_id, count(*) as lines, sum(debit) as debit,
                    sum(credit) as credit
                from entry_line group by 1, 2, 3
            ) a group by 1, 2
        ), f as (
            select e.enterprise_id, e.id as entry_id from entry e
            left join sums s on s.enterprise_id = e.enterprise_id and s.entry_id = e.id
            left join entry_seal k on k.enterprise_id = e.enterprise_id and k.entry_id = e.id
            where s.is_even is not true or s.debit is distinct from s.credit or s.debit is distinct from k.total
               or s.lines is distinct from k.lines
            order by 1, 2 limit 1
        )
        select (select count(*) from entry) as checked, (select {_NAMED} from f) as fault
    """),
    "Les lignes sont du jour et de l’exercice de leur écriture": sa.text(f"""
        with f as (
            select e.enterprise_id, e.id as entry_id from entry e
            join fiscal_year y on y.enterprise_id = e.enterprise_id and y.id = e.year_id
            where e.day not between y.opens_on and y.closes_on or exists (
                select 1 from entry_line l
                where l.enterprise_id = e.enterprise_id and l.entry_id = e.id and l.day <> e.day)
            order by 1, 2 limit 1
        )
        select (select count(*) from entry_line) as checked, (select {_NAMED} from f) as fault
    """),
    "Chaque ligne est d’une écriture, d’un compte et d’une activité de son entreprise": sa.text("""
        with strays as (
            select l.enterprise_id, l.entry_id, l.position from entry_line l
            left join entry e on e.enterprise_id = l.enterprise_id and e.id = l.entry_id
            left join account a on a.enterprise_id = l.enterprise_id and a.id = l.account_id
            left join activity v on v.enterprise_id = l.enterprise_id and v.id = l.activity_id
            where e.id is null or a.id is null or v.id is null
            order by 1, 2, 3 limit 1
        )
        select (select count(*) from entry_line) as checked,
            (select 'ligne ' || position || ' de l’écriture ' || entry_id from strays) as fault
    """),
    "Les numéros vont de 1 à n, sans trou": sa.text("""
        with counted as (
            select c.enterprise_id, c.journal_id, c.year_id, c.last, count(s.number) as count, min(s.number) as min,
                max(s.number) as max
            from journal_counter c left join entry_seal s using (enterprise_id, journal_id, year_id)
            group by 1, 2, 3, 4
        )
        select count(*) as checked, (
            select v.code || ' ' || j.code || ' : ' || c.count || ' numéros, compteur à ' || c.last
            from counted c join enterprise v on v.id = c.enterprise_id
            join journal j on j.enterprise_id = c.enterprise_id and j.id = c.journal_id
            where c.count <> c.last or c.count <> coalesce(c.max, 0) or (c.count > 0 and c.min <> 1)
            order by c.enterprise_id, c.journal_id limit 1
        ) as fault from counted
    """),
    "Une extourne est le miroir exact de son écriture": sa.text(f"""
        with f as (
            select e.enterprise_id, e.id as entry_id from entry e
            where e.reverses_id is not null and exists (
                select 1 from (
                    select * from entry_line l where l.enterprise_id = e.enterprise_id and l.entry_id = e.id) r
                full join (
                    select * from entry_line l where l.enterprise_id = e.enterprise_id and l.entry_id = e.reverses_id) o
                on r.position = o.position
                where (r.account_id, r.activity_id, r.debit, r.credit)
                    is distinct from (o.account_id, o.activity_id, o.credit, o.debit))
            order by 1, 2 limit 1
        )
        select (select count(*) from entry where reverses_id is not null) as checked, (select {_NAMED} from f) as fault
    """),
    "Les soldes gelés sont la somme des lignes, par activité": sa.text("""
        with ends as (
            select p.enterprise_id, p.month, cast(p.month + interval '1 month' as date) as next from period p
            where p.closed_at is not null
        ), months as (
            select l.enterprise_id, l.activity_id, l.account_id, cast(date_trunc('month', l.day) as date) as month,
                sum(l.debit) as debit, sum(l.credit) as credit
            from entry_line l group by 1, 2, 3, 4
        ), frozen as (
            select b.*, b.debit - coalesce(p.debit, 0) as moved_debit, b.credit - coalesce(p.credit, 0) as moved_credit
            from activity_balance b
            left join activity_balance p on p.activity_id = b.activity_id and p.account_id = b.account_id
                and p.month = (select max(q.month) from period q
                    where q.enterprise_id = b.enterprise_id and q.month < b.month)
        ), faults as (
            select coalesce(f.enterprise_id, m.enterprise_id) as enterprise_id, coalesce(f.month, m.month) as month,
                coalesce(f.account_id, m.account_id) as account_id
            from frozen f full join (select m.* from months m join ends e using (enterprise_id, month)) m
                using (activity_id, account_id, month)
            where coalesce(f.moved_debit, 0) <> coalesce(m.debit, 0)
               or coalesce(f.moved_credit, 0) <> coalesce(m.credit, 0)
            order by 2, 3 limit 1
        )
        select (select count(*) from activity_balance) as checked, (
            select v.code || ' ' || to_char(f.month, 'YYYY-MM') || ' compte ' || a.number from faults f
            join enterprise v on v.id = f.enterprise_id
            join account a on a.enterprise_id = f.enterprise_id and a.id = f.account_id) as fault
    """),
    "Les soldes gelés de l’entreprise sont ceux de ses activités": sa.text("""
        with sums as (
            select enterprise_id, month, account_id, sum(debit) as debit, sum(credit) as credit
            from activity_balance group by 1, 2, 3
        ), faults as (
            select enterprise_id, month, account_id
            from enterprise_balance b full join sums s using (enterprise_id, month, account_id)
            where b.debit is distinct from s.debit or b.credit is distinct from s.credit order by 1, 2, 3 limit 1
        )
        select (select count(*) from enterprise_balance) as checked, (
            select v.code || ' ' || to_char(f.month, 'YYYY-MM') || ' compte ' || a.number from faults f
            join enterprise v on v.id = f.enterprise_id
            join account a on a.enterprise_id = f.enterprise_id and a.id = f.account_id) as fault
    """),
    "Les comptes de liaison s’annulent dans chaque entreprise": _cancels_out("160%"),
    "Les comptes de classe 9 s’annulent dans chaque entreprise": _cancels_out("9%"),
}
_HEADS = sa.text("""
    select c.enterprise_id, c.journal_id, c.year_id, c.head, v.code as enterprise, j.code as journal
    from journal_counter c join enterprise v on v.id = c.enterprise_id
    join journal j on j.enterprise_id = c.enterprise_id and j.id = c.journal_id
""")
_CHAIN = sa.text("""
    select s.enterprise_id, s.journal_id, s.year_id, s.number, s.digest, v.code as enterprise, j.code as journal,
        cast(extract(epoch from s.sealed_at) * 1000000 as bigint) as sealed,
        e.id as entry_id, to_char(e.day, 'YYYY-MM-DD') as day, e.label, e.document, e.source,
        encode(e.fingerprint, 'hex') as fingerprint, e.reverses_id, e.author,
        cast(extract(epoch from e.recorded_at) * 1000000 as bigint) as recorded,
        cast((select json_agg(json_build_array(l.position, l.account_id, l.activity_id, l.party_id, l.debit, l.credit,
            l.label, to_char(l.due_on, 'YYYY-MM-DD')) order by l.position)
            from entry_line l where l.enterprise_id = e.enterprise_id and l.entry_id = e.id) as text) as lines
    from entry_seal s
    join entry e on e.enterprise_id = s.enterprise_id and e.id = s.entry_id
    join enterprise v on v.id = s.enterprise_id
    join journal j on j.enterprise_id = s.enterprise_id and j.id = s.journal_id
    order by s.enterprise_id, s.journal_id, s.year_id, s.number
""")
