"""The functions by which entries are written, as they are now: one, many, a reversal, and why one is refused.

Migrations that change them call `create` again.
"""

from alembic import op

from migrations import ddl, sealing, walls

POST_ARGUMENTS = """
    of_enterprise int, sources text[], days date[], journals text[], labels text[], documents text[],
    fingerprints text[], activities text[], accounts text[], line_entry int[], line_position int[],
    line_account int[], line_activity int[], line_party bigint[], line_debit bigint[], line_credit bigint[],
    line_label text[], line_due date[]
""".strip().replace("\n", "")

ONE_ARGUMENTS = """
    of_enterprise int, key_source text, on_day date, in_journal text, called text, on_document text, said text,
    line_account text[], line_activity int[], line_party bigint[], line_debit bigint[], line_credit bigint[],
    line_label text[], line_due date[]
""".strip().replace("\n", "")

KEEPER = f"""
declare scope record;
begin
    {walls.SESSION}
    person := scope.person_id;
    keeps := found and coalesce(scope.enterprise_id = of_enterprise, true) and (person is null or exists (
        select 1 from membership m
        where m.person_id = person and m.enterprise_id = of_enterprise and m.role = 'accountant'));
end"""
"""Who acts, and whether they keep these books: what `walls_person` and `walls_books` tell, asked at once."""

CANCEL_OUT = """
declare wrong int;
begin
    select l.entry into wrong
    from unnest(line_entry, line_account, line_debit, line_credit) l (entry, account, debit, credit)
    where l.account like '9%' or l.account like '160%'
    group by l.entry, left(l.account, 1) having sum(l.debit) <> sum(l.credit) limit 1;
    if found then
        raise exception using errcode = 'EC024', message = 'internal accounts do not cancel out', detail = '{}';
    end if;
end"""
"""What activities owe one another, on liaison accounts and those of class 9, is nothing to the enterprise."""

INTERNAL = "'[{,](9|160)'"
"""Tells quickly whether there is any of those accounts in a list."""

ONE = f"""
declare
    of_journal int; of_year int; owners int[]; accounts int[]; who int; is_keeper bool; are_known bool;
begin
    select o.ids, k.person, k.keeps, o.ids <@ array(
            select a.id from activity a where a.enterprise_id = of_enterprise and a.id = any (o.ids)),
        j.id, p.year_id, array(
            select (select a.id from account a
                where a.enterprise_id = of_enterprise and a.number = u.number and length(a.number) >= 4)
            from unnest(line_account) with ordinality u (number, place) order by u.place)
    into owners, who, is_keeper, are_known, of_journal, of_year, accounts
    from (select array(select distinct u from unnest(line_activity) u order by u) as ids offset 0) o
    cross join ledger_keeper(of_enterprise) k
    left join journal j on j.enterprise_id = of_enterprise and j.code = in_journal
    left join period p on p.enterprise_id = of_enterprise and p.month = date_trunc('month', on_day)::date;
    if cardinality(owners) = 0 or array_position(owners, null) is not null then
        raise exception using errcode = '42501', message = 'not yours to post';
    end if;
    if not is_keeper and not (owners <@ walls_activities() and ledger_theirs(of_enterprise, array[key_source])) then
        raise exception using errcode = '42501', message = 'not yours to post';
    end if;
    if of_journal is null or of_year is null or not are_known or array_position(accounts, null) is not null then
        perform ledger_explain(of_enterprise, array[on_day], array[in_journal], line_account, line_activity);
    end if;
    if line_account::text ~ {INTERNAL} then
        perform ledger_cancel_out(
            array_fill(1, array[cardinality(line_account)]), line_account, line_debit, line_credit);
    end if;
    insert into entry (enterprise_id, day, journal_id, year_id, label, document, source, fingerprint, activities,
        author)
    values (of_enterprise, on_day, of_journal, of_year, called, on_document, key_source, decode(said, 'hex'), owners,
        who)
    on conflict (enterprise_id, source) do nothing returning id into made;
    is_new := made is not null;
    if not is_new then
        select e.id into made from entry e
        where e.enterprise_id = of_enterprise and e.source = key_source and e.fingerprint = decode(said, 'hex');
        if made is null then
            raise exception using errcode = 'EC004', message = 'source known with other content',
                detail = json_build_object('source', key_source)::text;
        end if;
        return;
    end if;
    insert into entry_line (enterprise_id, entry_id, position, day, account_id, activity_id, party_id, debit, credit,
        label, due_on)
    select of_enterprise, made, u.position, on_day, u.account, u.activity_id, u.party_id, u.debit, u.credit, u.label,
        u.due_on
    from unnest(accounts, line_activity, line_party, line_debit, line_credit, line_label, line_due)
        with ordinality as u (account, activity_id, party_id, debit, credit, label, due_on, position);
end"""

