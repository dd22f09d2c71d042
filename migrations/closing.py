"""The closing of a month, and what must not happen beside it, as they are now.

A closing holds the enterprise's row and every counter; opening a year or a journal holds the enterprise's row too, so
neither brings entries or counters that the closing has not seen.
"""

from migrations import ddl

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
    perform 1 from enterprise where id = of_enterprise for no key update;
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

COUNTERS = """
begin
    perform 1 from enterprise where id = new.enterprise_id for no key update;
    insert into journal_counter (enterprise_id, journal_id, year_id)
    select new.enterprise_id, new.id, y.id from fiscal_year y where y.enterprise_id = new.enterprise_id;
    return null;
end"""


def create() -> None:
    """Make the closing, or make it anew."""
    ddl.function("ledger_close_month", "of_enterprise int, of_month date", "void", CLOSE)


def counters() -> None:
    """Make what opens the counters of a new journal, or make it anew."""
    ddl.function("journal_opens_counters", "", "trigger", COUNTERS)
