"""What the database's own catalogue says of the walls: a table without them cannot be added by mistake (I10)."""

import pytest
import sqlalchemy as sa

from ecp import walls
from ecp.db import session, transaction
from tests import build

TABLES = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1
"""


def rows(query: str) -> list[str]:
    return [str(row[0]) for row in session.execute(sa.text(query))]


@pytest.fixture
def seen(db):
    return rows


def test_every_table_has_forced_row_level_security_and_an_owner_who_cannot_log_in(seen):
    assert len(seen(TABLES)) > 25
    assert not seen("""
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_roles r on r.oid = c.relowner
        where n.nspname = 'public' and c.relkind in ('r', 'p')
          and (not c.relrowsecurity or not c.relforcerowsecurity
            or (c.relname <> 'alembic_version' and (r.rolcanlogin or r.rolname <> 'ecp_owner')))
    """)


def test_every_table_the_application_reads_has_a_policy_for_it(seen):
    assert not seen("""
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p') and has_any_column_privilege('ecp_app', c.oid, 'select')
          and not exists (select 1 from pg_policies p where p.tablename = c.relname and p.cmd in ('SELECT', 'ALL'))
    """)


def test_the_application_owns_nothing_and_makes_nothing(seen):
    assert not seen("select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'ecp_app'")
    assert seen("select has_schema_privilege('ecp_app', 'public', 'create')::text") == ["false"]
    assert seen(
        "select (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)::text from pg_roles"
        " where rolname = 'ecp_app'"
    ) == ["false"]
    assert not seen("""
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'r' and (has_table_privilege('ecp_app', c.oid, 'truncate')
            or has_table_privilege('ecp_app', c.oid, 'trigger') or has_table_privilege('ecp_app', c.oid, 'references'))
    """)


def test_functions_that_see_past_the_walls_are_the_guards_with_a_fixed_path(seen):
    assert not seen("""
        select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        join pg_roles r on r.oid = p.proowner
        where n.nspname = 'public' and p.prosecdef and (r.rolcanlogin
            or not exists (select 1 from unnest(p.proconfig) c where c like 'search_path=%'))
    """)


def test_append_only_tables_stay_so_even_for_replication_roles(seen):
    kept = seen("""
        select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where t.tgname = c.relname || '_append_only' and t.tgenabled = 'A' order by 1
    """)
    assert {"entry", "entry_line", "entry_seal", "payment", "trail", "sales_document"} <= set(kept)


def test_nobody_sees_a_row_and_one_person_sees_no_others(db):
    with walls.system():
        with transaction():
            ours, theirs = build.enterprise(), build.enterprise()
            mine, next_door = build.activity(ours), build.activity(ours)
            foreign = build.activity(theirs)
            me = build.person(role="entrepreneur", enterprise=ours, activity=mine)
            for activity in (mine, next_door, foreign):
                build.entry(activity.enterprise_id, activity.id)
        with transaction():
            accountant = build.person(role="accountant", enterprise=ours)
            coordinator = build.person(role="coordinator", enterprise=ours)
    readable = rows("""
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'r' and has_table_privilege('ecp_app', c.oid, 'select')
          and c.relname <> 'alembic_version'
    """)
    columns = {
        table: set(rows(f"select attname from pg_attribute where attrelid = '{table}'::regclass and attnum > 0"))
        for table in readable
    }
    for table in readable:
        assert rows(f"select count(*) from {table}") == ["0"], table
    with walls.person(me):
        for table in readable:
            if "activity_id" in columns[table]:
                found = rows(f"select count(*) from {table} where activity_id is distinct from {mine.id}")
                assert found == ["0"], table
    with walls.person(accountant):
        for table in readable:
            if "enterprise_id" in columns[table]:
                assert rows(f"select count(*) from {table} where enterprise_id = {theirs.id}") == ["0"], table
    with walls.person(coordinator):
        for table in ("entry", "entry_line", "entry_seal", "sales_document", "payment", "party", "purchase"):
            assert rows(f"select count(*) from {table}") == ["0"], table
    with walls.person(me, enterprise_id=theirs.id):
        assert rows("select count(*) from entry_line") == ["0"]
