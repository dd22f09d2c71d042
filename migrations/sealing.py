"""The sealing of entries at commit and the guard of their lines, as they are now.

Migrations that change them call `create` again: the texts, and so the seals, stay what they were.
"""

from migrations import ddl

GENERIC = "plan_cache_mode = force_generic_plan"
ONE_BY_ONE = f"{GENERIC} set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off"
"""Plan once: the sizes that a custom plan would know cost more to plan for than they save."""

LINK = """sha256({head} || convert_to(
            {number} || ':' || (extract(epoch from {at}) * 1000000)::bigint || ':' || {text}, 'UTF8'))"""
"""How a seal holds on to the one before it."""

# What an entry says is put together before the counter is locked, so that others wait for its number alone. An entry
# that is alone in its transaction, as most are, takes its number and closes its link in the statement that locks.
SEAL = (
    """
declare
    ids bigint[]; journals int[]; years int[]; sizes int[]; totals bigint[]; texts text[]; months date[];
    numbers int[]; moments timestamptz[]; digests bytea[]; wrong bigint; closed date;
    chain_head bytea; last_number int; last_at timestamptz; journal int := 0; year int := 0;
    moment timestamptz := clock_timestamp();
begin
    if exists (select 1 from entry_seal where enterprise_id = new.enterprise_id and entry_id = new.id) then
        return null;
    end if;
    select array_agg(m.id order by m.journal_id, m.year_id, m.id),
        array_agg(m.journal_id order by m.journal_id, m.year_id, m.id),
        array_agg(m.year_id order by m.journal_id, m.year_id, m.id),
        array_agg(t.lines order by m.journal_id, m.year_id, m.id),
        array_agg(t.debit order by m.journal_id, m.year_id, m.id),
        array_agg(json_build_array(1, m.id, m.journal_id, m.year_id, to_char(m.day, 'YYYY-MM-DD'), m.label, m.document,
            m.source, encode(m.fingerprint, 'hex'), m.reverses_id, m.author,
            (extract(epoch from m.recorded_at) * 1000000)::bigint)::text || t.text
            order by m.journal_id, m.year_id, m.id),
        array_agg(distinct date_trunc('month', m.day)::date),
        min(m.id) filter (where (
            t.lines >= 2 and t.debit = t.credit and t.one_day and t.activities = m.activities and (
                cardinality(m.activities) = 1 or not exists (
                    select 1 from entry_line l where l.enterprise_id = m.enterprise_id and l.entry_id = m.id
                    group by l.activity_id having sum(l.debit) <> sum(l.credit)))) is not true)
    into ids, journals, years, sizes, totals, texts, months, wrong
    from entry m
    cross join lateral (
        select count(*) as lines, sum(l.debit) as debit, sum(l.credit) as credit,
            bool_and(l.day = m.day) as one_day,
            array_agg(distinct l.activity_id order by l.activity_id) as activities,
            '[' || string_agg(json_build_array(l.position, l.account_id, l.activity_id, l.party_id, l.debit,
                l.credit, l.label, to_char(l.due_on, 'YYYY-MM-DD'))::text, ', ' order by l.position) || ']' as text
        from entry_line l where l.enterprise_id = m.enterprise_id and l.entry_id = m.id
    ) t
    where m.xact = new.xact and m.enterprise_id = new.enterprise_id
      and not exists (select 1 from entry_seal s where s.enterprise_id = m.enterprise_id and s.entry_id = m.id);
    if wrong is not null then
        raise exception using errcode = 'EC001', message = format('entry %s does not balance', wrong);
    end if;
    if cardinality(ids) = 1 then
        update journal_counter c set last = c.last + 1, sealed_at = greatest(c.sealed_at, moment), head = """
    + LINK.format(head="c.head", number="c.last + 1", at="greatest(c.sealed_at, moment)", text="texts[1]")
    + """
        where c.enterprise_id = new.enterprise_id and c.journal_id = journals[1] and c.year_id = years[1]
        returning c.last, c.head, c.sealed_at into strict last_number, chain_head, last_at;
        insert into entry_seal (enterprise_id, entry_id, journal_id, year_id, number, lines, total, digest, sealed_at,
            activities)
        select new.enterprise_id, new.id, new.journal_id, new.year_id, last_number, sizes[1], totals[1], chain_head,
            last_at, new.activities
        from period p where p.enterprise_id = new.enterprise_id and p.month = months[1] and p.closed_at is null;
        if not found then
            raise exception using errcode = 'EC005', message = 'closed month',
                detail = json_build_object('on', months[1])::text;
        end if;
        return null;
    end if;
    perform 1 from journal_counter c
    where c.enterprise_id = new.enterprise_id
      and (c.journal_id, c.year_id) in (select * from unnest(journals, years))
    order by c.journal_id, c.year_id for no key update;
    select min(p.month) into closed from period p
    where p.enterprise_id = new.enterprise_id and p.month = any (months) and p.closed_at is not null;
    if closed is not null then
        raise exception using errcode = 'EC005', message = 'closed month',
            detail = json_build_object('on', closed)::text;
    end if;
    for place in 1 .. cardinality(ids) loop
        if journals[place] <> journal or years[place] <> year then
            if journal <> 0 then
                update journal_counter c set last = last_number, head = chain_head, sealed_at = last_at
                where c.enterprise_id = new.enterprise_id and c.journal_id = journal and c.year_id = year;
            end if;
            journal := journals[place]; year := years[place];
            select c.last, c.head, greatest(c.sealed_at, clock_timestamp()) into strict last_number, chain_head, last_at
            from journal_counter c
            where c.enterprise_id = new.enterprise_id and c.journal_id = journal and c.year_id = year;
        end if;
        last_number := last_number + 1;
        chain_head := """
    + LINK.format(head="chain_head", number="last_number", at="last_at", text="texts[place]")
    + """;
        numbers[place] := last_number; moments[place] := last_at; digests[place] := chain_head;
    end loop;
    insert into entry_seal (enterprise_id, entry_id, journal_id, year_id, number, lines, total, digest, sealed_at,
        activities)
    select e.enterprise_id, e.id, e.journal_id, e.year_id, u.number, u.lines, u.total, u.digest, u.moment, e.activities
    from unnest(ids, numbers, sizes, totals, digests, moments) u (id, number, lines, total, digest, moment)
    join entry e on e.enterprise_id = new.enterprise_id and e.id = u.id;
    update journal_counter c set last = last_number, head = chain_head, sealed_at = last_at
    where c.enterprise_id = new.enterprise_id and c.journal_id = journal and c.year_id = year;
    return null;
end"""
)

LINES_GUARD = """
begin
    if exists (
        select 1 from (select distinct enterprise_id, entry_id from added) a
        left join entry e on e.enterprise_id = a.enterprise_id and e.id = a.entry_id
        left join entry_seal s on s.enterprise_id = a.enterprise_id and s.entry_id = a.entry_id
        where e.id is null or s.entry_id is not null
    ) then
        raise exception using errcode = 'EC009', message = 'entry lines never change: the entry is sealed or unknown';
    end if;
    return null;
end"""


def create() -> None:
    """Make the functions, or make them anew; triggers that call them stay."""
    ddl.function("ledger_seal", "", "trigger", SEAL, settings=ONE_BY_ONE)
    ddl.function("ledger_guard_lines", "", "trigger", LINES_GUARD)
