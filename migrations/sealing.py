"""The sealing of entries at commit and the guard of their lines, as they are now.

Migrations that change them call `create` again: the texts, and so the seals, stay what they were.
"""

from migrations import ddl

GENERIC = "plan_cache_mode = force_generic_plan"
ONE_BY_ONE = f"{GENERIC} set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off"
"""Plan once: the sizes that a custom plan would know cost more to plan for than they save."""

# What an entry says is put together before the counter is locked, so that others wait for its number alone.
SAID = """json_build_array(1, {e}.id, {e}.journal_id, {e}.year_id, to_char({e}.day, 'YYYY-MM-DD'), {e}.label,
        {e}.document, {e}.source, encode({e}.fingerprint, 'hex'), {e}.reverses_id, {e}.author,
        (extract(epoch from {e}.recorded_at) * 1000000)::bigint)::text || t.text"""
"""All that an entry says, its lines included."""

LINES = """
        select count(*) as lines, sum(l.debit) as debit, sum(l.credit) as credit,
            bool_and(l.day = {e}.day) as one_day, min(l.activity_id) as least, max(l.activity_id) as most,
            '[' || string_agg(json_build_array(l.position, l.account_id, l.activity_id, l.party_id, l.debit,
                l.credit, l.label, to_char(l.due_on, 'YYYY-MM-DD'))::text, ', ' order by l.position) || ']' as text
        from entry_line l where l.enterprise_id = {e}.enterprise_id and l.entry_id = {e}.id
    """

EVEN = "(t.lines >= 2 and t.debit = t.credit and t.one_day and {e}.activities[1] = t.least)"
"""What every entry of the books is: balanced, on one day."""

OF_ONE = "(t.least = t.most and cardinality({e}.activities) = 1)"
"""What most are: of one activity."""

OF_SEVERAL = """({e}.activities = array(
            select distinct l.activity_id from entry_line l
            where l.enterprise_id = {e}.enterprise_id and l.entry_id = {e}.id order by l.activity_id
        ) and not exists (
            select 1 from entry_line l where l.enterprise_id = {e}.enterprise_id and l.entry_id = {e}.id
            group by l.activity_id having sum(l.debit) <> sum(l.credit)))"""
"""What the others are: balanced in each of theirs."""

LINK = """sha256({head} || convert_to(
            {number} || ':' || (extract(epoch from {at}) * 1000000)::bigint || ':' || {said}, 'UTF8'))"""
"""How a seal holds on to the one before it."""

CLOSED = """
        raise exception using errcode = 'EC005', message = 'closed month',
            detail = json_build_object('on', {month})::text;"""

SEAL = f"""
declare
    moment timestamptz := clock_timestamp(); first date := date_trunc('month', new.day); is_sealed bool;
    has_company bool; is_even bool; is_of_one bool; size int; total bigint; said text; number int; link bytea;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '25001', message = 'entries are posted under read committed alone';
    end if;
    select exists (select 1 from entry_seal s where s.enterprise_id = new.enterprise_id and s.entry_id = new.id),
        exists (
            select 1 from entry where xact = new.xact and enterprise_id = new.enterprise_id and id <> new.id),
        {EVEN.format(e="new")}, {OF_ONE.format(e="new")}, t.lines, t.debit, {SAID.format(e="new")}
    into is_sealed, has_company, is_even, is_of_one, size, total, said
    from ({LINES.format(e="new")}) t;
    if is_sealed then
        return null;
    end if;
    if has_company then
        perform ledger_seal_all(new.enterprise_id, new.xact);
        return null;
    end if;
    if is_even and not is_of_one then
        is_even := {OF_SEVERAL.format(e="new")};
    end if;
    if is_even is not true then
        raise exception using errcode = 'EC001', message = format('entry %s does not balance', new.id);
    end if;
    update journal_counter c set last = c.last + 1, sealed_at = greatest(c.sealed_at, moment),
        head = {LINK.format(head="c.head", number="c.last + 1", at="greatest(c.sealed_at, moment)", said="said")}
    where c.enterprise_id = new.enterprise_id and c.journal_id = new.journal_id and c.year_id = new.year_id
    returning c.last, c.head, c.sealed_at into strict number, link, moment;
    insert into entry_seal (enterprise_id, entry_id, journal_id, year_id, number, lines, total, digest, sealed_at,
        activities)
    select new.enterprise_id, new.id, new.journal_id, new.year_id, number, size, total, link, moment, new.activities
    from period p where p.enterprise_id = new.enterprise_id and p.month = first and p.closed_at is null;
    if not found then{CLOSED.format(month="first")}
    end if;
    return null;
end"""
"""An entry alone in its transaction, as most are, takes its number in the statement that locks the counter."""

