"""Contracts, the terms of their levies, and what the levies took."""

from alembic import op

from migrations import ddl

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BOOKS = "enterprise_id = any ((select walls_books())::int[])"
OWN = "activity_id = any ((select walls_activities())::int[])"
ADMINISTRATOR = "(select walls_administrator())"

CONTRACT = """
    create table contract (
        id bigint generated always as identity,
        enterprise_id int not null,
        activity_id int not null,
        starts_on date not null,
        ends_on date check (ends_on >= starts_on),
        note text not null default '',
        made_by int references person,
        made_at timestamptz not null,
        primary key (enterprise_id, id),
        unique (enterprise_id, activity_id, id),
        unique (enterprise_id, activity_id, starts_on),
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id)
    );
"""
LEVY = """
    create table levy (
        id bigint generated always as identity,
        enterprise_id int not null,
        activity_id int not null,
        contract_id bigint not null,
        version int not null check (version > 0),
        code text not null check (code <> ''),
        label text not null check (label <> ''),
        base text not null,
        brackets jsonb not null,
        fixed bigint not null check (fixed >= 0),
        scale text not null,
        span text not null,
        minimum_base bigint,
        month_floor bigint,
        month_ceiling bigint,
        year_floor bigint,
        year_ceiling bigint,
        starts_on date not null,
        ends_on date check (ends_on >= starts_on),
        part_period text not null,
        settlement text not null,
        expense_account text not null,
        income_account text not null,
        made_by int references person,
        made_at timestamptz not null,
        primary key (enterprise_id, id),
        unique (enterprise_id, activity_id, id),
        unique (enterprise_id, activity_id, code, version),
        foreign key (enterprise_id, activity_id, contract_id) references contract (enterprise_id, activity_id, id)
    );
"""
LEVY_RESULT = """
    create table levy_result (
        enterprise_id int not null,
        activity_id int not null,
        levy_id bigint not null,
        month date not null check (extract(day from month) = 1),
        sequence int not null check (sequence > 0),
        code text not null,
        base bigint not null,
        amount bigint not null,
        steps jsonb not null,
        entry_id bigint,
        computed_at timestamptz not null,
        primary key (enterprise_id, levy_id, month, sequence),
        check ((amount = 0) = (entry_id is null)),
        foreign key (enterprise_id, activity_id, levy_id) references levy (enterprise_id, activity_id, id)
    );
    create index levy_result_activity on levy_result (enterprise_id, activity_id, month);
"""

TERMS_STAND = """
    create function levy_keeps_its_terms() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
    declare last_used date;
    begin
        if (to_jsonb(new) - 'ends_on') <> (to_jsonb(old) - 'ends_on') then
            raise exception 'the terms of a levy never change: a new version takes over' using errcode = '23514';
        end if;
        select max(month) + interval '1 month - 1 day' into last_used from levy_result
        where enterprise_id = old.enterprise_id and levy_id = old.id;
        if new.ends_on < last_used then
            raise exception 'the levy was taken after that day' using errcode = '23514';
        end if;
        return new;
    end $$;
    alter function levy_keeps_its_terms() owner to ecp_guard;
    create trigger levy_keeps_its_terms before update on levy for each row execute function levy_keeps_its_terms();
    alter table levy enable always trigger levy_keeps_its_terms;
    create function levy_result_stands() returns trigger language plpgsql as $$
    begin
        raise exception 'what a levy took never changes' using errcode = '23514';
    end $$;
    alter function levy_result_stands() owner to ecp_guard;
    create trigger levy_result_stands before update or delete or truncate on levy_result
        for each statement execute function levy_result_stands();
    alter table levy_result enable always trigger levy_result_stands;
    grant select on levy_result to ecp_guard;
"""


def upgrade() -> None:
    op.execute(CONTRACT)
    op.execute(LEVY)
    op.execute(LEVY_RESULT)
    for table in ("contract", "levy"):
        ddl.guarded(
            table,
            select=f"{BOOKS} or {OWN} or {ADMINISTRATOR}",
            insert=f"{BOOKS} or {ADMINISTRATOR}",
            update=f"{BOOKS} or {ADMINISTRATOR}",
        )
    ddl.guarded("levy_result", select=f"{BOOKS} or {OWN} or {ADMINISTRATOR}", insert=BOOKS)
    op.execute(TERMS_STAND)


def downgrade() -> None:
    for table in ("levy_result", "levy", "contract"):
        op.execute(f"drop table {table}")
    op.execute("drop function levy_keeps_its_terms()")
    op.execute("drop function levy_result_stands()")
