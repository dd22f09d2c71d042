"""Refuse at the door an entry in which liaison accounts, or those of class 9, do not cancel out.

What activities owe one another is nothing to the enterprise: `ecp verify` asks it of the books, no entry may break it.
"""

from migrations import doors

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    doors.create()


def downgrade() -> None:
    """The doors of the version before are made by its own migrations."""
