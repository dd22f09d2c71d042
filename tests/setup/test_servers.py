"""The embedded servers: start, share, survive, stop, and say what is wrong."""

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest
from celery import Celery
from redis import Redis

from config import Settings
from ecp import servers
from ecp.embedded import errors, places, postgresql
from tests.setup.conftest import Command, eventually, free_port, processes_of, settings_of


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        return row and row[0]


def postmaster(data: Path) -> psutil.Process:
    return psutil.Process(int(noted(data)))


def noted(data: Path) -> str:
    """The number that PostgreSQL notes while it runs; nothing for a moment while it comes back."""
    try:
        return (data / "postgresql" / "postmaster.pid").read_text().split()[0]
    except (FileNotFoundError, IndexError):
        return ""


def gone(data: Path) -> bool:
    """No process is left; the keeper's own last millisecond is granted."""
    return eventually(lambda: not processes_of(data), seconds=1)


def test_keeps_the_data_from_one_start_to_the_next(empty: Path) -> None:
    data = empty
    with servers.running(settings_of(data)) as addresses:
        with psycopg.connect(addresses.database_url) as connection:
            connection.execute("create table kept (word text)")
            connection.execute("insert into kept values ('été')")
        Redis.from_url(addresses.redis_client_url).set("kept", "1")
    assert gone(data)
    with servers.running(settings_of(data)) as addresses:
        assert ask(addresses.database_url, "select word from kept") == "été"
        assert Redis.from_url(addresses.redis_client_url).get("kept") == b"1"
    assert gone(data)


def test_the_database_is_durable_checked_and_utf8(data: Path) -> None:
    with servers.running(settings_of(data), redis=False) as addresses:
        promised = {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
        }
        for name, value in promised.items():
            assert ask(addresses.database_url, f"select current_setting('{name}')") == value
        assert ask(addresses.database_url, "select lower('ÉLÈVE') || datlocale from pg_database") == "élèveC.UTF-8"


def test_redis_refuses_rather_than_forgets(data: Path) -> None:
    with servers.running(settings_of(data)) as addresses, Redis.from_url(addresses.redis_client_url) as client:
        for name, value in {"maxmemory-policy": "noeviction", "appendonly": "yes", "port": "0"}.items():
            assert client.config_get(name) == {name: value}


def test_only_the_owner_enters(empty: Path, *, as_root: bool) -> None:
    data = empty
    with servers.running(settings_of(data)):
        for place in (data / "postgresql", data / "redis", data / "control", data / "log", data / "run" / "s"):
            assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert stat.S_IMODE(data.stat().st_mode) == (0o710 if as_root else 0o700)
        assert not as_root or postmaster(data).username() == places.SERVER_USER


def test_a_role_without_the_right_password_stays_outside(data: Path) -> None:
    with servers.running(settings_of(data), redis=False) as addresses:
        with psycopg.connect(addresses.database_url) as connection:
            connection.execute("create role visitor login password 'right'")
        url = addresses.database_url.replace("postgres@", "visitor:{}@")
        assert ask(url.format("right"), "select current_user") == "visitor"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.format("wrong"))


def test_the_last_to_leave_stops_the_servers(data: Path, command: Callable[[], Command]) -> None:
    first, second = command(), command()
    first.wait_ready()
    second.wait_ready()
    pid = postmaster(data).pid
    first.leave()
    with servers.running(settings_of(data)) as addresses:
        assert ask(addresses.database_url, "select 1") == 1
        assert postmaster(data).pid == pid
    second.leave()
    assert gone(data)


def test_commands_that_race_for_the_first_start_share_one_server(empty: Path, command: Callable[[], Command]) -> None:
    data = empty
    racing = [command() for _ in range(5)]
    for one in racing:
        one.wait_ready()
    postmasters = [one for one in processes_of(data) if one.name() == "postgres" and "-D" in one.cmdline()]
    assert len(postmasters) == 1
    for one in racing:
        one.leave()
    assert gone(data)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_a_killed_command_leaves_no_process(data: Path, command: Callable[[], Command], number: signal.Signals) -> None:
    killed = command()
    killed.wait_ready()
    assert processes_of(data)
    killed.process.send_signal(number)
    assert eventually(lambda: not processes_of(data))


def test_a_killed_command_does_not_take_the_servers_from_another(data: Path, command: Callable[[], Command]) -> None:
    killed = command()
    killed.wait_ready()
    with servers.running(settings_of(data)) as addresses:
        killed.process.kill()
        killed.process.wait()
        assert ask(addresses.database_url, "select 1") == 1


