"""Have one entry of each statement call for the sealing of all of them, and ask less for each.

An entry alone leads itself; of those that thousands come with the first does, so that the commit does not ask thousands
of times what was done already. The guard of lines sees to it that somebody leads. What an entry reverses is looked for
where it reverses one: a foreign key asked for every entry, and entries never go. Seals are the same.
"""

from alembic import op

from migrations import ddl, doors, sealing

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TRIGGER = """
    create constraint trigger entry_sealed after insert on entry deferrable initially deferred
    for each row {condition} execute function ledger_seal();
    alter table entry enable always trigger entry_sealed;
"""
REVERSES = """
begin
    if not exists (select 1 from entry e where e.enterprise_id = new.enterprise_id and e.id = new.reverses_id) then
        raise exception using errcode = '23503', message = 'what it reverses is unknown';
    end if;
    return null;
end"""
REVERSED = """
    create trigger entry_reverses_known after insert on entry
    for each row when (new.reverses_id is not null) execute function ledger_reverses_known();
    alter table entry enable always trigger entry_reverses_known;
"""
FOREIGN_KEY = """
    alter table entry add constraint entry_enterprise_id_reverses_id_fkey
    foreign key (enterprise_id, reverses_id) references entry (enterprise_id, id)
"""
POST_MANY_BEFORE = """
    of_enterprise int, sources text[], days date[], journals text[], labels text[], documents text[],
    fingerprints text[], line_entry int[], line_position int[], line_account text[], line_activity int[],
    line_party bigint[], line_debit bigint[], line_credit bigint[], line_label text[], line_due date[]
"""


def upgrade() -> None:
    op.execute("alter table entry add column leads bool not null default true")
    op.execute("drop trigger entry_sealed on entry")
    op.execute(TRIGGER.format(condition="when (new.leads)"))
    op.execute("grant usage on sequence entry_id_seq to ecp_guard")
    op.execute(f"drop function if exists ledger_post_many({ddl.types(POST_MANY_BEFORE)})")
    op.execute("alter table entry drop constraint entry_enterprise_id_reverses_id_fkey")
    ddl.function("ledger_reverses_known", "", "trigger", REVERSES)
    op.execute(REVERSED)
    sealing.create()
    doors.create()


def downgrade() -> None:
    op.execute("drop trigger entry_reverses_known on entry")
    op.execute(FOREIGN_KEY)
    op.execute("drop trigger entry_sealed on entry")
    op.execute(TRIGGER.format(condition=""))
    op.execute("alter table entry drop column leads")