POST = f"""
#variable_conflict use_column
declare
    wrong text; who int := walls_person(); stray int; account_ids int[]; ids bigint[]; all_lead bool := false;
begin
    if not of_enterprise = any (walls_books()) then
        if cardinality(line_activity) = 0 or exists (
            select 1 from unnest(line_activity) a where (a = any (walls_activities())) is not true
        ) or not ledger_theirs(of_enterprise, sources) then
            raise exception using errcode = '42501', message = 'not yours to post';
        end if;
    end if;
    select u into stray from (select distinct unnest(line_activity) as u) d
    where not exists (select 1 from activity a where a.enterprise_id = of_enterprise and a.id = d.u) limit 1;
    if stray is not null then
        raise exception using errcode = 'EC002', message = 'unknown activity',
            detail = json_build_object('activity', stray)::text;
    end if;
    if accounts::text ~ {INTERNAL} then
        perform ledger_cancel_out(line_entry, array(
            select (array(select unnest(accounts)))[l.account]
            from unnest(line_account) with ordinality l (account, place) order by l.place),
            line_debit, line_credit);
    end if;
    account_ids := array(
        select a.id from unnest(accounts) with ordinality u (number, place)
        left join account a on a.enterprise_id = of_enterprise and a.number = u.number and length(a.number) >= 4
        order by u.place);
    loop
        begin
            with given as materialized (
                select nextval('entry_id_seq') as id, g.*
                from (
                    select g.*, j.id as journal_id, p.year_id
                    from unnest(sources, days, journals, labels, documents, fingerprints, activities) with ordinality
                        as g (source, day, journal, label, document, fingerprint, activities, place)
                    left join journal j on j.enterprise_id = of_enterprise and j.code = g.journal
                    left join period p
                        on p.enterprise_id = of_enterprise and p.month = date_trunc('month', g.day)::date
                    order by g.place
                ) g
            ), made as (
                insert into entry (enterprise_id, id, day, journal_id, year_id, label, document, source, fingerprint,
                    activities, author, leads)
                overriding system value
                select of_enterprise, g.id, g.day, g.journal_id, g.year_id, g.label, g.document, g.source,
                    decode(g.fingerprint, 'hex'), g.activities::int[], who, g.place = 1 or all_lead
                from given g
                on conflict (enterprise_id, source) do nothing
                returning id
            )
            select array_agg(m.id order by g.place) into ids from given g left join made m on m.id = g.id;
            insert into entry_line (enterprise_id, entry_id, position, day, account_id, activity_id, party_id, debit,
                credit, label, due_on)
            select of_enterprise, ids[l.entry], l.position, days[l.entry], account_ids[l.account], l.activity_id,
                l.party_id, l.debit, l.credit, l.label, l.due_on
            from unnest(line_entry, line_position, line_account, line_activity, line_party, line_debit, line_credit,
                line_label, line_due)
                as l (entry, position, account, activity_id, party_id, debit, credit, label, due_on)
            where ids[l.entry] is not null;
            exit;
        exception
            when serialization_failure then
                if all_lead then raise; end if;
                all_lead := true;
            when not_null_violation then
                get stacked diagnostics wrong = message_text;
                perform ledger_explain(of_enterprise, days, journals, accounts, line_activity);
                raise exception using errcode = 'EC002', message = wrong, detail = '{{}}';
        end;
    end loop;
    return query select u.place::int, u.id, true from unnest(ids) with ordinality u (id, place) where u.id is not null;
    if array_position(ids, null) is null then return; end if;
    select g.source into wrong from unnest(sources, fingerprints) as g (source, fingerprint)
    join entry e on e.enterprise_id = of_enterprise and e.source = g.source
    where e.fingerprint <> decode(g.fingerprint, 'hex') limit 1;
    if wrong is not null then
        raise exception using errcode = 'EC004', message = 'source known with other content',
            detail = json_build_object('source', wrong)::text;
    end if;
    return query
    select g.place::int, e.id, false from unnest(sources) with ordinality as g (source, place)
    join entry e on e.enterprise_id = of_enterprise and e.source = g.source;
end"""

