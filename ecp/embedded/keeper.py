"""The keeper: owns the servers of one data directory for as long as somebody is connected to it.

Run as a program, `python -I -S keeper.py SOCKET LOCK`, with the standard library alone: it starts in 30 ms.
A client sends one JSON object a line and gets one back:

    {"need": [spec, …]}   starts what does not run yet; refused when a server of that name runs with another command
    {"ask": "state"}      {"postgresql": {"pid": 12, "running": true, "starts": 1, "said": ""}}
    {"bye": true}         no answer: the connection closes, for the last client after the servers have stopped

A server that dies is started again, each time a little later; `said` is what it wrote since its last start. If the
keeper itself is killed, the kernel tells the servers (PR_SET_PDEATHSIG), so none outlives it for long. Until the last
of them has gone they hold the keeper's lock, which they inherit: two servers never share a data directory or a socket.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FIRST_CLIENT_WITHIN = 30.0
LONGEST_DELAY = 5.0
SETTLED_AFTER = 30.0
PR_SET_PDEATHSIG = 1


class Server:
    """One server: its specification, its process, and how often it had to be started."""

    def __init__(self, spec: dict[str, Any], lock: int) -> None:
        self.spec = spec
        self._lock = lock
        self.starts = 0
        self.due = 0.0
        self._quick_deaths = 0
        self._began = 0.0
        self._log_from = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; what it prints goes to the log file."""
        log = Path(self.spec["log"])
        with log.open("ab") as out:
            self._log_from = out.tell()
            self._began = time.monotonic()
            self.starts += 1
            try:
                self._process = subprocess.Popen(
                    self.spec["argv"],
                    cwd=self.spec["cwd"],
                    env=self.spec["env"],
                    user=self.spec["uid"],
                    group=self.spec["gid"],
                    extra_groups=None if self.spec["uid"] is None else [],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                    pass_fds=(self._lock,),
                    preexec_fn=_dies_with_parent(signal.Signals[self.spec["stop"][0]]),  # noqa: PLW1509 (one thread)
                )
            except OSError as error:
                out.write(f"{self.spec['argv'][0]}: {error}\n".encode())
                self._process = None
                self._note_death()

    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def tend(self, now: float) -> None:
        """Notice a death, and start again when its time has come."""
        if self.running():
            return
        if self._process is not None:
            self._process = None
            self._note_death()
        if now >= self.due:
            self.start()

    def _note_death(self) -> None:
        lived = time.monotonic() - self._began
        self._quick_deaths = 0 if lived > SETTLED_AFTER else self._quick_deaths + 1
        self.due = time.monotonic() + min(LONGEST_DELAY, 0.1 * 2**self._quick_deaths)

    def state(self) -> dict[str, Any]:
        """What a client may know."""
        running = self.running()
        return {
            "pid": self._process.pid if running and self._process else None,
            "running": running,
            "starts": self.starts,
            "said": "" if running else self._said(),
        }

    def _said(self) -> str:
        with Path(self.spec["log"]).open("rb") as log:
            log.seek(self._log_from)
            return log.read(8000).decode(errors="replace")

    def ask_to_stop(self) -> None:
        """Send the kindest signal."""
        if self.running() and self._process:
            self._process.send_signal(signal.Signals[self.spec["stop"][0]])

    def stop(self) -> None:
        """Wait until it has stopped, with rougher signals when it takes too long."""
        for harder in [*self.spec["stop"][1:], "SIGKILL"]:
            if not self.running() or not self._process:
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(self.spec["patience"])
                return
            self._process.send_signal(signal.Signals[harder])
        if self._process:
            self._process.wait()


