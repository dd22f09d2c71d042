"""Number, chain and seal an entry that is alone in its transaction in two statements instead of five."""

from migrations import sealing

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sealing.create()


def downgrade() -> None:
    """Nothing to undo: the seals are the same."""
