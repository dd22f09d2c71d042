"""Backups: the whole database and the files beside it, in one file that says what it holds.

A backup is a zip archive: `manifest.json` (versions, rows of every table, digests), `database.dump` (pg_dump's custom
format) and `files/`. Rows are counted and dumped in one snapshot, so a backup taken while people work is that
moment's and can be checked against itself. It is made by the database's administrator: row-level security would
silently leave rows out for anybody else.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg
from psycopg import pq, sql

import config
from ecp import clock
from ecp.embedded import postgresql
from ecp.errors import Invalid, Refused

FORMAT = 1
DIFFERS = "ecp: the rows differ in"
BLOCK = 1 << 20
TRANSACTION_TIMEOUT_SINCE = 17
TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_temp%'
and n.nspname not like 'pg_toast%' order by 1, 2
"""


class NotABackup(Invalid):
    """The file is something else, or damaged."""

    message = "%(file)s n’est pas une sauvegarde utilisable : %(reason)s."


class DatabaseNotEmpty(Refused):
    """Restoring never writes over anything."""

    message = "La base contient déjà %(tables)s tables : une sauvegarde ne se rétablit que dans une base vide."


class BackupFromLater(Refused):
    """Made by a newer application than this one."""

    message = "Cette sauvegarde vient d’une version plus récente (%(theirs)s) que ce programme (%(ours)s)."


class ToolMissing(Refused):
    """No pg_dump is recent enough for the server."""

    message = (
        "Le serveur est un PostgreSQL %(server)s et aucun pg_dump assez récent n’a été trouvé : "
        "installez le paquet client de PostgreSQL %(server)s."
    )


class ToolFailed(Refused):
    """pg_dump or psql gave up."""

    message = "%(tool)s a échoué : %(reason)s."


class RestoreDiffers(Refused):
    """What came back is not what the manifest counted; nothing is kept."""

    message = "La base rétablie diffère de la sauvegarde (table %(difference)s) : rien n’a été gardé."


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    made_at: str
    application: str
    postgresql: str
    database: str
    dump_sha256: str
    tables: dict[str, int]
    files: dict[str, str]

    @property
    def rows(self) -> int:
        """Rows in all tables."""
        return sum(self.tables.values())


# ---- making one


def make(url: str, target: Path, files: Path | None = None) -> Manifest:
    """Back the database up into `target`, which appears only when complete. `files` is a directory to take along.

    Raises: ToolMissing, ToolFailed.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with psycopg.connect(url) as connection, _beside(target) as place:
        tool = _tool("pg_dump", connection, url)
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot = _value(connection, "select pg_export_snapshot()")
        dump = place / "database.dump"
        _run([tool, "--format=custom", f"--snapshot={snapshot}", f"--file={dump}"], url)
        manifest = Manifest(
            format=FORMAT,
            made_at=clock.now().isoformat(timespec="seconds"),
            application=config.version(),
            postgresql=str(connection.info.server_version // 10_000),
            database=connection.info.dbname,
            dump_sha256=_digest(dump.open("rb")),
            tables=_counts(connection),
            files={str(name): _digest(path.open("rb")) for name, path in _walk(files)},
        )
        archive = place / "archive"
        _pack(archive, manifest, dump, files)
        archive.replace(target)
    return manifest


def default_name(moment: datetime) -> str:
    """A name that sorts by time: `ecp-20260131-181500.zip` (UTC)."""
    return f"ecp-{moment:%Y%m%d-%H%M%S}.zip"


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A private directory on the same disk, gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix=".backup-", dir=target.parent))
    try:
        yield place
    finally:
        shutil.rmtree(place)


def _walk(files: Path | None) -> Iterator[tuple[PurePosixPath, Path]]:
    for path in sorted(files.rglob("*")) if files and files.exists() else ():
        if path.is_file() and not path.is_symlink():
            yield PurePosixPath("files", *path.relative_to(files or path).parts), path


def _pack(archive: Path, manifest: Manifest, dump: Path, files: Path | None) -> None:
    """Write the archive and have it on the disk before it gets its name."""
    with archive.open("wb") as out:
        os.fchmod(out.fileno(), 0o600)
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr("manifest.json", json.dumps(asdict(manifest), indent=1, ensure_ascii=False))
            packed.write(dump, "database.dump")
            for name, path in _walk(files):
                packed.write(path, str(name), zipfile.ZIP_DEFLATED)
        out.flush()
        os.fsync(out.fileno())


def _counts(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every table, in the connection's snapshot."""
    found = connection.execute(TABLES).fetchall()
    count = sql.SQL("select count(*) from {}")
    return {
        f"{schema}.{name}": _value(connection, count.format(sql.Identifier(schema, name))) for schema, name in found
    }


def _value(connection: psycopg.Connection, query: Any) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None  # noqa: S101
    return row[0]


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    with file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


# ---- reading and restoring one


def read(source: Path) -> Manifest:
    """The manifest of a backup, after checking every digest.

    Raises: NotABackup.
    """
    try:
        with zipfile.ZipFile(source) as packed:
            manifest = Manifest(**json.loads(packed.read("manifest.json")))
            expected = {"database.dump": manifest.dump_sha256, **manifest.files}
            for name, digest in expected.items():
                if _digest(packed.open(name)) != digest:
                    raise NotABackup(file=source, reason=f"{name} est abîmé")
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise NotABackup(file=source, reason="archive illisible ou incomplète") from error
    if manifest.format > FORMAT:
        raise BackupFromLater(theirs=manifest.application, ours=config.version())
    return manifest


