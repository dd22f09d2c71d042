"""Runs the whole stack: servers, web, worker, scheduler, until Ctrl-C, and leaves no process behind.

Each part is a process group of its own, so that Ctrl-C reaches the supervisor alone, which stops the others in order;
the kernel stops them (PR_SET_PDEATHSIG) when the supervisor itself is killed. A part that dies is started again, a
little later each time; one that cannot live ends everything, with the last words it said.
"""

import contextlib
import ctypes
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from config import Settings
from ecp import servers
from ecp.embedded.keeper import PR_SET_PDEATHSIG
from ecp.errors import DomainError

ROOT = Path(__file__).parents[1]
GRACE = 10.0
FIRST_PAGE_WITHIN = 60.0
KEPT_EVERY = 5.0  # seconds between two looks at the keeper
SETTLED_AFTER = 60.0
QUICK_DEATHS_ALLOWED = 5
LONGEST_DELAY = 30.0
SERVER_ERROR = 500
BIG_LOG = 10_000_000

Say = Callable[[str], None]


class PortInUse(DomainError):
    """Somebody else listens where the pages should be."""

    message = (
        "Le port %(port)s de %(host)s est déjà pris : arrêtez le programme qui l’occupe, "
        "ou choisissez-en un autre (« ECP_PORT=8080 make run »)."
    )


class AddressUnknown(DomainError):
    """ECP_HOST is no address of this machine."""

    message = "L’adresse %(host)s n’est pas une adresse de cette machine : corrigez ECP_HOST."


class PortForbidden(DomainError):
    """Low ports belong to root."""

    message = "Le port %(port)s est réservé à root : choisissez un port au-dessus de 1023 (ECP_PORT)."


class PartFailed(DomainError):
    """A part dies each time it is started."""

    message = "%(name)s s’arrête dès son démarrage : %(reason)s (journal : %(log)s)."


class ServersLost(DomainError):
    """What keeps the embedded servers was ended, and they with it."""

    message = "La base de données et Redis ont perdu leur gardien et se sont arrêtés : relancez « make run »."


class NoFirstPage(DomainError):
    """The web server runs but does not answer."""

    message = "Le serveur web ne répond pas après %(seconds)s secondes (journal : %(log)s)."


@dataclass(frozen=True)
class Part:
    """One process of the stack; `label` is the name people read."""

    name: str
    label: str
    command: Sequence[str]


def web(settings: Settings) -> Part:
    """The web server: threads, since pages wait for the database more than they compute."""
    bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
    command = [sys.executable, "-P", "-m", "gunicorn", "wsgi:app", "--bind", bind, "--worker-class", "gthread"]
    command += ["--workers", str(settings.web_workers), "--threads", "8", "--no-control-socket"]
    return Part("web", "Le serveur web", [*command, "--log-level", "warning", "--graceful-timeout", "8"])


def worker(settings: Settings) -> Part:
    """The worker that runs jobs."""
    command = [sys.executable, "-P", "-m", "celery", "-A", "workers.main:celery", "worker", "--loglevel", "WARNING"]
    command += ["--concurrency", str(settings.job_workers), "--without-mingle", "--without-gossip"]
    return Part("worker", "Le serveur de tâches", command)


def beat(settings: Settings) -> Part:
    """The scheduler that wakes jobs up in time."""
    command = [sys.executable, "-P", "-m", "celery", "-A", "workers.main:celery", "beat", "--loglevel", "WARNING"]
    schedule = str(settings.data_dir / "beat-schedule")
    return Part("beat", "Le programmateur", [*command, "--schedule", schedule, "--pidfile", ""])


@dataclass(frozen=True)
class Preparation:
    """What must be done to the database, each given the settings that reach it."""

    ready: Callable[[Settings], bool]
    """Whether pages can already be served while `prepare` only checks."""

    prepare: Callable[[Settings], None]
    """Database, roles, migrations."""

    fill: Callable[[Settings], Sequence[str]]
    """Load the demo where the database is empty; gives the lines to show once everything runs (the logins)."""


