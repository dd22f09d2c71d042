"""Enterprises, activities, people, what they may do, and the functions that resolve a session into its scope."""

from alembic import op

from migrations import ddl, walls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
    create table guard_key (
        only_row bool primary key default true check (only_row),
        key bytea not null check (length(key) = 32)
    );
    create table enterprise (
        id int generated always as identity primary key,
        code text not null unique check (code ~ '^[A-Z0-9][A-Z0-9-]{1,19}$'),
        name text not null check (name <> ''),
        legal_form text not null default '',
        capital bigint not null default 0 check (capital >= 0),
        address text not null default '',
        city text not null default '',
        ice text not null default '',
        tax_id text not null default '',
        business_tax text not null default '',
        rc text not null default '',
        cnss text not null default '',
        phone text not null default '',
        email text not null default '',
        rib text not null default '',
        vat_regime text not null default 'encaissement' check (vat_regime in ('encaissement', 'debits')),
        language text not null default 'fr' check (language in ('fr', 'ar', 'en')),
        opened_on date not null
    );
    create table activity (
        id int generated always as identity,
        enterprise_id int not null references enterprise,
        code text not null check (code ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,19}$'),
        name text not null check (name <> ''),
        trade text not null default '',
        is_structure bool not null default false,
        language text not null default 'fr' check (language in ('fr', 'ar', 'en')),
        opened_on date not null,
        closed_on date check (closed_on >= opened_on),
        primary key (enterprise_id, id),
        unique (enterprise_id, code)
    );
    create unique index activity_one_structure on activity (enterprise_id) where is_structure;
    create table person (
        id int generated always as identity primary key,
        email text not null check (email = lower(email) and email <> ''),
        name text not null check (name <> ''),
        language text not null default 'fr' check (language in ('fr', 'ar', 'en')),
        phone text not null default '',
        password_hash text,
        is_administrator bool not null default false,
        disabled_at timestamptz,
        created_at timestamptz not null default now(),
        unique (email)
    );
    create table membership (
        id int generated always as identity primary key,
        person_id int not null references person,
        role text not null check (role in ('entrepreneur', 'accountant', 'coordinator')),
        enterprise_id int not null references enterprise,
        activity_id int,
        granted_at timestamptz not null default now(),
        granted_by int references person,
        check ((role = 'entrepreneur') = (activity_id is not null)),
        foreign key (enterprise_id, activity_id) references activity (enterprise_id, id),
        unique nulls not distinct (person_id, role, enterprise_id, activity_id)
    );
    create index membership_of_enterprise on membership (enterprise_id, activity_id);
    create table user_session (
        digest bytea primary key,
        person_id int references person,
        kind text not null check (kind in ('web', 'job', 'command', 'system')),
        enterprise_id int references enterprise,
        opened_at timestamptz not null default clock_timestamp(),
        expires_at timestamptz not null,
        closed_at timestamptz,
        seen_from text not null default '',
        check (kind <> 'web' or person_id is not null)
    );
    create index user_session_of_person on user_session (person_id) where closed_at is null;
    create table trail (
        id bigint generated always as identity primary key,
        at timestamptz not null default clock_timestamp(),
        person_id int references person,
        enterprise_id int references enterprise,
        activity_id int,
        what text not null check (what <> ''),
        subject text not null default '',
        data jsonb not null default '{}'
    );
    create index trail_of_enterprise on trail (enterprise_id, at desc);
"""

SCOPE = "declare scope record; begin" + walls.SESSION + "if not found then return {nothing}; end if; {rest} end"
SYSTEM = """
    if scope.person_id is null {and_administrator} then
        if scope.enterprise_id is not null then return array[scope.enterprise_id]; end if;
        return array(select id from enterprise);
    end if;
"""
OF_ROLES = """
    return array(
        select distinct m.enterprise_id from membership m where m.person_id = scope.person_id and m.role = any ({roles})
          and (scope.enterprise_id is null or m.enterprise_id = scope.enterprise_id));
"""

PROVEN = """
    if proof is distinct from (
        select sha256(key || sha256(key || convert_to(said, 'UTF8'))) from guard_key
    ) then
        raise exception using errcode = '42501', message = 'not proven';
    end if;
