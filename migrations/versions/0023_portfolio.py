"""The coordinator's summaries: one row an activity and month, behind walls of their own."""

from alembic import op

from migrations import ddl

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BOOKS = "enterprise_id = any ((select walls_books())::int[])"
PORTFOLIO = "enterprise_id = any ((select walls_portfolio())::int[])"

PORTFOLIO_MONTH = """
    create table portfolio_month (
        enterprise_id int not null,
        activity_id int not null,
        month date not null check (extract(day from month) = 1),
        turnover bigint not null,
        costs bigint not null,
        result bigint not null,
        cash bigint not null,
        available bigint not null,
        receivables bigint not null,
        receivables_late bigint not null,
        levies bigint not null,
        last_sale_on date,
        written_at timestamptz not null,
        primary key (enterprise_id, activity_id, month),
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id)
    );
"""


def upgrade() -> None:
    op.execute(PORTFOLIO_MONTH)
    ddl.guarded("portfolio_month", select=f"{PORTFOLIO} or {BOOKS}", insert=BOOKS, update=BOOKS)


def downgrade() -> None:
    op.execute("drop table portfolio_month")
