"""Refuse to reverse the entry of a document alone: the document would go on living without it."""

from migrations import doors

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    doors.create()