THEIRS = """
declare mine int[] := walls_activities();
begin
    return not exists (
        select 1 from (
            select s as source, u[1] as kind, case when u[2] ~ '^[0-9]{1,18}$' then u[2]::bigint end as id,
                case when u[3] ~ '^[0-9]{1,18}$' then u[3]::bigint end as part
            from (select s, string_to_array(s, ':') as u from unnest(sources) s) words
        ) said where not exists (
            select 1 from sales_document d
            where said.kind in ('invoice', 'credit_note') and d.enterprise_id = of_enterprise and d.id = said.id
              and d.kind = said.kind and d.activity_id = any (mine)
              and said.source = concat_ws(':', d.kind, d.id, 'issued')
            union all
            select 1 from payment p
            where said.kind = 'payment' and p.enterprise_id = of_enterprise and p.id = said.id
              and p.activity_id = any (mine) and said.source = concat_ws(':', said.kind, p.id)
            union all
            select 1 from refund r
            where said.kind = 'refund' and r.enterprise_id = of_enterprise and r.document_id = said.id
              and r.id = said.part and r.activity_id = any (mine)
              and said.source = concat_ws(':', said.kind, r.document_id, r.id)
            union all
            select 1 from purchase_payment p
            where said.kind = 'purchase-payment' and p.enterprise_id = of_enterprise and p.id = said.id
              and p.activity_id = any (mine) and said.source = concat_ws(':', said.kind, p.id)
        ));
end"""
"""What who keeps no books posts comes from a document or a payment of theirs: no source is taken from its owner."""

EXPLAIN = """
declare found_wrong text;
begin
    select string_agg(distinct u, ', ') into found_wrong from unnest(line_account) u where not exists (
        select 1 from account a where a.enterprise_id = of_enterprise and a.number = u and length(u) >= 4);
    if found_wrong is not null then
        raise exception using errcode = 'EC002', message = 'unknown account',
            detail = json_build_object('account', found_wrong)::text;
    end if;
    select string_agg(distinct u, ', ') into found_wrong from unnest(journals) u where not exists (
        select 1 from journal j where j.enterprise_id = of_enterprise and j.code = u);
    if found_wrong is not null then
        raise exception using errcode = 'EC002', message = 'unknown journal',
            detail = json_build_object('journal', found_wrong)::text;
    end if;
    select min(u)::text into found_wrong from unnest(line_activity) u where not exists (
        select 1 from activity a where a.enterprise_id = of_enterprise and a.id = u);
    if found_wrong is not null then
        raise exception using errcode = 'EC002', message = 'unknown activity',
            detail = json_build_object('activity', found_wrong)::text;
    end if;
    select min(u)::text into found_wrong from unnest(days) u where not exists (
        select 1 from fiscal_year y where y.enterprise_id = of_enterprise and u between y.opens_on and y.closes_on);
    if found_wrong is not null then
        raise exception using errcode = 'EC002', message = 'no fiscal year',
            detail = json_build_object('day', found_wrong)::text;
    end if;
end"""

