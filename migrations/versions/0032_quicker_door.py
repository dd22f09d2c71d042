"""Ask in one statement whether an entry may be posted and what it names; seals are the same."""

from migrations import doors, sealing

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sealing.create()
    doors.create()


def downgrade() -> None:
    """Nothing to undo: what the functions promise stayed what it was."""
