"""Asks the keeper for servers, starts a keeper where there is none, and gives the servers back."""

import contextlib
import errno
import fcntl
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecp.embedded import errors, keeper, places, postgresql, redis
from ecp.embedded.places import Places

KEEPER_WITHIN = 120.0
READY_WITHIN = 600.0
GONE_WITHIN = 90.0
BIG_LOG = 10_000_000


@dataclass(frozen=True)
class _Kind:
    """How to tell that a server is ready, and what its death means."""

    ready: Callable[[int], bool]
    failure: Callable[[str], errors.ServerError]
    passing: tuple[str, ...]


def is_kept(data: Path) -> bool:
    """Tell whether a keeper answers for the servers of a directory."""
    try:
        _Line(places.arrange(data).keeper).close()
    except OSError:
        return False
    return True


@contextmanager
def held(data: Path, *, with_postgresql: bool, with_redis: bool, durable: bool) -> Iterator[Places]:
    """Have the servers of `data` running for the length of a block; others may use them at the same time.

    Raises: ServerError, one sentence on what stands in the way.
    """
    with _explained(data):
        where = places.arrange(data)
        line = _connected(where, lambda: _specs(where, with_postgresql, with_redis, durable))
    try:
        with _explained(data):
            _wait(line, where, durable=durable)
        yield where
    finally:
        _leave(line)


@contextmanager
def _explained(data: Path) -> Iterator[None]:
    """Turn the system's refusals into sentences."""
    try:
        yield
    except PermissionError as error:
        raise errors.DataUnreachable(place=error.filename or data, reason="droit refusé") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise errors.DataUnreachable(place=error.filename or data, reason="ce n’est pas un dossier") from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise errors.DiskFull(place=data) from error
        if error.errno == errno.EROFS:
            raise errors.DataUnreachable(place=data, reason="disque en lecture seule") from error
        raise


def _specs(where: Places, with_postgresql: bool, with_redis: bool, durable: bool) -> list[dict[str, Any]]:  # noqa: FBT001
    specs = []
    if with_postgresql:
        specs.append(postgresql.prepare(where, durable=durable))
    if with_redis:
        specs.append(redis.prepare(where))
    return specs


class _Line:
    """The open connection to the keeper: what counts us among the users."""

    def __init__(self, address: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(str(address))
        except OSError:
            self._socket.close()
            raise
        self._answers = self._socket.makefile("rb")

    def say(self, message: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Say and hear; ConnectionError when the keeper is leaving."""
        self.say(message)
        answer = self._answers.readline()
        if not answer:
            raise ConnectionResetError
        return dict(json.loads(answer))

    def wait_for_end(self, timeout: float) -> None:
        self._socket.settimeout(timeout)
        self._answers.read()

    def close(self) -> None:
        self._answers.close()
        self._socket.close()


def _connected(where: Places, specs: Callable[[], list[dict[str, Any]]]) -> _Line:
    """A line to a keeper that has been told what we need; one process at a time prepares and starts."""
    with (where.control / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        need = {"need": specs()}
        while True:
            line = _line_to_keeper(where)
            with contextlib.suppress(ConnectionError):  # it was leaving: the next one waits for its end
                if line.ask(need).get("clash"):
                    line.close()
                    raise errors.DataInUse(place=where.data)
                return line
            line.close()


def _line_to_keeper(where: Places) -> _Line:
    try:
        return _Line(where.keeper)
    except OSError:
        _start_keeper(where)
        return _Line(where.keeper)


def _start_keeper(where: Places) -> None:
    """Start a keeper; when the call returns, its socket answers. A former one may first have servers to stop."""
    for log in where.logs.glob("*.log"):
        if log.stat().st_size > BIG_LOG:
            log.replace(log.with_suffix(".old"))
    for durable in (True, False):
        postgresql.forget_dead(where, durable=durable)
    log = where.logs / "keeper.log"
    command = [sys.executable, "-I", "-S", keeper.__file__, str(where.keeper), str(where.control / "keeper.lock")]
    with log.open("ab") as out:
        try:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=where.control,
                start_new_session=True,
                timeout=KEEPER_WITHIN,
                check=True,
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            raise errors.StartFailed(server="Le gardien des serveurs", reason="il ne répond pas", log=log) from error


def _kinds(where: Places, *, durable: bool) -> dict[str, _Kind]:
    return {
        "postgresql": _Kind(
            lambda pid: postgresql.ready(where, pid, durable=durable),
            lambda said: postgresql.failure(where, said),
            postgresql.PASSING,
        ),
        "redis": _Kind(lambda _: redis.ready(where), lambda said: redis.failure(where, said), redis.PASSING),
    }


def _wait(line: _Line, where: Places, *, durable: bool) -> None:
    """Until every server answers; a death that will not pass ends the wait."""
    kinds = _kinds(where, durable=durable)
    until = time.monotonic() + READY_WITHIN
    while True:
        states = line.ask({"ask": "state"})
        waiting = [name for name, state in states.items() if not _ready(kinds[name], state)]
        if not waiting:
            return
        if time.monotonic() > until:
            raise kinds[waiting[0]].failure(f"FATAL: {int(READY_WITHIN)} s")
        time.sleep(0.01)


def _ready(kind: _Kind, state: dict[str, Any]) -> bool:
    if state["running"]:
        return kind.ready(state["pid"])
    if state["said"] and not any(words in state["said"] for words in kind.passing):
        raise kind.failure(state["said"])
    return False


def _leave(line: _Line) -> None:
    """Say good-bye; if we were the last, wait until the servers have stopped."""
    try:
        with contextlib.suppress(OSError):
            line.say({"bye": True})
            line.wait_for_end(GONE_WITHIN)
    finally:
        line.close()