"""


def upgrade() -> None:
    op.execute("grant usage on schema public to ecp_app, ecp_guard, ecp_owner")
    op.execute("revoke create on schema public from public")
    op.execute("revoke temporary on database " + _database() + " from public")
    op.execute(TABLES)
    _scopes()
    _sessions()
    _people()
    ddl.function("refuse_change", "", "trigger", REFUSE)
    ddl.function(
        "trail_note",
        "of_enterprise int, of_activity int, what_happened text, about text, details jsonb",
        "void",
        TRAIL_NOTE,
    )
    _guards()


def _database() -> str:
    name = op.get_bind().exec_driver_sql("select quote_ident(current_database())").scalar_one()
    return str(name)


def _scopes() -> None:
    """The functions that policies ask: each tells the scope of the session whose token the transaction carries."""
    administrator = SYSTEM.format(and_administrator="or scope.is_administrator")
    system = SYSTEM.format(and_administrator="")
    bodies = {
        "walls_person": ("int", "null", "return scope.person_id;"),
        "walls_administrator": (
            "bool",
            "false",
            "return scope.enterprise_id is null and (scope.person_id is null or scope.is_administrator);",
        ),
        "walls_books": ("int[]", "'{}'::int[]", system + OF_ROLES.format(roles="array['accountant']")),
        "walls_portfolio": (
            "int[]",
            "'{}'::int[]",
            system + OF_ROLES.format(roles="array['accountant', 'coordinator']"),
        ),
        "walls_places": (
            "int[]",
            "'{}'::int[]",
            administrator + OF_ROLES.format(roles="array['accountant', 'coordinator', 'entrepreneur']"),
        ),
        "walls_activities": ("int[]", "'{}'::int[]", ACTIVITIES),
    }
    for name, (returns, nothing, rest) in bodies.items():
        ddl.function(name, "", returns, SCOPE.format(nothing=nothing, rest=rest), kind="stable")


ACTIVITIES = """
    return array(
        select distinct m.activity_id from membership m
        where m.person_id = scope.person_id and m.role = 'entrepreneur'
          and (scope.enterprise_id is null or m.enterprise_id = scope.enterprise_id));
"""

SESSION_OPEN = (
    """
declare said text := concat_ws(':', 'open', of_kind, of_person, of_enterprise, hours, encode(digest_of_token, 'hex'));
begin"""
    + PROVEN
    + """
    if of_person is not null and not exists (
        select 1 from person where id = of_person and disabled_at is null
    ) then
        raise exception using errcode = '42501', message = 'no such person';
    end if;
    delete from user_session where expires_at < now() - interval '30 days';
    insert into user_session (digest, person_id, kind, enterprise_id, expires_at, seen_from)
    values (digest_of_token, of_person, of_kind, of_enterprise,
        clock_timestamp() + make_interval(hours => hours), seen);
end"""
)
SESSION_CLOSE = """
begin
    update user_session set closed_at = clock_timestamp()
    where digest = sha256(convert_to(token, 'UTF8')) and closed_at is null;
end"""
SESSIONS_CLOSE = (
    """
declare said text := concat_ws(':', 'close', of_person);
begin"""
    + PROVEN
    + """
    update user_session set closed_at = clock_timestamp() where person_id = of_person and closed_at is null;
end"""
)
SESSIONS_MINE = """
begin
    return query
    select encode(s.digest, 'hex'), s.opened_at, s.expires_at, s.seen_from,
        s.digest = sha256(convert_to(coalesce(current_setting('ecp.token', true), ''), 'UTF8'))
    from user_session s
    where s.person_id = walls_person() and s.kind = 'web' and s.closed_at is null and s.expires_at > clock_timestamp()
    order by s.opened_at desc;
end"""
SESSION_REVOKE = """
begin
    update user_session set closed_at = clock_timestamp()
    where encode(digest, 'hex') = which and person_id = walls_person() and closed_at is null;
    return found;
end"""
PERSON_LOGIN = (
    """
declare said text := concat_ws(':', 'login', address);
begin"""
    + PROVEN
    + """
    return query select p.id, p.password_hash, p.disabled_at, p.language from person p where p.email = lower(address);
end"""
)
PERSON_PASSWORD = (
    """
declare said text := concat_ws(':', 'password', of_person, new_hash);
begin"""
    + PROVEN
    + """
    update person set password_hash = new_hash where id = of_person;
