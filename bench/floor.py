"""Bare PostgreSQL on the same cluster: same rows and columns, psycopg, no ORM, no walls, no history."""

import time
from datetime import date

import psycopg

from bench import rows

TABLES = """
    drop schema if exists floor cascade;
    create schema floor;
    set search_path = floor;
    create table entry (enterprise_id int, id bigint generated always as identity, day date, journal_id int,
        year_id int, number int, label text, document text, source text, fingerprint bytea, reverses_id bigint,
        activities int[], author int, recorded_at timestamptz default clock_timestamp(),
        primary key (enterprise_id, id), unique (enterprise_id, source),
        unique (enterprise_id, journal_id, year_id, number));
    create table entry_line (enterprise_id int, entry_id bigint, position int, day date, account_id int,
        activity_id int, party_id bigint, debit bigint, credit bigint, label text, due_on date,
        primary key (enterprise_id, entry_id, position));
    create index on entry_line (enterprise_id, account_id, day);
    create table counter (enterprise_id int, journal_id int, year_id int, last int,
        primary key (enterprise_id, journal_id, year_id));
    insert into counter values (1, 1, 1, 0);
    create table balance (enterprise_id int, account_id int, month date, debit bigint, credit bigint,
        primary key (enterprise_id, account_id, month));
    create function post(e int, d date, called text, doc text, src text, said bytea, acc int[], act int[], deb bigint[],
        cre bigint[]) returns bigint language plpgsql as $$
    declare n int; made bigint;
    begin
        if (select sum(x) from unnest(deb) x) <> (select sum(x) from unnest(cre) x) then
            raise 'unbalanced';
        end if;
        update counter set last = last + 1 where enterprise_id = e and journal_id = 1 and year_id = 1
        returning last into n;
        insert into entry (enterprise_id, day, journal_id, year_id, number, label, document, source, fingerprint,
            activities)
        values (e, d, 1, 1, n, called, doc, src, said, act[1:1]) returning id into made;
        insert into entry_line select e, made, o, d, a, v, null, x, y, '', null
        from unnest(acc, act, deb, cre) with ordinality u (a, v, x, y, o);
        insert into balance select e, a, date_trunc('month', d), x, y from unnest(acc, deb, cre) u (a, x, y)
        on conflict (enterprise_id, account_id, month) do update
        set debit = balance.debit + excluded.debit, credit = balance.credit + excluded.credit;
        return made;
    end $$;
"""
POST = "select floor.post(1, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
SAID = bytes(32)
"""As long as a fingerprint."""


def prepare(url: str) -> None:
    """Make the bare tables anew."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES)


def one_call(url: str, count: int, tag: str) -> list[float]:
    """Post entries of three lines, one server call a transaction; gives each time in seconds."""
    times = []
    with psycopg.connect(url, autocommit=True, options="-c search_path=floor") as connection:
        for place in range(count):
            start = time.perf_counter()
            values = (
                date(2026, 11, 10),
                "Facture",
                "F",
                f"{tag}:{place}",
                SAID,
                [1, 2, 3],
                [1, 1, 1],
                [1200, 0, 0],
                [0, 1000, 200],
            )
            connection.execute(POST, values)
            times.append(time.perf_counter() - start)
    return times


def clients(url: str, number: int, count: int, tag: str = "") -> float:
    """The same from several clients at once; gives entries a second."""
    return number * count / rows.at_once(number, lambda place: one_call(url, count, f"{tag}c{place}"))


Line = tuple[int, int, int, int]
"""Account, activity, debit and credit in centimes."""


def copy(url: str, entries: list[tuple[date, str, str, list[Line]]]) -> tuple[float, int]:
    """COPY entries (day, label, source, lines) in, check balance by entry, write balance rows.

    Gives seconds and the sum of debits.
    """
    with psycopg.connect(url, options="-c search_path=floor") as connection:
        connection.execute("truncate entry, entry_line, balance")
        start = time.perf_counter()
        with connection.cursor().copy(
            "copy entry (enterprise_id, day, journal_id, year_id, number, label, document, source, fingerprint,"
            " activities) from stdin"
        ) as stream:
            for place, (day, label, source, lines) in enumerate(entries, 1):
                stream.write_row((1, day, 1, 1, place, label, "", source, SAID, [lines[0][1]]))
        ids = [row[0] for row in connection.execute("select id from entry order by number")]
        with connection.cursor().copy(
            "copy entry_line (enterprise_id, entry_id, position, day, account_id, activity_id, party_id, debit, credit,"
            " label, due_on) from stdin"
        ) as stream:
            for made, (day, _, _, lines) in zip(ids, entries, strict=True):
                for position, (account, activity, debit, credit) in enumerate(lines, 1):
                    stream.write_row((1, made, position, day, account, activity, None, debit, credit, "", None))
        wrong = connection.execute(
            "select count(*) from (select entry_id from entry_line group by 1 having sum(debit) <> sum(credit)) w"
        ).fetchone()
        assert wrong == (0,)
        connection.execute(
            "insert into balance select enterprise_id, account_id, date_trunc('month', day), sum(debit), sum(credit)"
            " from entry_line group by 1, 2, 3"
        )
        connection.commit()
        elapsed = time.perf_counter() - start
        total = connection.execute("select sum(debit)::bigint from entry_line").fetchone()
        assert total
        return elapsed, int(total[0])
