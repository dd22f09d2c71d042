"""Cumulative balances frozen at each close, at two grains, and the closing of a month."""

from alembic import op

from migrations import closing, ddl

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
    closing.create()
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