end"""
)
PERSON_CREATE = """
declare made int;
begin
    if not walls_administrator() and (cardinality(walls_books()) = 0 or as_administrator) then
        raise exception using errcode = '42501', message = 'only accountants and administrators add people';
    end if;
    insert into person (email, name, language, phone, is_administrator)
    values (lower(address), called, speaks, telephone, as_administrator)
    on conflict (email) do nothing returning id into made;
    if made is null then
        select id into made from person where email = lower(address);
    end if;
    return made;
end"""
REFUSE = """
begin
    raise exception using errcode = 'EC009', message = format('%s never change: %s refused', tg_table_name, tg_op);
end"""
TRAIL_NOTE = """
begin
    insert into trail (person_id, enterprise_id, activity_id, what, subject, data)
    values (walls_person(), of_enterprise, of_activity, what_happened, about, coalesce(details, '{}'));
end"""


def _sessions() -> None:
    ddl.function(
        "session_open",
        "of_person int, of_enterprise int, of_kind text, hours int, digest_of_token bytea, seen text, proof bytea",
        "void",
        SESSION_OPEN,
    )
    ddl.function("session_close", "token text", "void", SESSION_CLOSE)
    ddl.function("sessions_close", "of_person int, proof bytea", "void", SESSIONS_CLOSE)
    ddl.function(
        "sessions_mine",
        "",
        "table (session_key text, opened_at timestamptz, expires_at timestamptz, seen_from text, is_this bool)",
        SESSIONS_MINE,
        kind="stable",
    )
    ddl.function("session_revoke", "which text", "bool", SESSION_REVOKE)


def _people() -> None:
    ddl.function(
        "person_login",
        "address text, proof bytea",
        "table (id int, password_hash text, disabled_at timestamptz, language text)",
        PERSON_LOGIN,
        kind="stable",
    )
    ddl.function("person_set_password", "of_person int, new_hash text, proof bytea", "void", PERSON_PASSWORD)
    ddl.function(
        "person_create",
        "address text, called text, speaks text, telephone text, as_administrator bool",
        "int",
        PERSON_CREATE,
    )


def _guards() -> None:
    person_columns = "(id, email, name, language, phone, is_administrator, disabled_at, created_at)"
    me = "(select walls_person())"
    near = "enterprise_id = any ((select walls_portfolio())::int[])"
    ddl.guarded("guard_key")
    ddl.guarded("user_session")
    ddl.guarded(
        "enterprise",
        select=f"{ddl.ADMINISTRATOR} or id = any ((select walls_places())::int[])",
        insert=ddl.ADMINISTRATOR,
        update=f"{ddl.ADMINISTRATOR} or id = any ((select walls_books())::int[])",
    )
    ddl.guarded(
        "activity",
        select=f"{ddl.PORTFOLIO} or id = any ((select walls_activities())::int[]) or {ddl.ADMINISTRATOR}",
        insert=f"{ddl.BOOKS} or {ddl.ADMINISTRATOR}",
        update=f"{ddl.BOOKS} or {ddl.ADMINISTRATOR}",
    )
    grants = f"{ddl.ADMINISTRATOR} or (role = 'entrepreneur' and {ddl.BOOKS})"
    ddl.guarded(
        "membership",
        select=f"person_id = {me} or {near} or {ddl.ADMINISTRATOR}",
        insert=grants,
        delete=grants,
    )
    ddl.guarded(
        "person",
        select=f"id = {me} or {ddl.ADMINISTRATOR} or exists"
        f" (select 1 from membership m where m.person_id = person.id and m.{near})",
        update=f"id = {me} or {ddl.ADMINISTRATOR}",
        columns=person_columns,
    )
    op.execute("revoke update on person from ecp_app")
    op.execute("grant update (name, language, phone) on person to ecp_app")
    ddl.function("person_disable", "of_person int, is_disabled bool", "void", PERSON_DISABLE)
    ddl.guarded("trail", select=f"{ddl.BOOKS} or {ddl.ADMINISTRATOR}")
    ddl.append_only("trail")


PERSON_DISABLE = """
begin
    if not walls_administrator() then
        raise exception using errcode = '42501', message = 'only administrators disable people';
    end if;
    update person set disabled_at = case when is_disabled then clock_timestamp() end where id = of_person;
    update user_session set closed_at = clock_timestamp()
    where is_disabled and person_id = of_person and closed_at is null;
end"""
