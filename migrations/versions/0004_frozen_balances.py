"""Cumulative balances frozen at each close, at two grains, and the closing of a month."""

from alembic import op

from migrations import ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
    create table enterprise_balance (
        enterprise_id int not null,
        month date not null,
        account_id int not null,
        debit bigint not null check (debit >= 0),
        credit bigint not null check (credit >= 0),
        primary key (enterprise_id, month, account_id) include (debit, credit),
        foreign key (enterprise_id, month) references period (enterprise_id, month)
    );
    create table activity_balance (
        enterprise_id int not null,
        activity_id int not null,
        month date not null,
        account_id int not null,
        debit bigint not null check (debit >= 0),
        credit bigint not null check (credit >= 0),
        primary key (activity_id, month, account_id) include (enterprise_id, debit, credit),
        foreign key (enterprise_id, month) references period (enterprise_id, month)
    );
    create index activity_balance_of_enterprise on activity_balance (enterprise_id, month, activity_id);
"""

CLOSE = """
declare
    previous date;
    first date := date_trunc('month', of_month)::date;
    next_first date := (first + interval '1 month')::date;
begin
    if not of_enterprise = any (walls_books()) then
        raise exception using errcode = '42501', message = 'only accountants close months';
    end if;
    set constraints entry_sealed immediate;
    set constraints entry_sealed deferred;
    perform 1 from journal_counter where enterprise_id = of_enterprise order by journal_id, year_id for no key update;
    perform 1 from period where enterprise_id = of_enterprise and month = first and closed_at is null for update;
    if not found then
        raise exception using errcode = 'EC005', message = 'closed or unknown month',
            detail = json_build_object('on', first)::text;
    end if;
    if exists (select 1 from period where enterprise_id = of_enterprise and month < first and closed_at is null) then
        raise exception using errcode = 'EC010', message = 'an earlier month is open',
            detail = (select json_build_object('month', min(month)) from period
                where enterprise_id = of_enterprise and closed_at is null)::text;
    end if;
    select max(month) into previous from period where enterprise_id = of_enterprise and month < first;
    insert into activity_balance (enterprise_id, activity_id, month, account_id, debit, credit)
    select of_enterprise, activity_id, first, account_id, sum(debit), sum(credit)
    from (
        select activity_id, account_id, debit, credit from activity_balance
        where enterprise_id = of_enterprise and month = previous
        union all
        select activity_id, account_id, debit, credit from entry_line
        where enterprise_id = of_enterprise and day >= first and day < next_first
    ) moves group by activity_id, account_id;
    insert into enterprise_balance (enterprise_id, month, account_id, debit, credit)
    select of_enterprise, first, account_id, sum(debit), sum(credit) from activity_balance
    where enterprise_id = of_enterprise and month = first group by account_id;
    update period set closed_at = clock_timestamp(), closed_by = walls_person()
    where enterprise_id = of_enterprise and month = first;
end"""

PERIOD_GUARD = """
begin
    if old.closed_at is not null or (new.enterprise_id, new.month, new.year_id)
            is distinct from (old.enterprise_id, old.month, old.year_id) then
        raise exception using errcode = 'EC009', message = 'a closed month stays closed';
    end if;
    return new;
end"""


STATISTICS = """
begin
    analyze entry, entry_line, entry_seal, account, activity, journal;
end"""


def upgrade() -> None:
    op.execute(TABLES)
    ddl.function("ledger_close_month", "of_enterprise int, of_month date", "void", CLOSE)
    ddl.function("ledger_refresh_statistics", "", "void", STATISTICS, owner="ecp_owner")
    ddl.function("period_guard", "", "trigger", PERIOD_GUARD)
    op.execute("create trigger period_guarded before update on period for each row execute function period_guard()")
    op.execute("alter table period enable always trigger period_guarded")
    op.execute(
        "create trigger period_stays before delete or truncate on period for each statement"
        " execute function refuse_change()"
    )
    op.execute("alter table period enable always trigger period_stays")
    ddl.guarded("enterprise_balance", select=ddl.BOOKS)
    ddl.guarded("activity_balance", select=f"{ddl.BOOKS} or {ddl.OWN}")
    for table in ("enterprise_balance", "activity_balance"):
        ddl.append_only(table)