def test_a_killed_database_comes_back(data: Path) -> None:
    with servers.running(settings_of(data), redis=False) as addresses:
        with psycopg.connect(addresses.database_url) as connection:
            connection.execute("create table kept as select 7 as number")
        killed = postmaster(data)
        killed.kill()
        assert eventually(lambda: noted(data) not in {"", str(killed.pid)})
        with servers.running(settings_of(data), redis=False):
            assert ask(addresses.database_url, "select number from kept") == 7


def test_a_killed_keeper_takes_the_servers_along_and_the_next_command_starts_anew(
    data: Path, command: Callable[[], Command]
) -> None:
    orphan = command()
    orphan.wait_ready()
    psutil.Process(int((data / "control" / "keeper.lock").read_text())).kill()
    with servers.running(settings_of(data)) as addresses:
        assert ask(addresses.database_url, "select 1") == 1
    orphan.process.kill()


def test_a_slow_end_of_the_last_servers_is_waited_for(data: Path, command: Callable[[], Command]) -> None:
    """Redis removes its socket as the last thing it does: by then it must not be the socket of the next one."""
    orphan = command()
    orphan.wait_ready()
    slow = next(one for one in processes_of(data) if one.name().startswith("redis"))
    slow.suspend()
    psutil.Process(int((data / "control" / "keeper.lock").read_text())).kill()
    later = threading.Timer(1.0, slow.resume)
    later.start()
    with servers.running(settings_of(data)) as addresses:
        assert slow not in processes_of(data)
        assert Redis.from_url(addresses.redis_client_url).ping()
    later.join()
    orphan.process.kill()


def test_a_pid_file_whose_number_was_given_to_another_program_is_forgotten(data: Path) -> None:
    (data / "postgresql" / "postmaster.pid").write_text(f"{os.getpid()}\n{data}/postgresql\n0\n5432\n\n\n\nready\n")
    with servers.running(settings_of(data), redis=False) as addresses:
        assert ask(addresses.database_url, "select 1") == 1


def test_a_cluster_half_made_is_made_again(data: Path) -> None:
    (data / "postgresql").rename(data / "postgresql.new")
    (data / "postgresql.new" / "PG_VERSION").unlink()
    with servers.running(settings_of(data), redis=False) as addresses:
        assert ask(addresses.database_url, "select 1") == 1


def test_a_deep_directory_gets_short_sockets(data: Path) -> None:
    deep = data / ("d" * 60) / ("e é,'" * 10)
    deep.parent.mkdir(mode=0o755)
    data.chmod(0o755)
    with servers.running(settings_of(deep)) as addresses:
        assert ask(addresses.database_url, "select 1") == 1
        assert Redis.from_url(addresses.redis_client_url).ping()
    assert gone(deep)
    elsewhere = places.SHORT / places.short_name(deep)
    assert elsewhere.exists()
    places.remove(elsewhere)


