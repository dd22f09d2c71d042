"""Cancel a payment by its mirror: a cheque that bounced, or what was recorded by mistake.

The mirror is a payment of its own, negative, with the next number: whatever adds payments up is right without knowing.
"""

from alembic import op

from migrations import selling

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = """
    alter table payment add column cancels_id bigint,
        drop constraint payment_amount_check, drop constraint payment_stamp_check,
        add constraint payment_amount_check check (case when cancels_id is null then amount > 0 else amount < 0 end),
        add constraint payment_stamp_check check (case when cancels_id is null then stamp >= 0 else stamp <= 0 end),
        add constraint payment_cancelled_once unique (enterprise_id, cancels_id),
        add constraint payment_cancels_known
            foreign key (enterprise_id, cancels_id) references payment (enterprise_id, id);
    alter table payment_part drop constraint payment_part_amount_check,
        add constraint payment_part_amount_check check (amount <> 0);
"""


def upgrade() -> None:
    op.execute(TABLES)
    selling.cancellations()


def downgrade() -> None:
    op.execute("drop function if exists sales_unpay(int, bigint, date, text)")
    op.execute("alter table payment drop column cancels_id")
