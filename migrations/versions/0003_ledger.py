"""Entries, their lines and their seals; the one door that writes them, and the trigger that seals them at commit.

The order of locks is: counters of journals (sorted), then the state of the months, then writing. Whoever closes a month
takes the same counters first, so a posting under way and a closing never miss each other (RELIABILITY 4.7).

Lines name accounts, activities and journals without foreign keys: those rows never go (0002), the door resolves them
itself, and `ecp verify` looks for strays. A foreign key would lock the bank's account for every posting at once. Nor do
lines and seals have one to their entry: entries never go either, and the guard of lines asks once a statement what a
foreign key would ask once a line.
"""

from alembic import op

from migrations import ddl, doors, sealing

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
    create table entry (
        enterprise_id int not null,
        id bigint generated always as identity,
        day date not null,
        journal_id int not null,
        year_id int not null,
        label text not null check (length(label) <= 500),
        document text not null default '' check (length(document) <= 200),
        source text not null check (source <> '' and length(source) <= 200),
        fingerprint bytea not null,
        reverses_id bigint,
        activities int[] not null,
        author int,
        recorded_at timestamptz not null default clock_timestamp(),
        xact xid8 not null default pg_current_xact_id(),
        primary key (enterprise_id, id),
        unique (enterprise_id, source),
        check (reverses_id < id),
        foreign key (enterprise_id, reverses_id) references entry (enterprise_id, id)
    );
    create unique index entry_reversed_once on entry (enterprise_id, reverses_id) where reverses_id is not null;
    create index entry_of_transaction on entry (xact);
    create index entry_by_day on entry (enterprise_id, journal_id, day, id);

    create table entry_line (
        enterprise_id int not null,
        entry_id bigint not null,
        position int not null check (position > 0),
        day date not null,
        account_id int not null,
        activity_id int not null,
        party_id bigint,
        debit bigint not null,
        credit bigint not null,
        label text not null default '' check (length(label) <= 500),
        due_on date,
        primary key (enterprise_id, entry_id, position),
        check (debit >= 0 and credit >= 0 and (debit = 0) <> (credit = 0) and debit + credit <= 9999999999999999)
    );
    create index entry_line_of_account on entry_line (enterprise_id, account_id, day, entry_id, position)
        include (activity_id, debit, credit);
    create index entry_line_of_activity on entry_line (activity_id, day, account_id)
        include (enterprise_id, debit, credit);
    create index entry_line_of_party on entry_line (enterprise_id, party_id, account_id, day)
        where party_id is not null;

    create table entry_seal (
        enterprise_id int not null,
        entry_id bigint not null,
        journal_id int not null,
        year_id int not null,
        number int not null check (number > 0),
        version int not null default 1,
        lines int not null check (lines >= 2),
        total bigint not null check (total > 0),
        digest bytea not null,
        sealed_at timestamptz not null,
        activities int[] not null,
        primary key (enterprise_id, entry_id),
        unique (enterprise_id, journal_id, year_id, number)
    );
"""


def upgrade() -> None:
    op.execute(TABLES)
    sealing.create()
    doors.create()
    op.execute(
        "create constraint trigger entry_sealed after insert on entry deferrable initially deferred"
        " for each row execute function ledger_seal()"
    )
    op.execute(
        "create trigger entry_line_guarded after insert on entry_line referencing new table as added"
        " for each statement execute function ledger_guard_lines()"
    )
    for table, trigger in (("entry", "entry_sealed"), ("entry_line", "entry_line_guarded")):
        op.execute(f"alter table {table} enable always trigger {trigger}")
    own_entry = "activities && (select walls_activities())::int[]"
    ddl.guarded("entry", select=f"{ddl.BOOKS} or {own_entry}")
    ddl.guarded("entry_line", select=f"{ddl.BOOKS} or {ddl.OWN}")
    ddl.guarded("entry_seal", select=f"{ddl.BOOKS} or {own_entry}")
    for table in ("entry", "entry_line", "entry_seal"):
        ddl.append_only(table)