SEAL_ALL = f"""
declare
    ids bigint[]; journals int[]; years int[]; sizes int[]; totals bigint[]; texts text[]; months date[];
    numbers int[]; moments timestamptz[]; digests bytea[]; wrong bigint; closed date;
    chain_head bytea; last_number int; last_at timestamptz; journal int := 0; year int := 0;
begin
    select array_agg(m.id order by m.journal_id, m.year_id, m.id),
        array_agg(m.journal_id order by m.journal_id, m.year_id, m.id),
        array_agg(m.year_id order by m.journal_id, m.year_id, m.id),
        array_agg(t.lines order by m.journal_id, m.year_id, m.id),
        array_agg(t.debit order by m.journal_id, m.year_id, m.id),
        array_agg({SAID.format(e="m")} order by m.journal_id, m.year_id, m.id),
        array_agg(distinct date_trunc('month', m.day)::date),
        min(m.id) filter (where ({EVEN.format(e="m")} and ({OF_ONE.format(e="m")} or {OF_SEVERAL.format(e="m")}))
            is not true)
    into ids, journals, years, sizes, totals, texts, months, wrong
    from entry m
    cross join lateral ({LINES.format(e="m")}) t
    where m.xact = of_transaction and m.enterprise_id = of_enterprise
      and not exists (select 1 from entry_seal s where s.enterprise_id = m.enterprise_id and s.entry_id = m.id);
    if wrong is not null then
        raise exception using errcode = 'EC001', message = format('entry %s does not balance', wrong);
    end if;
    perform 1 from journal_counter c
    where c.enterprise_id = of_enterprise
      and (c.journal_id, c.year_id) in (select distinct u.of_journal, u.of_year
        from unnest(journals, years) u (of_journal, of_year))
    order by c.journal_id, c.year_id for no key update;
    select min(p.month) into closed from period p
    where p.enterprise_id = of_enterprise and p.month = any (months) and p.closed_at is not null;
    if closed is not null then{CLOSED.format(month="closed")}
    end if;
    for place in 1 .. cardinality(ids) loop
        if journals[place] <> journal or years[place] <> year then
            if journal <> 0 then
                update journal_counter c set last = last_number, head = chain_head, sealed_at = last_at
                where c.enterprise_id = of_enterprise and c.journal_id = journal and c.year_id = year;
            end if;
            journal := journals[place]; year := years[place];
            select c.last, c.head, greatest(c.sealed_at, clock_timestamp()) into strict last_number, chain_head, last_at
            from journal_counter c
            where c.enterprise_id = of_enterprise and c.journal_id = journal and c.year_id = year;
        end if;
        last_number := last_number + 1;
        chain_head := {LINK.format(head="chain_head", number="last_number", at="last_at", said="texts[place]")};
        numbers[place] := last_number; moments[place] := last_at; digests[place] := chain_head;
    end loop;
    insert into entry_seal (enterprise_id, entry_id, journal_id, year_id, number, lines, total, digest, sealed_at,
        activities)
    select e.enterprise_id, e.id, e.journal_id, e.year_id, u.number, u.lines, u.total, u.digest, u.moment, e.activities
    from unnest(ids, numbers, sizes, totals, digests, moments) u (id, number, lines, total, digest, moment)
    join entry e on e.enterprise_id = of_enterprise and e.id = u.id;
    update journal_counter c set last = last_number, head = chain_head, sealed_at = last_at
    where c.enterprise_id = of_enterprise and c.journal_id = journal and c.year_id = year;
end"""

LINES_GUARD = """
declare
    enterprise int; least bigint; most bigint; added_to int; known int; is_led bool; is_sealed bool;
begin
    select a.enterprise_id, a.least, a.most, a.entries, e.known, e.is_led, exists (
        select 1 from entry_seal s where s.enterprise_id = a.enterprise_id and s.entry_id between a.least and a.most)
    into enterprise, least, most, added_to, known, is_led, is_sealed
    from (
        select min(enterprise_id) as enterprise_id, min(entry_id) as least, max(entry_id) as most,
            case when min(enterprise_id) = max(enterprise_id) then count(distinct entry_id) end as entries
        from added
    ) a cross join lateral (
        select count(*) as known, bool_or(e.leads) as is_led from entry e
        where e.enterprise_id = a.enterprise_id and e.id between a.least and a.most
          and (e.xact = pg_current_xact_id()) is true  -- by their keys, not by all of the transaction
    ) e;
    if least is null then
        return null;
    end if;
    if is_sealed then  -- by others meanwhile, most likely
        is_sealed := exists (
            select 1 from entry e join entry_seal s on s.enterprise_id = e.enterprise_id and s.entry_id = e.id
            where e.enterprise_id = enterprise and e.id between least and most
              and (e.xact = pg_current_xact_id()) is true);
    end if;
    if (known = added_to) is not true or is_sealed then
        raise exception using errcode = 'EC009', message = 'entry lines never change: the entry is sealed or unknown';
    end if;
    if not is_led then
        raise exception using errcode = '40001', message = 'nothing would seal these entries: their leader was known';
    end if;
    return null;
end"""
"""Lines come with the entries of their own statement, which follow one another, and one of which has all sealed."""


def create() -> None:
    """Make the functions, or make them anew; triggers that call them stay."""
    ddl.function(
        "ledger_seal_all",
        "of_enterprise int, of_transaction xid8",
        "void",
        SEAL_ALL,
        settings=ONE_BY_ONE,
        granted=False,
    )
    ddl.function("ledger_seal", "", "trigger", SEAL, settings=ONE_BY_ONE)
    ddl.function("ledger_guard_lines", "", "trigger", LINES_GUARD, settings=ONE_BY_ONE)
