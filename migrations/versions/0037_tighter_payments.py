"""Take no part of a payment that is not positive, no source but a document's own, and no payment without its entry.

Internal accounts cancel out whatever the form of the lists that a door is handed; a payment is cancelled once, whoever
asks again hears of the same mirror.
"""

from alembic import op

from migrations import ddl, doors, selling

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

HAS_ENTRY = """
begin
    if not exists (
        select 1 from entry e where e.enterprise_id = new.enterprise_id and e.source = 'payment:' || new.id) then
        raise exception using errcode = 'EC001', message = format('payment %s has no entry', new.id);
    end if;
    return null;
end"""


def upgrade() -> None:
    op.execute("drop function if exists sales_unpay(int, bigint, date, text, text)")
    selling.create()
    selling.cancellations()
    doors.create()
    ddl.function("payment_has_entry", "", "trigger", HAS_ENTRY)
    op.execute(
        "create constraint trigger payment_has_entry after insert on payment"
        " deferrable initially deferred for each row execute function payment_has_entry()"
    )
    op.execute("alter table payment enable always trigger payment_has_entry")


def downgrade() -> None:
    op.execute("drop trigger payment_has_entry on payment")
