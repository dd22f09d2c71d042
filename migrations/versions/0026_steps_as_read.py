"""Decide on what was read: a step names the version it was decided on; purchases and mandates are corrected."""

from alembic import op

from migrations import ddl, selling

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

VERSION = """
begin
    new.version := old.version + 1;
    return new;
end"""


def upgrade() -> None:
    op.execute("alter table sales_mandate add column id int generated always as identity")
    op.execute(
        "alter table sales_mandate drop constraint sales_mandate_pkey,"
        " add primary key (enterprise_id, activity_id, starts_on, id)"
    )
    op.execute("alter table purchase add column version int not null default 1")
    ddl.function("purchase_version", "", "trigger", VERSION)
    op.execute(
        "create trigger purchase_versioned before update on purchase for each row execute function purchase_version()"
    )
    op.execute("alter table purchase enable always trigger purchase_versioned")
    op.execute("drop function if exists sales_move(int, bigint, text, text)")
    op.execute("drop function if exists purchase_move(int, bigint, text, text)")
    selling.create()
    ours = f"({ddl.BOOKS} or {ddl.OWN})"
    op.execute("grant delete, update (kind) on purchase to ecp_app")
    op.execute(f"create policy purchase_delete on purchase for delete to ecp_app using ({ours} and state <> 'posted')")
