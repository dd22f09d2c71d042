"""Accounts, journals, fiscal years, their months, and the counters that give entries their numbers."""

from alembic import op

from migrations import closing, ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
    create table account (
        id int generated always as identity,
        enterprise_id int not null references enterprise,
        number text not null check (number ~ '^[0-9]{1,12}$'),
        title text not null check (title <> ''),
        title_ar text not null default '',
        title_en text not null default '',
        nature text not null default '',
        statement text not null default '',
        rubric text not null default '',
        primary key (enterprise_id, id),
        unique (enterprise_id, number)
    );
    create table journal (
        id int generated always as identity,
        enterprise_id int not null references enterprise,
        code text not null check (code ~ '^[A-Z0-9]{2,8}$'),
        title text not null check (title <> ''),
        title_ar text not null default '',
        title_en text not null default '',
        primary key (enterprise_id, id),
        unique (enterprise_id, code)
    );
    create table fiscal_year (
        id int generated always as identity,
        enterprise_id int not null references enterprise,
        opens_on date not null,
        closes_on date not null,
        primary key (enterprise_id, id),
        check (opens_on < closes_on),
        exclude using gist (int4range(enterprise_id, enterprise_id, '[]') with &&,
            daterange(opens_on, closes_on, '[]') with &&)
    );
    create table period (
        enterprise_id int not null,
        month date not null check (extract(day from month) = 1),
        year_id int not null,
        closed_at timestamptz,
        closed_by int references person,
        primary key (enterprise_id, month),
        foreign key (enterprise_id, year_id) references fiscal_year (enterprise_id, id)
    );
    create table journal_counter (
        enterprise_id int not null,
        journal_id int not null,
        year_id int not null,
        last int not null default 0 check (last >= 0),
        head bytea not null default '',
        sealed_at timestamptz not null default '-infinity',
        primary key (enterprise_id, journal_id, year_id),
        foreign key (enterprise_id, journal_id) references journal (enterprise_id, id),
        foreign key (enterprise_id, year_id) references fiscal_year (enterprise_id, id)
    ) with (fillfactor = 50);
"""

OPEN_YEAR = """
declare made int; first date := date_trunc('year', on_day)::date;
begin
    if not walls_administrator() and not of_enterprise = any (walls_books()) then
        raise exception using errcode = '42501', message = 'only accountants open years';
    end if;
    perform 1 from enterprise where id = of_enterprise for no key update;
    select id into made from fiscal_year where enterprise_id = of_enterprise and on_day between opens_on and closes_on;
    if made is not null then return made; end if;
    if exists (
        select 1 from period where enterprise_id = of_enterprise and closed_at is not null and month > first
    ) then
        raise exception using errcode = 'EC005', message = 'later months are closed',
            detail = json_build_object('on', on_day)::text;
    end if;
    insert into fiscal_year (enterprise_id, opens_on, closes_on)
    values (of_enterprise, first, (first + interval '1 year' - interval '1 day')::date) returning id into made;
    insert into period (enterprise_id, month, year_id)
    select of_enterprise, (first + make_interval(months => n))::date, made from generate_series(0, 11) n;
    insert into journal_counter (enterprise_id, journal_id, year_id)
    select of_enterprise, id, made from journal where enterprise_id = of_enterprise;
    return made;
end"""


def upgrade() -> None:
    op.execute(TABLES)
    ddl.function("ledger_open_year", "of_enterprise int, on_day date", "int", OPEN_YEAR)
    closing.counters()
    op.execute(
        "create trigger journal_opens_counters after insert on journal for each row"
        " execute function journal_opens_counters()"
    )
    seen = f"{ddl.PLACES} or {ddl.ADMINISTRATOR}"
    ours = f"{ddl.BOOKS} or {ddl.ADMINISTRATOR}"
    ddl.guarded("account", select=seen, insert=ours, update=ddl.BOOKS)
    op.execute("revoke update on account from ecp_app")
    op.execute("grant update (title, title_ar, title_en) on account to ecp_app")
    ddl.guarded("journal", select=seen, insert=ours)
    ddl.guarded("fiscal_year", select=seen)
    ddl.guarded("period", select=seen)
    ddl.guarded("journal_counter", select=ddl.BOOKS)
    for table in ("activity", "account", "journal", "fiscal_year", "journal_counter"):
        op.execute(
            f"create trigger {table}_stays before delete or truncate on {table} for each statement"
            " execute function refuse_change()"
        )
        op.execute(f"alter table {table} enable always trigger {table}_stays")
