"""Say on a document how it is to be paid (RULES R4.2): once issued it is kept with the rest."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table sales_document add column means text not null default ''"
        " check (means in ('', 'cash', 'cheque', 'transfer', 'card', 'mobile'))"
    )
    op.execute("grant insert (means), update (means) on sales_document to ecp_app")


def downgrade() -> None:
    op.execute("alter table sales_document drop column means")
