"""Tie rows to their activity, decisions to what was read, closings to what comes beside them.

What the application never does wrong is refused to whoever speaks to the database in its name, too: lines in another's
draft, a credit note on another's invoice, another's customer, work in nobody's name, a year opened beside a closing.
"""

from alembic import op

from migrations import closing, ddl, doors, sealing

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KEYS = """
    create unique index activity_id on activity (id);
    alter table sales_document add constraint sales_document_of_its_activity unique (enterprise_id, id, activity_id);
    alter table party add constraint party_of_its_activity unique (enterprise_id, id, activity_id);
    alter table sales_line drop constraint sales_line_enterprise_id_document_id_fkey,
        add foreign key (enterprise_id, document_id, activity_id)
            references sales_document (enterprise_id, id, activity_id) on delete cascade;
    alter table sales_document drop constraint sales_document_enterprise_id_original_id_fkey,
        drop constraint sales_document_enterprise_id_party_id_fkey,
        add foreign key (enterprise_id, original_id, activity_id)
            references sales_document (enterprise_id, id, activity_id),
        add foreign key (enterprise_id, party_id, activity_id) references party (enterprise_id, id, activity_id);
    alter table purchase drop constraint purchase_enterprise_id_party_id_fkey,
        add foreign key (enterprise_id, party_id, activity_id) references party (enterprise_id, id, activity_id);
    alter table entry_line drop constraint entry_line_enterprise_id_party_id_fkey,
        add foreign key (enterprise_id, party_id, activity_id) references party (enterprise_id, id, activity_id);
"""

ISSUE = """
declare found_document sales_document; taken int; of_year int := extract(year from on_day); called text;
begin
    select * into found_document from sales_document
    where enterprise_id = of_enterprise and id = of_document for update;
    if not found or not (
        of_enterprise = any (walls_books()) or found_document.activity_id = any (walls_activities())
    ) then
        raise exception using errcode = 'EC003', message = 'no such document', detail = '{}';
    end if;
    if found_document.number is not null then return found_document.number; end if;
    if seen <> found_document.version then
        raise exception using errcode = 'EC020', message = 'changed meanwhile', detail = '{}';
    end if;
    if cardinality(line_net) <> (
        select count(*) from sales_line l where l.enterprise_id = of_enterprise and l.document_id = of_document
    ) or cardinality(line_net) <> cardinality(line_vat) or (
        select coalesce(sum(n + v), 0) from unnest(line_net, line_vat) u (n, v)) < 0 then
        raise exception using errcode = 'EC011', message = 'not to be issued so',
            detail = json_build_object('state', found_document.state)::text;
    end if;
    if found_document.state <> 'approved'
            and not sales_may(of_enterprise, found_document.activity_id, 'issue') then
        raise exception using errcode = 'EC012', message = 'to be approved first', detail = '{}';
    end if;
    insert into sales_counter as c (enterprise_id, kind, year, last)
    values (of_enterprise, found_document.kind, of_year, 1)
    on conflict (enterprise_id, kind, year) do update set last = c.last + 1 returning last into taken;
    if exists (
        select 1 from sales_document d where d.enterprise_id = of_enterprise and d.kind = found_document.kind
          and d.year = of_year and d.serial = taken - 1 and d.issued_on > on_day
    ) then
        raise exception using errcode = 'EC013', message = 'before the last one', detail = (
            select json_build_object('day', d.issued_on)::text from sales_document d
            where d.enterprise_id = of_enterprise and d.kind = found_document.kind and d.year = of_year
              and d.serial = taken - 1);
    end if;
    if found_document.kind = 'credit_note' then
        perform 1 from sales_document d
        where d.enterprise_id = of_enterprise and d.id = found_document.original_id and d.number is not null
          and d.kind = 'invoice' and d.activity_id = found_document.activity_id for update;
        if not found or exists (
            select 1 from sales_line l
            left join sales_line o on o.enterprise_id = l.enterprise_id and o.document_id = found_document.original_id
                and o.position = l.original_position
            where l.enterprise_id = of_enterprise and l.document_id = of_document and (o.position is null
                or (l.quantity + coalesce((select sum(b.quantity) from sales_line b
                    join sales_document c on c.enterprise_id = b.enterprise_id and c.id = b.document_id
                    where c.enterprise_id = of_enterprise and c.original_id = found_document.original_id
                      and c.number is not null and b.original_position = l.original_position), 0)) / o.quantity
                    not between 0 and 1)
        ) then
            raise exception using errcode = 'EC016', message = 'more than is left of the invoice', detail = '{}';
        end if;
        if (select sum(n) from unnest(line_net) n) + (select sum(v) from unnest(line_vat) v) > (
            select d.gross - coalesce((select sum(c.gross) from sales_document c where c.enterprise_id = d.enterprise_id
                and c.original_id = d.id and c.kind = 'credit_note' and c.number is not null), 0)
            from sales_document d where d.enterprise_id = of_enterprise and d.id = found_document.original_id)
        then
            raise exception using errcode = 'EC016', message = 'more than is left of the invoice', detail = '{}';
        end if;
    end if;
    called := case found_document.kind when 'invoice' then 'F' when 'credit_note' then 'A' else 'D' end
        || '-' || of_year || '-' || case when taken < 10000 then lpad(taken::text, 4, '0') else taken::text end;
    update sales_line l set net = t.net, vat = t.vat
    from unnest(line_net, line_vat) with ordinality as t (net, vat, position)
    where l.enterprise_id = of_enterprise and l.document_id = of_document and l.position = t.position;
    update sales_document set state = 'issued', number = called, year = of_year, serial = taken, issued_on = on_day,
        issued_by = walls_person(), vat_regime = regime, papers = frozen, version = version + 1,
        net = (select sum(n) from unnest(line_net) n), vat = (select sum(v) from unnest(line_vat) v),
        gross = (select sum(n) from unnest(line_net) n) + (select sum(v) from unnest(line_vat) v)
    where enterprise_id = of_enterprise and id = of_document;
    return called;
end"""