def test_a_directory_closed_to_the_server_user_works_all_the_same(data: Path, *, as_root: bool) -> None:
    """As root under a closed home, the servers live in /var/lib/ecp; as a user there is nothing to go round."""
    closed = data / "home"
    closed.mkdir(mode=0o700)
    with servers.running(settings_of(closed / "var")) as addresses:
        assert ask(addresses.database_url, "select 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    link = closed / "var" / "servers"
    assert link.is_symlink() == as_root
    with servers.running(settings_of(closed / "var")) as addresses:
        assert ask(addresses.database_url, "select 1") == 1
    if link.is_symlink():
        places.remove(link.resolve())


def test_programs_out_of_reach_are_copied(data: Path, monkeypatch: pytest.MonkeyPatch, *, as_root: bool) -> None:
    """A virtual environment under /root cannot be entered by the servers' user."""
    monkeypatch.setattr(places, "SHARED_HOME", data / "shared")
    data.chmod(0o755)
    closed = data / "closed"
    (closed / "package").mkdir(parents=True)
    (closed / "package" / "program").write_text("#!/bin/sh\necho yes\n")
    (closed / "package" / "program").chmod(0o700)
    closed.chmod(0o700)
    person = places.server_person()
    base = places.programs(closed, [closed / "package"], person)
    assert (base == closed) == (not as_root)
    done = subprocess.run(
        [base / "package" / "program"], capture_output=True, check=True, user=person.uid, group=person.gid, cwd="/"
    )
    assert done.stdout == b"yes\n"
    assert places.programs(closed, [closed / "package"], person) == base


WORKER = """
import sys
from celery import Celery
app = Celery("words", broker=sys.argv[1])
app.conf.update(worker_prefetch_multiplier=1, task_acks_late=True, broker_connection_retry_on_startup=True)

@app.task(name="shout")
def shout(word, key):
    from redis import Redis
    Redis.from_url(sys.argv[2]).set(key, word.upper())

if __name__ == "__main__":
    app.worker_main(["worker", "--pool=solo", "--loglevel=warning", "--without-mingle", "--without-gossip"])
"""


def test_a_celery_worker_works_through_the_socket(data: Path) -> None:
    with servers.running(settings_of(data)) as addresses, Redis.from_url(addresses.redis_client_url) as client:
        command = [sys.executable, "-c", WORKER, addresses.redis_url, addresses.redis_client_url]
        worker = subprocess.Popen(command, cwd=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            with Celery("words", broker=addresses.redis_url) as app:
                app.send_task("shout", ["été", "answer"], ignore_result=True)
                assert eventually(lambda: client.get("answer") == "ÉTÉ".encode()), worker.poll()
        finally:
            worker.terminate()
            worker.communicate(timeout=30)


def test_volatile_servers_never_touch_lasting_data(data: Path) -> None:
    with servers.running(settings_of(data), redis=False) as addresses:
        with psycopg.connect(addresses.database_url) as connection:
            connection.execute("create table lasting ()")
        with (
            pytest.raises(errors.DataInUse),
            servers.running(settings_of(data), redis=False, durable=False),
        ):
            pass
    with servers.running(settings_of(data), redis=False, durable=False) as addresses:
        assert ask(addresses.database_url, "select current_setting('fsync')") == "off"
        assert ask(addresses.database_url, "select to_regclass('lasting')") is None


def test_real_servers_are_used_as_they_are(data: Path) -> None:
    with servers.running(settings_of(data)) as real:
        elsewhere = settings_of(data / "unused", real.database_url.replace("sql://", "sql+psycopg://"), real.redis_url)
        with servers.running(elsewhere) as addresses:
            assert addresses == real
        assert not (data / "unused").exists()
        assert ask(real.database_url, "select 1") == 1


def sentence(settings: Settings) -> str:
    with pytest.raises(errors.ServerError) as refused, servers.running(settings):
        pass
    text = str(refused.value)
    assert "\n" not in text
    return text


def test_a_database_that_does_not_answer(data: Path) -> None:
    url = f"postgresql://ecp:secret@127.0.0.1:{free_port()}/ecp"
    assert sentence(settings_of(data, url)).startswith("La base de données postgresql://ecp@127.0.0.1:")
    assert "secret" not in sentence(settings_of(data, url))


def test_a_database_that_is_still_to_be_made_is_no_obstacle(data: Path) -> None:
    with servers.running(settings_of(data)) as real:
        url = real.database_url.replace("@/postgres?", "@/to_be_made?")
        with servers.running(settings_of(data / "unused", url, real.redis_url)) as addresses:
            assert addresses.database_url == url


def test_a_database_that_may_forget(data: Path) -> None:
    with servers.running(settings_of(data), durable=False) as real:
        text = sentence(settings_of(data / "unused", real.database_url, real.redis_url))
    assert "(à « off » : fsync, full_page_writes, synchronous_commit)" in text


def test_a_redis_that_does_not_answer(data: Path) -> None:
    with servers.running(settings_of(data), redis=False) as addresses:
        url = f"redis://:secret@127.0.0.1:{free_port()}/0"
        text = sentence(settings_of(data, addresses.database_url, url))
    assert text.startswith("Le serveur Redis redis://@127.0.0.1:")
    assert "secret" not in text


def test_data_of_another_version(data: Path) -> None:
    (data / "postgresql" / "PG_VERSION").write_text("15\n")
    assert "créée par PostgreSQL 15 et ce programme apporte PostgreSQL 18" in sentence(settings_of(data))


def test_a_data_directory_that_is_a_file(data: Path) -> None:
    (data / "var").write_text("")
    assert "n’est pas accessible" in sentence(settings_of(data / "var"))


def test_a_full_disk() -> None:
    """/dev/full is the disk that is always full."""
    where = places.Places(Path("/d"), Path("/d"), Path("/d"), Path("/d/s"), places.Person("me"))
    said = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    assert str(postgresql.failure(where, said)) == (
        "Le disque est plein : libérez de la place dans /d, puis recommencez."
    )


def test_a_damaged_setting_is_named(data: Path) -> None:
    (data / "postgresql" / "postgresql.auto.conf").write_text("shared_buffers = 'much'\n")
    assert "PostgreSQL n’a pas démarré : " in sentence(settings_of(data))
    assert gone(data)