def _dies_with_parent(how: signal.Signals) -> Any:
    """What the child does before it becomes the server: ask Linux to signal it when the keeper dies."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)


class Keeper:
    """The clients, the servers, and the loop."""

    def __init__(self, listener: socket.socket, address: Path, lock: int) -> None:
        self._listener = listener
        self._lock = lock
        self._address = address
        self._servers: dict[str, Server] = {}
        self._selector = selectors.DefaultSelector()
        self._clients: dict[socket.socket, bytes] = {}
        self._leaving: list[socket.socket] = []
        self._told_to_stop = False

    def keep(self) -> None:
        """Serve until the last client has left, or SIGTERM; then stop the servers."""
        wake = self._wake_on_signals()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(wake, selectors.EVENT_READ)
        patience_ends = time.monotonic() + FIRST_CLIENT_WITHIN
        while not self._told_to_stop:
            self._tend()
            for key, _ in self._selector.select(timeout=self._pause()):
                self._attend(key.fileobj, wake)
            if not self._clients and (self._servers or time.monotonic() > patience_ends) and not self._accept():
                break
        self._close()

    def _wake_on_signals(self) -> socket.socket:
        """A socket that becomes readable when a server dies or somebody tells us to stop."""
        wake, waker = socket.socketpair()
        wake.setblocking(False)
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.detach())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop_on_signal)
        return wake

    def _stop_on_signal(self, number: int, _frame: object) -> None:
        self._told_to_stop = number == signal.SIGTERM or self._told_to_stop

    def _pause(self) -> float:
        now = time.monotonic()
        dues = [server.due - now for server in self._servers.values() if not server.running()]
        return max(0.01, min([1.0, *dues]))

    def _tend(self) -> None:
        now = time.monotonic()
        for server in self._servers.values():
            server.tend(now)

    def _attend(self, what: Any, wake: socket.socket) -> None:
        if what is self._listener:
            self._accept()
        elif what is wake:
            wake.recv(1024)
        elif what in self._clients:
            self._read(what)

    def _accept(self) -> bool:
        try:
            client, _ = self._listener.accept()
        except BlockingIOError:
            return False
        self._clients[client] = b""
        self._selector.register(client, selectors.EVENT_READ)
        while self._leaving:  # they are not the last any more
            self._leaving.pop().close()
        return True

    def _read(self, client: socket.socket) -> None:
        try:
            data = client.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._forget(client)
            client.close()
            return
        *lines, self._clients[client] = (self._clients[client] + data).split(b"\n")
        for line in lines:
            self._answer(client, json.loads(line))

    def _forget(self, client: socket.socket) -> None:
        self._selector.unregister(client)
        del self._clients[client]

    def _answer(self, client: socket.socket, message: dict[str, Any]) -> None:
        if "bye" in message:
            self._forget(client)
            if self._clients:
                client.close()
            else:
                self._leaving.append(client)
            return
        clash = [spec["name"] for spec in message.get("need", []) if self._need(spec)]
        reply = {"clash": clash} if clash else {name: server.state() for name, server in self._servers.items()}
        with contextlib.suppress(OSError):  # it died meanwhile: the next read says so
            client.sendall(json.dumps(reply).encode() + b"\n")

    def _need(self, spec: dict[str, Any]) -> bool:
        """Have a server of this specification; true when another one stands in its place."""
        known = self._servers.get(spec["name"])
        if known:
            return bool(known.spec["argv"] != spec["argv"])
        self._servers[spec["name"]] = Server(spec, self._lock)
        self._servers[spec["name"]].start()
        return False

    def _close(self) -> None:
        """Take no more clients and stop the servers; the last clients see the end when this process ends."""
        self._address.unlink(missing_ok=True)
        self._listener.close()
        for server in self._servers.values():
            server.ask_to_stop()
        for server in self._servers.values():
            server.stop()


def main(address: Path, lock: Path) -> None:
    """Wait for a former keeper and its servers to finish, listen, and go on in a process that is nobody's child.

    Whoever started us only waits for this first process: when it has ended well, the socket answers.
    """
    os.umask(0o077)
    with lock.open("w") as mine, socket.socket(socket.AF_UNIX) as listener:
        fcntl.flock(mine, fcntl.LOCK_EX)
        address.unlink(missing_ok=True)
        listener.bind(str(address))
        listener.listen(64)
        listener.setblocking(False)
        if os.fork():
            os._exit(0)
        mine.write(f"{os.getpid()}\n")
        mine.flush()
        Keeper(listener, address, mine.fileno()).keep()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
