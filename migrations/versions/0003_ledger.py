"""Entries, their lines and their seals; the one door that writes them, and the trigger that seals them at commit.

The order of locks is: counters of journals (sorted), then the state of the months, then writing. Whoever closes a month
takes the same counters first, so a posting under way and a closing never miss each other (RELIABILITY 4.7).

Lines name accounts, activities and journals without foreign keys: those rows never go (0002), the door resolves them
itself, and `ecp verify` looks for strays. A foreign key would lock the bank's account for every posting at once. Nor do
lines and seals have one to their entry: entries never go either, and the guard of lines asks once a statement what a
foreign key would ask once a line.
"""

from alembic import op

from migrations import ddl, sealing

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
    create table entry (
        enterprise_id int not null,
        id bigint generated always as identity,
        day date not null,
        journal_id int not null,
        year_id int not null,
        label text not null check (length(label) <= 500),
        document text not null default '' check (length(document) <= 200),
        source text not null check (source <> '' and length(source) <= 200),
        fingerprint bytea not null,
        reverses_id bigint,
        activities int[] not null,
        author int,
        recorded_at timestamptz not null default clock_timestamp(),
        xact xid8 not null default pg_current_xact_id(),
        primary key (enterprise_id, id),
        unique (enterprise_id, source),
        check (reverses_id < id),
        foreign key (enterprise_id, reverses_id) references entry (enterprise_id, id)
    );
    create unique index entry_reversed_once on entry (enterprise_id, reverses_id) where reverses_id is not null;
    create index entry_of_transaction on entry (xact);
    create index entry_by_day on entry (enterprise_id, journal_id, day, id);

    create table entry_line (
        enterprise_id int not null,
        entry_id bigint not null,
        position int not null check (position > 0),
        day date not null,
        account_id int not null,
        activity_id int not null,
        party_id bigint,
        debit bigint not null,
        credit bigint not null,
        label text not null default '' check (length(label) <= 500),
        due_on date,
        primary key (enterprise_id, entry_id, position),
        check (debit >= 0 and credit >= 0 and (debit = 0) <> (credit = 0) and debit + credit <= 9999999999999999)
    );
    create index entry_line_of_account on entry_line (enterprise_id, account_id, day, entry_id, position)
        include (activity_id, debit, credit);
    create index entry_line_of_day on entry_line (enterprise_id, day) include (account_id, activity_id, debit, credit);
    create index entry_line_of_activity on entry_line (activity_id, day, account_id)
        include (enterprise_id, debit, credit);
    create index entry_line_of_party on entry_line (enterprise_id, party_id, account_id, day)
        where party_id is not null;

    create table entry_seal (
        enterprise_id int not null,
        entry_id bigint not null,
        journal_id int not null,
        year_id int not null,
        number int not null check (number > 0),
        version int not null default 1,
        lines int not null check (lines >= 2),
        total bigint not null check (total > 0),
        digest bytea not null,
        sealed_at timestamptz not null,
        activities int[] not null,
        primary key (enterprise_id, entry_id),
        unique (enterprise_id, journal_id, year_id, number)
    );
"""


POST_ARGUMENTS = """
    of_enterprise int, sources text[], days date[], journals text[], labels text[], documents text[],
    fingerprints text[], line_entry int[], line_position int[], line_account text[], line_activity int[],
    line_party bigint[], line_debit bigint[], line_credit bigint[], line_label text[], line_due date[]
""".strip().replace("\n", "")

ONE_ARGUMENTS = """
    of_enterprise int, key_source text, on_day date, in_journal text, called text, on_document text, said text,
    line_account text[], line_activity int[], line_party bigint[], line_debit bigint[], line_credit bigint[],
    line_label text[], line_due date[]
""".strip().replace("\n", "")

ONE = """
declare
    made bigint; of_journal int; of_year int; owners int[]; accounts int[];
begin
    owners := array(select distinct u from unnest(line_activity) u order by u);
    if not of_enterprise = any (walls_books()) and not owners <@ walls_activities() then
        raise exception using errcode = '42501', message = 'not yours to post';
    end if;
    select j.id into of_journal from journal j where j.enterprise_id = of_enterprise and j.code = in_journal;
    select p.year_id into of_year from period p
    where p.enterprise_id = of_enterprise and p.month = date_trunc('month', on_day)::date;
    accounts := array(
        select (select a.id from account a
            where a.enterprise_id = of_enterprise and a.number = u.number and length(a.number) >= 4)
        from unnest(line_account) with ordinality u (number, place) order by u.place);
    if of_journal is null or of_year is null or array_position(accounts, null) is not null or exists (
        select 1 from unnest(owners) u
        where not exists (select 1 from activity a where a.enterprise_id = of_enterprise and a.id = u)
    ) then
        perform ledger_explain(of_enterprise, array[on_day], array[in_journal], line_account, line_activity);
    end if;
    insert into entry (enterprise_id, day, journal_id, year_id, label, document, source, fingerprint, activities,
        author)
    values (of_enterprise, on_day, of_journal, of_year, called, on_document, key_source, decode(said, 'hex'), owners,
        walls_person())
    on conflict (enterprise_id, source) do nothing returning id into made;
    if made is null then
        select e.id into made from entry e
        where e.enterprise_id = of_enterprise and e.source = key_source and e.fingerprint = decode(said, 'hex');
        if made is null then
            raise exception using errcode = 'EC004', message = 'source known with other content',
                detail = json_build_object('source', key_source)::text;
        end if;
        return query select 1, made, false;
        return;
    end if;
    insert into entry_line (enterprise_id, entry_id, position, day, account_id, activity_id, party_id, debit, credit,
        label, due_on)
    select of_enterprise, made, u.position, on_day, u.account, u.activity_id, u.party_id, u.debit, u.credit, u.label,
        u.due_on
    from unnest(accounts, line_activity, line_party, line_debit, line_credit, line_label, line_due)
        with ordinality as u (account, activity_id, party_id, debit, credit, label, due_on, position);
    return query select 1, made, true;
