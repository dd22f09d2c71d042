"""Sources, names and words that stay their owner's, whatever SQL is spoken in the application's name.

Who keeps no books posts only what comes from a document or a payment of theirs; nobody signs a draft in another's name;
a mail carries no file that its writer cannot read; the words that open an account are not an administrator's.
"""

from alembic import op

from migrations import ddl, doors, selling

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SIGNED = ("sales_document", "sales_mandate", "purchase", "contract", "levy")

SIGNS = """
begin
    new.made_by := coalesce(walls_person(), new.made_by);
    return new;
end"""

FILES = """
    create function mail_files_are_theirs() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
    begin
        if exists (
            select 1 from unnest(new.file_ids) u (id) where not exists (
                select 1 from stored_file f where f.enterprise_id = new.enterprise_id and f.id = u.id)
        ) then
            raise exception using errcode = '42501', message = 'not your file';
        end if;
        return new;
    end $$;
    alter function mail_files_are_theirs() owner to ecp_owner;
    create trigger mail_files_are_theirs before insert on mail for each row execute function mail_files_are_theirs();
    alter table mail enable always trigger mail_files_are_theirs;
"""
"""Looked at with the writer's own eyes: this function does not see past the walls."""

WORDS = """
declare found_mail mail; me int := walls_person();
begin
    select * into found_mail from mail m where m.id = of_mail;
    if not found then return; end if;
    if (me is null and walls_administrator()) or found_mail.enterprise_id = any (walls_books())
            or found_mail.person_id = me
            or exists (select 1 from person p where p.id = me and lower(p.email) = lower(found_mail.recipient))
            or (found_mail.enterprise_id is null and walls_administrator() and (
                split_part(found_mail.key, ':', 1) <> all (array['reset', 'invitation'])
                or (split_part(found_mail.key, ':', 1) = 'invitation' and exists (
                    select 1 from person p where lower(p.email) = lower(found_mail.recipient)
                      and p.password_hash is null)))) then
        return query select found_mail.text, found_mail.html;
    end if;
end"""


def upgrade() -> None:
    doors.create()
    selling.create()
    selling.refunds()
    ddl.function("signs_in_own_name", "", "trigger", SIGNS)
    for table in SIGNED:
        op.execute(
            f"create trigger {table}_signed before insert on {table} for each row execute function signs_in_own_name()"
        )
        op.execute(f"alter table {table} enable always trigger {table}_signed")
    op.execute(FILES)
    ddl.function("mail_words", "of_mail bigint", "table (text text, html text)", WORDS, kind="stable")
    op.execute("revoke select on mail from ecp_app")
    op.execute(
        "grant select (id, key, enterprise_id, activity_id, person_id, recipient, subject, file_ids, state, attempts,"
        " due_at, error, written_at, sent_at) on mail to ecp_app"
    )
