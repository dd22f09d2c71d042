"""Read the lines of some days by the index of accounts (decision 0007), and let the guard of lines look entries up.

A base made since has no index of days (0003). The guard ran under the settings of the door that called it, which read
every entry of the books for each call.
"""

from alembic import op

from migrations import sealing

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("drop index if exists entry_line_of_day")
    sealing.create()


def downgrade() -> None:
    op.execute(
        "create index entry_line_of_day on entry_line (enterprise_id, day)"
        " include (account_id, activity_id, debit, credit)"
    )