class _Stop(BaseException):
    """Somebody asked us to stop."""


@dataclass
class _Running:
    """A part and its process."""

    part: Part
    settings: Settings
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    quick_deaths: int = 0
    due: float = 0.0
    log_from: int = 0

    @property
    def log(self) -> Path:
        return self.settings.data_dir / "log" / f"{self.part.name}.log"

    def start(self) -> None:
        self.began = time.monotonic()
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > BIG_LOG:
            self.log.replace(self.log.with_suffix(".old"))
        with self.log.open("ab") as out:
            self.log_from = out.tell()
            self.process = subprocess.Popen(
                self.part.command,
                cwd=ROOT,
                env=_environment(self.settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=_dies_with_parent(),  # noqa: PLW1509 (only the main thread starts parts)
            )

    def dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def tend(self, say: Say) -> None:
        """Start again what died; PartFailed when it keeps dying."""
        if self.process is not None and self.process.poll() is not None:
            code, self.process = self.process.returncode, None
            self._note_death()
            say(f"{self.part.label} s’est arrêté ({_how(code)}) : nouveau démarrage.")
        if self.process is None and time.monotonic() >= self.due:
            self.start()

    def _note_death(self) -> None:
        settled = time.monotonic() - self.began > SETTLED_AFTER
        self.quick_deaths = 1 if settled else self.quick_deaths + 1
        if self.quick_deaths > QUICK_DEATHS_ALLOWED:
            raise self.failure()
        self.due = time.monotonic() + min(LONGEST_DELAY, 0.5 * 2**self.quick_deaths)

    def failure(self) -> PartFailed:
        """The sentence with the last words of the log."""
        with self.log.open("rb") as file:
            file.seek(self.log_from)
            lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
        errors = [line for line in lines if "Error" in line or "error" in line]
        reason = (errors or lines or ["sans rien dire"])[-1].rstrip(".")
        return PartFailed(name=self.part.label, reason=reason, log=self.log)


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"


def _environment(settings: Settings) -> dict[str, str]:
    """What a part needs to find the same servers and files."""
    inherited = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "ECP_DATA": str(settings.data_dir),
        "DATABASE_URL": settings.database_url or "",
        "REDIS_URL": settings.redis_url or "",
        "ECP_HOST": settings.host,
        "ECP_PORT": str(settings.port),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{inherited}" if inherited else str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


def _dies_with_parent() -> Any:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def aloud(text: str) -> None:
    """Print at once; a terminal that has gone away stops nothing."""
    with contextlib.suppress(OSError):
        print(text, flush=True)  # noqa: T201 (what `make run` shows)


def serve(settings: Settings, preparation: Preparation, parts: Sequence[Part] | None = None, say: Say = aloud) -> None:
    """Run everything until SIGINT or SIGTERM. `parts` defaults to web, worker and beat; the first is waited for.

    Raises: DomainError, in one sentence, when something cannot start; everything is stopped by then.
    """
    parts = [web(settings), worker(settings), beat(settings)] if parts is None else parts
    pages = any(part.name == "web" for part in parts)
    if pages:
        check_port(settings.host, settings.port)
    with _stopping_on_signals() as signals, contextlib.suppress(_Stop):
        say("Base de données et Redis…")
        with servers.running(settings) as addresses:
            running = [_Running(part, servers.reached(settings, addresses)) for part in parts]
            try:
                _bring_up(running, preparation, say, pages=pages)
                _watch(running, say, signals, lambda: servers.are_kept(settings))
            finally:
                signals.stopping = True
                say("Arrêt…")
                _stop_all(running, signals)
    say("Tout est arrêté.")


def check_port(host: str, port: int) -> None:
    """Refuse a port that is taken, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise PortForbidden(port=port) from error
        except socket.gaierror as error:
            raise AddressUnknown(host=host) from error
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            raise (PortInUse(host=host, port=port) if taken else AddressUnknown(host=host)) from error


def _bring_up(running: list[_Running], preparation: Preparation, say: Say, *, pages: bool) -> None:
    """Prepare the database, start the parts, and wait for the first page.

    Where the database is known, the first part loads its code while the database is checked.
    """
    settings = running[0].settings
    if preparation.ready(settings):
        running[0].start()
    preparation.prepare(settings)
    lines = preparation.fill(settings)
    if running[0].process is None:
        running[0].start()
    if pages:
        say("Premières pages…")
        _wait_for_first_page(running[0])
    for other in running[1:]:
        other.start()
    if pages:
        say("")
        say(f"    {address(settings)}")
        say("")
    for line in lines:
        say(line)
    say("Ctrl-C arrête tout.")


def address(settings: Settings) -> str:
    """Where a browser finds the first page."""
    if settings.public_url:
        return settings.public_url
    return f"http://{_local(settings.host, brackets=True)}:{settings.port}/"


def _local(host: str, *, brackets: bool = False) -> str:
    """An address to call for one to listen on."""
    plain = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{plain}]" if brackets and ":" in plain else plain


def _wait_for_first_page(first: _Running) -> None:
    until = time.monotonic() + FIRST_PAGE_WITHIN
    while not _answers(first.settings):
        if first.dead():
            raise first.failure()
        if time.monotonic() > until:
            raise NoFirstPage(seconds=int(FIRST_PAGE_WITHIN), log=first.log)
        time.sleep(0.02)


def _answers(settings: Settings) -> bool:
    line = http.client.HTTPConnection(_local(settings.host), settings.port, timeout=10)
    try:
        line.request("GET", "/")
        return line.getresponse().status < SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _watch(running: list[_Running], say: Say, signals: "_Signals", are_kept: Callable[[], bool]) -> None:
    """Until somebody stops us; raises ServersLost where the embedded servers are gone for good."""
    looked = time.monotonic()
    while not signals.asked:
        for one in running:
            one.tend(say)
        time.sleep(0.25)
        if time.monotonic() - looked > KEPT_EVERY:
            if not are_kept():
                raise ServersLost
            looked = time.monotonic()


@dataclass
class _Signals:
    """Whether we are stopping already, and how often we were asked to hurry meanwhile."""

    stopping: bool = False
    asked: bool = False
    asked_again: bool = False

    def handle(self, _number: int, _frame: FrameType | None) -> None:
        """Interrupt what runs; where that gets lost, in code that swallows it, `asked` is still seen."""
        self.asked = True
        if self.stopping:
            self.asked_again = True
        else:
            raise _Stop


@contextmanager
def _stopping_on_signals() -> Iterator[_Signals]:
    """The first signal ends the run; further ones, while parts stop, make it quicker."""
    state = _Signals()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    former = {number: signal.signal(number, state.handle) for number in numbers}
    try:
        yield state
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _stop_all(running: list[_Running], signals: _Signals) -> None:
    """Ask every part to stop, wait a little, then end whole groups."""
    alive = [one for one in running if one.process is not None]
    for one in alive:
        _send(one, signal.SIGTERM, group=False)
    until = time.monotonic() + GRACE
    while any(not one.dead() for one in alive) and time.monotonic() < until and not signals.asked_again:
        time.sleep(0.02)
    for one in alive:
        _send(one, signal.SIGKILL, group=True)
        if one.process is not None:
            one.process.wait()


def _send(one: _Running, number: signal.Signals, *, group: bool) -> None:
    if one.process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        if group:
            os.killpg(one.process.pid, number)
        elif one.process.poll() is None:
            one.process.send_signal(number)


def only(settings: Settings, names: Sequence[str]) -> list[Part]:
    """The parts of these names, for hosts that run some of them."""
    makers = {"web": web, "worker": worker, "beat": beat}
    return [makers[name](settings) for name in names]
