"""Data directories that PostgreSQL's own user can reach, and other processes that use them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config import Settings
from ecp import servers

ROOT = Path(__file__).parents[2]

USER_OF_SERVERS = """
import sys, pathlib
from config import Settings
from ecp import servers
from ecp import servers
settings = Settings(data_dir=pathlib.Path(sys.argv[1]), database_url=None, redis_url=None)
with servers.running(settings) as addresses:
    print("ready", flush=True)
    sys.stdin.read()
print("left", flush=True)
"""


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let what tests start hear Ctrl-C, also where a shell that runs the tests in the background has all ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Command:
    """Another process that uses the servers of a data directory until it is told to leave."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER_OF_SERVERS, str(data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_ready(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n", self.process.stderr and self.process.stderr.read()

    def leave(self) -> None:
        out, error = self.process.communicate(timeout=60)
        assert (out, error, self.process.returncode) == ("left\n", "", 0)

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def processes_of(data: Path) -> list[psutil.Process]:
    """Every process whose command line names the data directory, but for the commands of a test."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if USER_OF_SERVERS not in words and any(str(data) in word for word in words):
            found.append(process)
    return found


def eventually(check: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether `check` comes true in time."""
    until = time.monotonic() + seconds
    while not check():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def settings_of(data: Path, database_url: str | None = None, redis_url: str | None = None) -> Settings:
    """Settings with the embedded servers of `data`, unless a URL is given."""
    return Settings(data_dir=data, database_url=database_url, redis_url=redis_url)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="session")
def once_used() -> Iterator[Path]:
    """A data directory whose servers have run and stopped: a second start is ten times as fast as a first."""
    place = Path(tempfile.mkdtemp(prefix="ecp-test-", dir="/tmp"))
    with servers.running(settings_of(place)):
        pass
    yield place
    shutil.rmtree(place)


@pytest.fixture
def empty() -> Iterator[Path]:
    """An empty data directory, gone with its processes afterwards."""
    place = Path(tempfile.mkdtemp(prefix="ecp-test-", dir="/tmp"))
    yield place
    assert eventually(lambda: not processes_of(place)), processes_of(place)
    shutil.rmtree(place)


@pytest.fixture
def data(empty: Path, once_used: Path) -> Path:
    """A data directory with a cluster and nothing in it, as a first start leaves it."""
    subprocess.run(["cp", "-a", f"{once_used}/.", empty], check=True)
    return empty


@pytest.fixture
def command(empty: Path) -> Iterator[Callable[[], Command]]:
    """Starts commands that use the test's data directory."""
    started: list[Command] = []

    def start() -> Command:
        started.append(Command(empty))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.fixture
def as_root() -> bool:
    return os.geteuid() == 0
