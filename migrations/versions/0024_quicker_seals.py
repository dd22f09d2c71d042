"""Seal in one statement, and ask once a statement what foreign keys of lines and seals asked once a row.

A base made since has no such keys (0003); one made before loses them here.
"""

from alembic import op

from migrations import sealing

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("entry_line", "entry_seal"):
        op.execute(f"alter table {table} drop constraint if exists {table}_enterprise_id_entry_id_fkey")
    sealing.create()


def downgrade() -> None:
    for table in ("entry_line", "entry_seal"):
        op.execute(
            f"alter table {table} add constraint {table}_enterprise_id_entry_id_fkey"
            " foreign key (enterprise_id, entry_id) references entry (enterprise_id, id)"
        )
