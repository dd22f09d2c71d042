"""Jobs to do later, files that were made, mails on their way."""

from alembic import op

from migrations import ddl

revision = "0020"
down_revision = "0010"
branch_labels = None
depends_on = None

BOOKS = "enterprise_id = any ((select walls_books())::int[])"
OWN = "activity_id = any ((select walls_activities())::int[])"
SYSTEM = "((select walls_person()) is null and (select walls_administrator()))"
MINE = "requested_by = (select walls_person())"
READER = "person_id = (select walls_person())"
ADMINISTRATOR = "(enterprise_id is null and (select walls_administrator()))"
HERE = "(enterprise_id is null or enterprise_id = any ((select walls_places())::int[]))"

JOB = """
    create table job (
        id bigint generated always as identity primary key,
        name text not null check (name <> ''),
        key text not null,
        enterprise_id int references enterprise,
        requested_by int references person,
        payload jsonb not null default '{}',
        state text not null default 'waiting' check (state in ('waiting', 'done', 'failed')),
        attempts int not null default 0,
        due_at timestamptz not null,
        done int not null default 0,
        total int not null default 0,
        error text not null default '',
        written_at timestamptz not null default now(),
        started_at timestamptz,
        finished_at timestamptz,
        unique (name, key)
    );
    create index job_waiting on job (due_at, id) where state = 'waiting';
"""
STORED_FILE = """
    create table stored_file (
        id bigint generated always as identity,
        enterprise_id int not null references enterprise,
        activity_id int,
        name text not null,
        media_type text not null,
        content bytea not null,
        digest text not null,
        stored_at timestamptz not null,
        primary key (enterprise_id, id),
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id)
    );
"""
MAIL = """
    create table mail (
        id bigint generated always as identity primary key,
        key text not null unique,
        enterprise_id int references enterprise,
        activity_id int,
        person_id int references person,
        recipient text not null,
        subject text not null,
        text text not null,
        html text not null,
        file_ids bigint[] not null default '{}',
        state text not null default 'waiting' check (state in ('waiting', 'sent', 'kept', 'failed')),
        attempts int not null default 0,
        due_at timestamptz not null default now(),
        error text not null default '',
        written_at timestamptz not null,
        sent_at timestamptz,
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id)
    );
    create index mail_waiting on mail (due_at, id) where state = 'waiting';
    create index mail_person on mail (person_id, id);
"""


def upgrade() -> None:
    op.execute(JOB)
    ddl.guarded(
        "job",
        select=f"{BOOKS} or {MINE} or {SYSTEM}",
        insert=f"{HERE} and (requested_by is null or {MINE})",  # nobody asks in another's name
        update=f"{BOOKS} or {MINE} or {SYSTEM}",
    )
    op.execute(STORED_FILE)
    ddl.guarded("stored_file", select=f"{BOOKS} or {OWN}", insert=f"{BOOKS} or {OWN}")
    op.execute(MAIL)
    ddl.guarded(
        "mail",
        select=f"{BOOKS} or {READER} or {ADMINISTRATOR} or {SYSTEM}",
        insert=HERE,  # somebody who forgot a password is nobody yet
        update=SYSTEM,
    )


def downgrade() -> None:
    for table in ("mail", "stored_file", "job"):
        op.execute(f"drop table {table}")
