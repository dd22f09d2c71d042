"""The servers that the application stands on: real ones by DATABASE_URL and REDIS_URL, else the embedded ones.

    with servers.running(settings) as addresses:
        psycopg.connect(addresses.database_url)

What is not named by a URL is started on private sockets in `settings.data_dir` and stopped by the last command that
uses it, however that command ends.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from config import Settings
from ecp.embedded import errors, holding, places, postgresql, redis

if TYPE_CHECKING:
    import psycopg

OLDEST_POSTGRESQL = 15
DATABASE = "ecp"
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
FORGETFUL = "select name from pg_settings where name = any(%s) and setting = 'off' order by name"


@dataclass(frozen=True)
class Addresses:
    """Where the servers answer."""

    database_url: str
    """The administrator's, as libpq and psycopg read it (`postgresql://…`); the database is the one DATABASE_URL names,
    else `postgres`."""

    redis_url: str
    """As Celery reads it (`redis+socket://…`, `redis://…`); other clients: `redis_client_url`."""

    @property
    def redis_client_url(self) -> str:
        """The same for redis-py."""
        return self.redis_url.replace("redis+socket://", "unix://", 1)


@contextmanager
def running(settings: Settings, *, redis: bool = True, durable: bool = True) -> Iterator[Addresses]:
    """Have PostgreSQL and, unless told otherwise, Redis answering for the length of a block.

    With `redis=False` the Redis address is given but nobody may answer there. `durable=False` is for tests that do
    not speak of crashes: a database that forgets on power loss, kept apart from any that must not.

    Raises: ServerError, one sentence on what stands in the way.
    """
    with ExitStack() as stack:
        start_postgresql = settings.database_url is None
        start_redis = redis and settings.redis_url is None
        if settings.database_url:
            _check_database(settings.database_url, durable=durable)
        if settings.redis_url and redis:
            _check_redis(settings.redis_url)
        where = None
        if start_postgresql or start_redis:
            where = stack.enter_context(
                holding.held(
                    settings.data_dir, with_postgresql=start_postgresql, with_redis=start_redis, durable=durable
                )
            )
        yield _addresses(settings, where)


def _addresses(settings: Settings, where: places.Places | None) -> Addresses:
    database = libpq_url(settings.database_url) if settings.database_url else postgresql.url(_place(settings, where))
    return Addresses(database, settings.redis_url or redis.url(_place(settings, where)))


def _place(settings: Settings, where: places.Places | None) -> places.Places:
    return where or places.arrange(settings.data_dir)


def reached(settings: Settings, addresses: Addresses) -> Settings:
    """The settings by which the application and its processes reach running servers.

    The application's own database on the embedded server is named `ecp`; DATABASE_URL names its own.
    """
    database = settings.database_url and libpq_url(settings.database_url)
    return replace(
        settings,
        database_url=database or addresses.database_url.replace("@/postgres?", f"@/{DATABASE}?", 1),
        redis_url=addresses.redis_url,
    )


def are_kept(settings: Settings) -> bool:
    """Tell whether the keeper of the embedded servers is there; True where none is needed."""
    return bool(settings.database_url and settings.redis_url) or holding.is_kept(settings.data_dir)


def libpq_url(url: str) -> str:
    """A database URL without SQLAlchemy's driver name.

    >>> libpq_url("postgresql+psycopg://ecp@db/ecp")
    'postgresql://ecp@db/ecp'
    """
    scheme, _, rest = url.partition("://")
    return f"postgresql://{rest}" if scheme.split("+")[0] in {"postgres", "postgresql"} else url


def without_password(url: str) -> str:
    """A URL fit to be shown.

    >>> without_password("postgresql://ecp:secret@db:5432/ecp")
    'postgresql://ecp@db:5432/ecp'
    """
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    shown = f"{user.split(':')[0]}@{host}" if user else host
    return urlunsplit(parts._replace(netloc=shown))


def _check_database(url: str, *, durable: bool) -> None:
    """Refuse a real database that does not answer, is too old, or may forget what it has confirmed."""
    import psycopg  # here: a command that only starts the embedded servers need not load it

    try:
        with _connection(url) as connection:
            version = connection.info.server_version // 10_000
            off = [str(name) for (name,) in connection.execute(FORGETFUL, [list(DURABLE)])]
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[-1].rstrip(".")
        raise errors.DatabaseDown(url=without_password(url), reason=reason) from error
    if version < OLDEST_POSTGRESQL:
        raise errors.DatabaseTooOld(url=without_password(url), found=version, needed=OLDEST_POSTGRESQL)
    if durable and off:
        raise errors.DatabaseForgets(url=without_password(url), settings=", ".join(off))


def _connection(url: str) -> "psycopg.Connection":
    """To the database itself or, while it does not exist, to the one that every server has."""
    import psycopg

    try:
        return psycopg.connect(libpq_url(url), connect_timeout=5)
    except psycopg.OperationalError as error:
        try:
            return psycopg.connect(libpq_url(url), dbname="postgres", connect_timeout=5)
        except psycopg.OperationalError:
            raise error from None


def _check_redis(url: str) -> None:
    """Refuse a real Redis that does not answer."""
    from redis import Redis, RedisError

    try:
        with Redis.from_url(Addresses("", url).redis_client_url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except (RedisError, ValueError) as error:
        raise errors.RedisDown(url=without_password(url), reason=str(error).strip().rstrip(".")) from error
