"""Tie rows to their activity, decisions to what was read, closings to what comes beside them.

What the application never does wrong is refused to whoever speaks to the database in its name, too: lines in another's
draft, a credit note on another's invoice, another's customer, work in nobody's name, a year opened beside a closing.
"""

from alembic import op

from migrations import closing, ddl, doors, sealing, selling

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
    op.execute("drop function if exists sales_issue(int, bigint, date, text, bigint[], bigint[], jsonb)")
    selling.create()
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