def restore(url: str, source: Path, files: Path | None = None) -> Manifest:
    """Restore a backup into an empty database whose roles exist: all or nothing, every table counted again.

    Files go to `files`, which must be empty too.

    Raises: NotABackup, BackupFromLater, DatabaseNotEmpty, ToolMissing, ToolFailed, RestoreDiffers.
    """
    manifest = read(source)
    with psycopg.connect(url) as connection:
        _refuse_full(connection, files)
        programs = _tool("pg_restore", connection, url), _tool("psql", connection, url)
        server = connection.info.server_version // 10_000
    with tempfile.TemporaryDirectory(prefix="ecp-restore-") as place:
        with zipfile.ZipFile(source) as packed:
            dump = packed.extract("database.dump", place)
        restorer = [programs[0], "--file=-", dump]
        client = [programs[1], "-qXb", "--single-transaction", "-v", "ON_ERROR_STOP=1"]
        _play(restorer, client, _environment(url), server=server, ending=_checks(manifest))
    _unpack_files(source, manifest, files)
    return manifest


def _refuse_full(connection: psycopg.Connection, files: Path | None) -> None:
    tables = connection.execute(TABLES).fetchall()
    if tables:
        raise DatabaseNotEmpty(tables=len(tables))
    if files and files.exists() and any(files.iterdir()):
        raise NotABackup(file=files, reason="ce dossier de fichiers n’est pas vide")


def _checks(manifest: Manifest) -> bytes:
    """SQL that undoes everything when a table has not the rows that were counted."""
    checks = [
        f"do $ecp$ begin if (select count(*) from {schema}.{table}) <> {rows} "
        f"then raise exception '{DIFFERS} {schema}.{table}'; end if; end $ecp$;\n"
        for name, rows in manifest.tables.items()
        for schema, table in [[f'"{part}"' for part in name.split(".", 1)]]
    ]
    return "".join(checks).encode()


def _play(restorer: list[str], client: list[str], environment: dict[str, str], *, server: int, ending: bytes) -> None:
    """Pipe the dump's SQL into one transaction; leave out the one setting that servers before 17 do not know."""
    skipped = b"SET transaction_timeout = 0;\n" if server < TRANSACTION_TIMEOUT_SINCE else None
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(restorer, stdout=subprocess.PIPE, stderr=words) as writer,
        subprocess.Popen(
            client, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=words, env=environment
        ) as reader,
    ):
        complete = _pipe(writer, reader, skipped, ending)
        if not complete:
            reader.kill()  # before it can commit half of it
        if reader.wait() or not complete:
            words.seek(0)
            raise _refusal(words.read())


def _pipe(
    writer: subprocess.Popen[bytes], reader: subprocess.Popen[bytes], skipped: bytes | None, ending: bytes
) -> bool:
    """Copy all of the one's output to the other; whether the writer came to its end."""
    assert writer.stdout is not None  # noqa: S101
    assert reader.stdin is not None  # noqa: S101
    try:
        reader.stdin.writelines(line for line in writer.stdout if line != skipped)
        complete = writer.wait() == 0
        if complete:
            reader.stdin.write(ending)
            reader.stdin.close()
    except BrokenPipeError:  # the reader has refused something: its own words say what
        writer.kill()
        reader.wait()
        return True
    return complete


def _refusal(said: bytes) -> RestoreDiffers | ToolFailed:
    differing = [line for line in said.decode(errors="replace").splitlines() if DIFFERS in line]
    if differing:
        return RestoreDiffers(difference=differing[0].partition(DIFFERS)[2].strip().replace('"', ""))
    return ToolFailed(tool="La restauration", reason=_last_words(said))


def _unpack_files(source: Path, manifest: Manifest, files: Path | None) -> None:
    if files is None:
        return
    with zipfile.ZipFile(source) as packed:
        for name in manifest.files:
            parts = PurePosixPath(name).parts[1:]
            if ".." in parts or not parts:
                raise NotABackup(file=source, reason=f"nom de fichier interdit : {name}")
            place = files.joinpath(*parts)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with packed.open(name) as content, place.open("wb") as out:
                shutil.copyfileobj(content, out)


# ---- PostgreSQL's own programs


def _tool(name: str, connection: psycopg.Connection, url: str) -> str:
    """The system's program where it is recent enough (it speaks TLS), else the one of the wheel."""
    server = connection.info.server_version // 10_000
    embedded = url.startswith(f"postgresql://{postgresql.SUPERUSER}@/")
    system = shutil.which(name)
    for program in [postgresql.program(name), *([Path(system)] if system else [])][:: 1 if embedded else -1]:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        if int("".join(c if c.isdigit() else " " for c in said).split()[0]) >= server:
            return str(program)
    raise ToolMissing(server=server)


def _environment(url: str) -> dict[str, str]:
    """How PostgreSQL's programs find the database: by variables, so that no password shows among the processes."""
    variables = {option.keyword: option.envvar for option in pq.Conninfo.get_defaults() if option.envvar}
    given = {option.keyword: option.val for option in pq.Conninfo.parse(url.encode()) if option.val is not None}
    named = {variables[key].decode(): value.decode() for key, value in given.items() if key in variables}
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PG") and key != "LANGUAGE"}
    return {**inherited, "LC_ALL": "C", **named}


def _run(command: list[str], url: str) -> None:
    done = subprocess.run(command, env=_environment(url), capture_output=True, check=False)
    if done.returncode:
        raise ToolFailed(tool=Path(command[0]).name, reason=_last_words(done.stderr))


def _last_words(said: bytes) -> str:
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    if any("No space left on device" in line for line in lines):
        return "le disque est plein"
    errors = [line for line in lines if "rror" in line]
    return (errors or lines or ["sans rien dire"])[0].rstrip(".")