MANDATE = """
declare told record;
begin
    if of_enterprise = any (walls_books()) then return true; end if;
    if not of_activity = any (walls_activities()) then return false; end if;
    select m.may_issue, m.may_collect into told from sales_mandate m
    where m.enterprise_id = of_enterprise and m.activity_id = of_activity
      and m.starts_on <= (now() at time zone 'Africa/Casablanca')::date
    order by m.starts_on desc, m.id desc limit 1;
    if not found then return what = 'collect'; end if;
    return case what when 'issue' then told.may_issue else told.may_collect end;
end"""

APPROVED = """
begin
    if old.state = 'approved' and new.state = 'approved' and (to_jsonb(new) - 'version') is distinct from
            (to_jsonb(old) - 'version') then
        raise exception using errcode = 'EC011', message = 'approved as it is', detail = '{"state": "approved"}';
    end if;
    return new;
end"""

LINES_APPROVED = """
declare document sales_document;
begin
    select * into document from sales_document d
    where d.enterprise_id = coalesce(new.enterprise_id, old.enterprise_id)
      and d.id = coalesce(new.document_id, old.document_id);
    if document.state = 'approved' and (tg_op <> 'UPDATE' or (to_jsonb(new) - array['vat_rate', 'net', 'vat'])
            is distinct from (to_jsonb(old) - array['vat_rate', 'net', 'vat'])) then
        raise exception using errcode = 'EC011', message = 'approved as it is', detail = '{"state": "approved"}';
    end if;
    return coalesce(new, old);
end"""

HAS_ENTRY = """
begin
    if new.number is not null and new.kind <> 'quote' and not exists (
        select 1 from entry e where e.enterprise_id = new.enterprise_id
          and e.source = concat_ws(':', new.kind, new.id, 'issued')
    ) then
        raise exception using errcode = 'EC001', message = 'issued without its entry';
    end if;
    return null;
end"""

TRAIL_NOTE = """
begin
    if of_enterprise is not null and not walls_administrator() and not of_enterprise = any (walls_places()) then
        raise exception using errcode = '42501', message = 'not a place of yours';
    end if;
    insert into trail (person_id, enterprise_id, activity_id, what, subject, data)
    values (walls_person(), of_enterprise, of_activity, what_happened, about, coalesce(details, '{}'));
end"""

SYSTEM = "((select walls_person()) is null and (select walls_administrator()))"
HERE = "(enterprise_id is null or enterprise_id = any ((select walls_places())::int[]))"


def upgrade() -> None:
    op.execute(KEYS)
    _sales()
    closing.create()
    closing.counters()
    sealing.create()
    doors.create()
    ddl.function(
        "trail_note",
        "of_enterprise int, of_activity int, what_happened text, about text, details jsonb",
        "void",
        TRAIL_NOTE,
    )
    op.execute("drop policy job_insert on job")
    op.execute(
        f"create policy job_insert on job for insert to ecp_app with check ({HERE} and"
        f" (requested_by = (select walls_person()) or {SYSTEM}))"
    )
    op.execute("revoke insert on activity from ecp_app")
    op.execute(
        "grant insert (enterprise_id, code, name, trade, is_structure, language, opened_on, closed_on)"
        " on activity to ecp_app"
    )


def _sales() -> None:
    op.execute("drop function sales_issue(int, bigint, date, text, bigint[], bigint[], jsonb)")
    ddl.function(
        "sales_issue",
        "of_enterprise int, of_document bigint, on_day date, regime text, line_net bigint[], line_vat bigint[],"
        " frozen jsonb, seen int",
        "text",
        ISSUE,
    )
    ddl.function("sales_may", "of_enterprise int, of_activity int, what text", "bool", MANDATE, kind="stable")
    op.execute("grant update (vat_rate) on sales_line to ecp_app")
    ours = f"({ddl.BOOKS} or {ddl.OWN})"
    op.execute(f"create policy sales_line_update on sales_line for update to ecp_app using ({ours})")
    for table, body, events in (
        ("sales_document", APPROVED, "update"),
        ("sales_line", LINES_APPROVED, "insert or update or delete"),
    ):
        ddl.function(f"{table}_approved", "", "trigger", body)
        op.execute(
            f"create trigger {table}_approved before {events} on {table}"
            f" for each row execute function {table}_approved()"
        )
        op.execute(f"alter table {table} enable always trigger {table}_approved")
    ddl.function("sales_document_has_entry", "", "trigger", HAS_ENTRY)
    op.execute(
        "create constraint trigger sales_document_has_entry after update of number on sales_document"
        " deferrable initially deferred for each row execute function sales_document_has_entry()"
    )
    op.execute("alter table sales_document enable always trigger sales_document_has_entry")
