"""The database from nothing: its roles, itself, its migrations; and the address the application enters by.

`DATABASE_URL` (or the embedded server) is the administrator's. The application itself connects as `ecp_app`, which
owns nothing and whose password derives from SECRET_KEY; `ecp_owner` owns the tables and `ecp_guard` the functions that
see past the walls: nobody can log in as either.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config import ROOT, Settings
from ecp import keys, walls
from ecp.errors import DomainError

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

MIGRATIONS = ROOT / "migrations"
APPLICATION = "ecp_app"
_ROLES = {
    "ecp_owner": "nologin nobypassrls",
    "ecp_guard": "nologin bypassrls",
    APPLICATION: "login nobypassrls noinherit",
}
_SETTINGS = ("alter role {} reset all", "alter role {} set track_activities = off")
"""What the application's role says is for nobody to read in pg_stat_activity, tokens least of all."""
_ONE_AT_A_TIME = 7041962
_GUARD_VERSION = """
    grant select on alembic_version to ecp_app;
    alter table alembic_version enable row level security;
    alter table alembic_version force row level security;
    drop policy if exists alembic_version_select on alembic_version;
    drop policy if exists alembic_version_administrator on alembic_version;
    create policy alembic_version_select on alembic_version for select to ecp_app using (true);
    create policy alembic_version_administrator on alembic_version to current_user using (true);
"""


class DatabaseNotReady(DomainError):
    """The program is newer or older than its database."""

    message = "La base n’est pas à la version du programme : « make db » l’y amène."


class DatabaseNewer(DomainError):
    """A later version of the program has changed the database."""

    message = "La base est d’une version plus récente (%(found)s) que le programme : mettez le programme à jour."


class OtherSecret(DomainError):
    """The database answers to the secret of another installation, which may be at work on it."""

    message = (
        "La base répond à un autre SECRET_KEY que celui d’ici : rendez-lui le sien, ou, si l’ancien est perdu,"
        " « ecp database upgrade --new-secret »."
    )


def application_url(settings: Settings) -> str:
    """Give SQLAlchemy's URL by which the application enters, as the role that owns nothing."""
    parts = urlsplit(_administrator(settings))
    host = parts.netloc.rpartition("@")[2]
    password = quote(_password(settings))
    return urlunsplit(parts._replace(scheme="postgresql+psycopg", netloc=f"{APPLICATION}:{password}@{host}"))


def head() -> str:
    """Give the newest migration of the program."""
    return max(path.stem.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def is_ready(settings: Settings) -> bool:
    """Tell whether the application can already work: its role enters, and the database is at its version."""
    url = application_url(settings).replace("postgresql+psycopg", "postgresql", 1)
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute("select version_num from alembic_version").fetchone()
    except psycopg.Error:
        return False
    return row is not None and row[0] == head()


def create(settings: Settings) -> None:
    """Create the roles and an empty database where they are missing."""
    url = _administrator(settings)
    name = unquote(urlsplit(url).path.lstrip("/"))
    try:
        psycopg.connect(url, connect_timeout=10).close()
        exists = True
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error):
            raise
        exists = False
    entrance = url if exists else urlunsplit(urlsplit(url)._replace(path="/postgres"))
    with psycopg.connect(entrance, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
        _make_roles(connection, settings)
        known = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if not known:
            connection.execute(sql.SQL("create database {} encoding 'UTF8'").format(sql.Identifier(name)))


def prepare(settings: Settings, *, takes_over: bool = False) -> None:
    """Bring the database to the program's version, from wherever it is; the same again changes nothing.

    `takes_over` makes it answer to the secret of this installation, as after a restore.

    Raises: DatabaseNewer; OtherSecret where it answers to another one, and is not taken over.
    """
    if not takes_over:
        if is_ready(settings):
            return
        _refuse_foreign(settings)
    create(settings)
    with psycopg.connect(_administrator(settings)) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
        connection.commit()
        upgrade(settings)
        key = keys.derived(settings, walls.PURPOSE)
        connection.execute(
            "insert into guard_key (key) values (%s) on conflict (only_row) do update set key = excluded.key", [key]
        )


def _refuse_foreign(settings: Settings) -> None:
    """Refuse a database that a later program has changed, or that answers to another secret."""
    try:
        with psycopg.connect(_administrator(settings), connect_timeout=10) as connection:
            has_key = connection.execute("select to_regclass('public.guard_key') is not null").fetchone()
            if not (has_key and has_key[0]):
                return
            version = connection.execute("select version_num from alembic_version").fetchone()
            row = connection.execute("select key from guard_key").fetchone()
    except psycopg.OperationalError:  # no such database yet
        return
    if version is not None and version[0] > head():
        raise DatabaseNewer(found=version[0])
    if row is not None and bytes(row[0]) != keys.derived(settings, walls.PURPOSE):
        raise OtherSecret


def upgrade(settings: Settings) -> None:
    """Run the migrations that are missing, all or none."""
    from alembic import command
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    url = urlunsplit(urlsplit(_administrator(settings))._replace(scheme="postgresql+psycopg"))
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        configuration = _alembic()
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")
        connection.exec_driver_sql(_GUARD_VERSION)
        name = connection.exec_driver_sql("select quote_ident(current_database())").scalar_one()
        connection.exec_driver_sql(f"revoke temporary on database {name} from public")  # a backup does not carry it
        connection.commit()


def revision(title: str) -> Path:
    """Write an empty migration after the last one; its number is the next."""
    from alembic import command

    number = f"{int(head()) + 1:04d}"
    slug = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    command.revision(_alembic(), message=title, rev_id=number, head=head())
    (made,) = (MIGRATIONS / "versions").glob(f"{number}*.py")
    return made.rename(made.with_name(f"{number}_{slug}.py"))


def _alembic() -> "AlembicConfig":
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return configuration


def _administrator(settings: Settings) -> str:
    if not settings.database_url:
        raise DatabaseNotReady
    from ecp import servers

    return servers.libpq_url(settings.database_url)


def _password(settings: Settings) -> str:
    return keys.derived(settings, APPLICATION).hex()


def _make_roles(connection: psycopg.Connection, settings: Settings) -> None:
    """Create or mend the three roles."""
    for name, rights in _ROLES.items():
        known = connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
        verb = "alter" if known else "create"
        connection.execute(sql.SQL(f"{verb} role {{}} {rights}").format(sql.Identifier(name)))
    connection.execute(
        sql.SQL("alter role {} password {}").format(sql.Identifier(APPLICATION), sql.Literal(_password(settings)))
    )
    for each in _SETTINGS:
        connection.execute(sql.SQL(each).format(sql.Identifier(APPLICATION)))


@contextmanager
def administrator(settings: Settings) -> Iterator[psycopg.Connection]:
    """Give a connection that no wall stops, for backups, measurements and tests."""
    with psycopg.connect(_administrator(settings)) as connection:
        yield connection
