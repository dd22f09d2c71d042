"""Links sent by mail that serve once, and the wait that grows with wrong passwords."""

from alembic import op

from migrations import ddl

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
    create table signed_link (
        digest bytea primary key,
        person_id int not null references person,
        purpose text not null check (purpose in ('invitation', 'reset')),
        made_at timestamptz not null default clock_timestamp(),
        expires_at timestamptz not null,
        used_at timestamptz
    );
    create table login_throttle (
        key text primary key,
        failures int not null,
        last_at timestamptz not null,
        blocked_until timestamptz not null
    );
"""
PROVEN = """
    if proof is distinct from (
        select sha256(key || sha256(key || convert_to(said, 'UTF8'))) from guard_key
    ) then
        raise exception using errcode = '42501', message = 'not proven';
    end if;
"""
LINK_MAKE = (
    """
declare said text := concat_ws(':', 'link', of_person, for_purpose, hours, encode(digest_of_token, 'hex'));
begin"""
    + PROVEN
    + """
    update signed_link set used_at = clock_timestamp()
    where person_id = of_person and purpose = for_purpose and used_at is null;
    insert into signed_link (digest, person_id, purpose, expires_at)
    values (digest_of_token, of_person, for_purpose, clock_timestamp() + make_interval(hours => hours));
end"""
)
LINK_FIND = """
begin
    return query
    select p.id, p.name, p.email, p.language, l.purpose from signed_link l join person p on p.id = l.person_id
    where l.digest = sha256(convert_to(token, 'UTF8')) and l.used_at is null and l.expires_at > clock_timestamp()
      and p.disabled_at is null;
end"""
LINK_USE = """
begin
    update signed_link set used_at = clock_timestamp()
    where digest = sha256(convert_to(token, 'UTF8')) and used_at is null and expires_at > clock_timestamp();
    return found;
end"""
THROTTLE_WAIT = """
begin
    return (select coalesce(ceil(extract(epoch from max(blocked_until) - clock_timestamp())), 0)::int
        from login_throttle where key = any (keys) and blocked_until > clock_timestamp());
end"""
THROTTLE_FAILED = """
begin
    delete from login_throttle where last_at < clock_timestamp() - interval '1 day';
    insert into login_throttle as t (key, failures, last_at, blocked_until)
    select k, 1, clock_timestamp(), clock_timestamp() from unnest(keys) k
    on conflict (key) do update set last_at = clock_timestamp(),
        failures = case when t.last_at < clock_timestamp() - interval '1 hour' then 1 else t.failures + 1 end,
        blocked_until = clock_timestamp() + make_interval(secs =>
            case when t.failures < free then 0 else least(900, power(2, least(t.failures - free, 12))) end);
end"""
THROTTLE_PASSED = """
begin
    delete from login_throttle where key = which;
end"""


def upgrade() -> None:
    op.execute(TABLES)
    ddl.guarded("signed_link")
    ddl.guarded("login_throttle")
    ddl.function(
        "link_make",
        "of_person int, for_purpose text, hours int, digest_of_token bytea, proof bytea",
        "void",
        LINK_MAKE,
    )
    ddl.function(
        "link_find",
        "token text",
        "table (person_id int, name text, email text, language text, purpose text)",
        LINK_FIND,
        kind="stable",
    )
    ddl.function("link_use", "token text", "bool", LINK_USE)
    ddl.function("throttle_wait", "keys text[]", "int", THROTTLE_WAIT, kind="stable")
    ddl.function("throttle_failed", "keys text[], free int", "void", THROTTLE_FAILED)
    ddl.function("throttle_passed", "which text", "void", THROTTLE_PASSED)
