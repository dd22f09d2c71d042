"""The month run: how far it is, what became of each activity, the figures it froze."""

from alembic import op

from migrations import ddl

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BOOKS = "enterprise_id = any ((select walls_books())::int[])"
OWN = "activity_id = any ((select walls_activities())::int[])"
OF_OURS = "exists (select 1 from monthly_statement s where s.id = statement_id and s.enterprise_id = {0}.enterprise_id)"

MONTH_RUN = """
    create table month_run (
        enterprise_id int not null references enterprise,
        month date not null check (extract(day from month) = 1),
        state text not null check (state in ('levies', 'closing', 'statements', 'printing', 'done', 'incomplete')),
        attempt int not null default 1,
        done int not null default 0,
        total int not null default 0,
        reason text not null default '',
        requested_by int references person,
        started_at timestamptz not null,
        finished_at timestamptz,
        primary key (enterprise_id, month)
    );
"""
MONTH_OUTCOME = """
    create table month_outcome (
        enterprise_id int not null,
        month date not null,
        activity_id int not null,
        stage text not null check (stage in ('levies', 'statements')),
        state text not null check (state in ('done', 'failed')),
        reason text not null default '',
        attempt int not null,
        noted_at timestamptz not null,
        primary key (enterprise_id, month, activity_id, stage),
        foreign key (enterprise_id, month) references month_run,
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id)
    );
"""
MONTHLY_STATEMENT = """
    create table monthly_statement (
        id bigint generated always as identity unique,
        enterprise_id int not null,
        activity_id int not null,
        month date not null,
        figures jsonb not null,
        digest text not null,
        made_at timestamptz not null,
        primary key (enterprise_id, activity_id, month),
        unique (enterprise_id, id),
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id)
    );
"""
STATEMENT_PRINT = """
    create table statement_print (
        enterprise_id int not null,
        statement_id bigint primary key,
        printed_at timestamptz,
        foreign key (enterprise_id, statement_id) references monthly_statement (enterprise_id, id)
    );
    create index statement_print_waiting on statement_print (statement_id) where printed_at is null;
"""
STATEMENT_FILE = """
    create table statement_file (
        enterprise_id int not null,
        statement_id bigint not null,
        language text not null check (language in ('fr', 'ar', 'en')),
        file_id bigint not null,
        primary key (statement_id, language),
        foreign key (enterprise_id, statement_id) references monthly_statement (enterprise_id, id),
        foreign key (enterprise_id, file_id) references stored_file (enterprise_id, id)
    );
"""

FIGURES_STAND = """
    create function monthly_statement_stands() returns trigger language plpgsql as $$
    begin
        raise exception 'frozen figures never change' using errcode = '23514';
    end $$;
    alter function monthly_statement_stands() owner to ecp_guard;
    create trigger monthly_statement_stands before update or delete or truncate on monthly_statement
        for each statement execute function monthly_statement_stands();
    alter table monthly_statement enable always trigger monthly_statement_stands;
"""


def upgrade() -> None:
    op.execute(MONTH_RUN)
    ddl.guarded("month_run", select=BOOKS, insert=BOOKS, update=BOOKS)
    op.execute(MONTH_OUTCOME)
    ddl.guarded("month_outcome", select=BOOKS, insert=BOOKS, update=BOOKS)
    op.execute(MONTHLY_STATEMENT)
    ddl.guarded("monthly_statement", select=f"{BOOKS} or {OWN}", insert=BOOKS)
    op.execute(FIGURES_STAND)
    op.execute(STATEMENT_PRINT)
    ddl.guarded("statement_print", select=BOOKS, insert=BOOKS, update=BOOKS)
    op.execute(STATEMENT_FILE)
    # whoever sees the statement sees its paper: the sub-select has the walls of monthly_statement
    ddl.guarded("statement_file", select=OF_OURS.format("statement_file"), insert=BOOKS)


def downgrade() -> None:
    for table in ("statement_file", "statement_print", "monthly_statement", "month_outcome", "month_run"):
        op.execute(f"drop table {table}")
    op.execute("drop function monthly_statement_stands()")