end"""

POST = """
#variable_conflict use_column
declare
    wrong text; who int := walls_person(); written int; stray int;
begin
    if not of_enterprise = any (walls_books()) then
        if exists (select 1 from unnest(line_activity) a where not a = any (walls_activities())) then
            raise exception using errcode = '42501', message = 'not yours to post';
        end if;
    end if;
    select u into stray from (select distinct unnest(line_activity) as u) d
    where not exists (select 1 from activity a where a.enterprise_id = of_enterprise and a.id = d.u) limit 1;
    if stray is not null then
        raise exception using errcode = 'EC002', message = 'unknown activity',
            detail = json_build_object('activity', stray)::text;
    end if;
    begin
        return query
        with given as (
            select g.*, j.id as journal_id, p.year_id, p.closed_at
            from unnest(sources, days, journals, labels, documents, fingerprints) with ordinality
                as g (source, day, journal, label, document, fingerprint, place)
            left join journal j on j.enterprise_id = of_enterprise and j.code = g.journal
            left join period p on p.enterprise_id = of_enterprise and p.month = date_trunc('month', g.day)::date
        ), lines as materialized (
            select u.* from unnest(line_entry, line_position, line_account, line_activity, line_party, line_debit,
                line_credit, line_label, line_due)
                as u (place, position, account, activity_id, party_id, debit, credit, label, due_on)
        ), made as (
            insert into entry (enterprise_id, day, journal_id, year_id, label, document, source, fingerprint,
                activities, author)
            select of_enterprise, g.day, g.journal_id, g.year_id, g.label, g.document, g.source,
                decode(g.fingerprint, 'hex'), l.activities, who
            from given g
            join (select place, array_agg(distinct activity_id order by activity_id) as activities from lines
                group by place) l on l.place = g.place
            order by g.place
            on conflict (enterprise_id, source) do nothing
            returning id, source, day
        ), written as (
            insert into entry_line (enterprise_id, entry_id, position, day, account_id, activity_id, party_id, debit,
                credit, label, due_on)
            select of_enterprise, m.id, l.position, m.day, a.id, l.activity_id, l.party_id, l.debit, l.credit, l.label,
                l.due_on
            from made m join given g on g.source = m.source join lines l on l.place = g.place
            left join account a on a.enterprise_id = of_enterprise and a.number = l.account and length(a.number) >= 4
            order by l.place, l.position
        )
        select g.place::int, m.id, true from made m join given g on g.source = m.source;
        get diagnostics written = row_count;
    exception
        when not_null_violation or foreign_key_violation then
            get stacked diagnostics wrong = message_text;
            perform ledger_explain(of_enterprise, days, journals, line_account, line_activity);
            raise exception using errcode = 'EC002', message = wrong, detail = '{}';
    end;
    if written = cardinality(sources) then return; end if;
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

REVERSE = """
#variable_conflict use_column
declare original entry; made bigint;
begin
    select * into original from entry e where e.enterprise_id = of_enterprise and e.id = of_entry;
    if not found or not (of_enterprise = any (walls_books()) or original.activities <@ walls_activities()) then
        raise exception using errcode = 'EC003', message = 'no such entry', detail = '{}';
    end if;
    if original.reverses_id is not null then
        raise exception using errcode = 'EC006', message = 'a reversal is not reversed', detail = '{}';
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
            raise exception using errcode = 'EC007', message = 'reversed already', detail = '{}';
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
end"""


def upgrade() -> None:
    op.execute(TABLES)
    sealing.create()
    ddl.function(
        "ledger_explain",
        "of_enterprise int, days date[], journals text[], line_account text[], line_activity int[]",
        "void",
        EXPLAIN,
    )
    answer = "table (place int, entry_id bigint, is_new bool)"
    ddl.function("ledger_post", ONE_ARGUMENTS, answer, ONE, settings=sealing.ONE_BY_ONE)
    ddl.function("ledger_post_many", POST_ARGUMENTS, answer, POST, settings="enable_nestloop = off")
    ddl.function(
        "ledger_reverse",
        "of_enterprise int, of_entry bigint, on_day date, called text, key_source text, key_fingerprint text",
        "table (entry_id bigint, is_new bool)",
        REVERSE,
    )
    op.execute(
        "create constraint trigger entry_sealed after insert on entry deferrable initially deferred"
        " for each row execute function ledger_seal()"
    )
    op.execute(
        "create trigger entry_line_guarded after insert on entry_line referencing new table as added"
        " for each statement execute function ledger_guard_lines()"
    )
    for table, trigger in (("entry", "entry_sealed"), ("entry_line", "entry_line_guarded")):
        op.execute(f"alter table {table} enable always trigger {trigger}")
    own_entry = "activities && (select walls_activities())::int[]"
    ddl.guarded("entry", select=f"{ddl.BOOKS} or {own_entry}")
    ddl.guarded("entry_line", select=f"{ddl.BOOKS} or {ddl.OWN}")
    ddl.guarded("entry_seal", select=f"{ddl.BOOKS} or {own_entry}")
    for table in ("entry", "entry_line", "entry_seal"):
        ddl.append_only(table)
    op.execute("revoke execute on function ledger_explain from ecp_app")