OF_DOCUMENTS = ("invoice", "credit_note", "payment", "refund", "purchase", "purchase-payment", "levy")
"""What entries come from that are undone with what they come from, never alone."""

REVERSE = """
#variable_conflict use_column
declare original entry; made bigint;
begin
    select * into original from entry e where e.enterprise_id = of_enterprise and e.id = of_entry;
    if not found or not of_enterprise = any (walls_books()) then
        raise exception using errcode = 'EC003', message = 'no such entry', detail = '{{}}';
    end if;
    if original.reverses_id is not null then
        raise exception using errcode = 'EC006', message = 'a reversal is not reversed', detail = '{{}}';
    end if;
    if split_part(original.source, ':', 1) = any (array[{owned}]) then
        raise exception using errcode = 'EC023', message = 'the entry of a document', detail = '{{}}';
    end if;
    if original.day > on_day then
        raise exception using errcode = 'EC008', message = 'before its original',
            detail = json_build_object('day', original.day)::text;
    end if;
    insert into entry (enterprise_id, day, journal_id, year_id, label, document, source, fingerprint, reverses_id,
        activities, author)
    select of_enterprise, on_day, original.journal_id, p.year_id, called, original.document, key_source,
        decode(key_fingerprint, 'hex'), original.id, original.activities, walls_person()
    from (select 1) one left join period p
        on p.enterprise_id = of_enterprise and p.month = date_trunc('month', on_day)::date
    on conflict do nothing returning id into made;
    if made is null then
        select e.id into made from entry e
        where e.enterprise_id = of_enterprise and e.source = key_source and e.reverses_id = of_entry
          and e.fingerprint = decode(key_fingerprint, 'hex');
        if made is null then
            raise exception using errcode = 'EC007', message = 'reversed already', detail = '{{}}';
        end if;
        return query select made, false;
        return;
    end if;
    insert into entry_line (enterprise_id, entry_id, position, day, account_id, activity_id, party_id, debit, credit,
        label, due_on)
    select l.enterprise_id, made, l.position, on_day, l.account_id, l.activity_id, l.party_id, l.credit, l.debit,
        l.label, l.due_on
    from entry_line l where l.enterprise_id = of_enterprise and l.entry_id = of_entry order by l.position;
    return query select made, true;
exception when not_null_violation then
    raise exception using errcode = 'EC002', message = 'no fiscal year',
        detail = json_build_object('day', on_day)::text;
end""".format(owned=", ".join(f"'{each}'" for each in OF_DOCUMENTS))


def create() -> None:
    """Make the functions, or make them anew."""
    ddl.function(
        "ledger_explain",
        "of_enterprise int, days date[], journals text[], line_account text[], line_activity int[]",
        "void",
        EXPLAIN,
        granted=False,
    )
    internal = "line_entry int[], line_account text[], line_debit bigint[], line_credit bigint[]"
    ddl.function("ledger_cancel_out", internal, "void", CANCEL_OUT, kind="immutable", granted=False)
    keeper = "of_enterprise int, out person int, out keeps bool"
    ddl.function("ledger_keeper", keeper, "record", KEEPER, kind="stable", granted=False)
    ddl.function("ledger_theirs", "of_enterprise int, sources text[]", "bool", THEIRS, kind="stable", granted=False)
    answer = "table (place int, entry_id bigint, is_new bool)"
    op.execute(f"drop function if exists ledger_post({ddl.types(ONE_ARGUMENTS)})")  # it answered a table before 0032
    one = f"{ONE_ARGUMENTS}, out made bigint, out is_new bool"
    ddl.function("ledger_post", one, "record", ONE, settings=sealing.ONE_BY_ONE)
    ddl.function("ledger_post_many", POST_ARGUMENTS, answer, POST, settings="enable_nestloop = off")
    ddl.function(
        "ledger_reverse",
        "of_enterprise int, of_entry bigint, on_day date, called text, key_source text, key_fingerprint text",
        "table (entry_id bigint, is_new bool)",
        REVERSE,
    )
