"""Where the embedded servers live, and under which user.

As an ordinary user everything is in the data directory, mode 0700. PostgreSQL refuses to run as root, so root
starts the servers as a system user of their own; what that user must reach is given to its group (the data
directory) or, where a directory above is closed (a clone under /root, say), put under /var/lib/ecp behind a link.
No directory that is not ours ever changes its mode.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ecp.embedded import errors

SERVER_USER = "ecp-servers"
SHARED_HOME = Path("/var/lib/ecp")
SHORT = Path("/tmp")  # noqa: S108 (a private directory inside it, checked)
LONGEST_SOCKET = 100
SAFE_IN_SETTINGS = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@")


@dataclass(frozen=True)
class Person:
    """The user the servers run as; numbers are None when it is the user we are."""

    name: str
    uid: int | None = None
    gid: int | None = None


@dataclass(frozen=True)
class Places:
    """The directories of one data directory."""

    data: Path
    home: Path
    """Holds the servers' own directories; `data`, or its counterpart under /var/lib/ecp."""
    control: Path
    """The start lock, and where the keeper says who it is; always inside `data`."""
    sockets: Path
    person: Person

    @property
    def keeper(self) -> Path:
        """The keeper's own socket: beside the servers' sockets, out of the server user's reach."""
        return self.sockets.parent / "keeper.sock"

    @property
    def logs(self) -> Path:
        """What the servers print."""
        return self.data / "log"

    def own(self, name: str) -> Path:
        """A directory for one server, made 0700 and given to the user it runs as."""
        return _private(self.home / name, self.person)


def arrange(data: Path) -> Places:
    """Make and check the directories of the servers kept in `data`."""
    person = server_person()
    _make_data(data, person)
    home = _home(data, person)
    run = _run_directory(data, home, person)
    control = _private(data / "control", None)
    _private(data / "log", None)
    return Places(data, home, control, _private(run / "s", person), person)


def server_person() -> Person:
    """Who runs the servers: ourselves, or a system user made for them when we are root."""
    if os.geteuid() != 0:
        try:
            return Person(pwd.getpwuid(os.geteuid()).pw_name)
        except KeyError:
            raise errors.NoOwnName(uid=os.geteuid()) from None
    entry = _known(SERVER_USER) or _created(SERVER_USER)
    return Person(entry.pw_name, entry.pw_uid, entry.pw_gid)


def own_name() -> str:
    """The name of the user this process runs as."""
    return pwd.getpwuid(os.geteuid()).pw_name


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _created(name: str) -> pwd.struct_passwd:
    """Create the system user; another process may be doing the same at this moment."""
    commands = [
        ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SHARED_HOME), name],
        ["adduser", "-S", "-D", "-H", "-h", str(SHARED_HOME), name],
    ]
    available = [command for command in commands if shutil.which(command[0])]
    if not available:
        raise errors.NoServerUser(user=name, reason="useradd est absent")
    for _ in range(20):
        done = subprocess.run(available[0], capture_output=True, text=True, check=False)
        entry = _known(name)
        if entry:
            return entry
        time.sleep(0.1)
    raise errors.NoServerUser(user=name, reason=done.stderr.strip().rstrip("."))


def _make_data(data: Path, person: Person) -> None:
    """The data directory itself: 0700, with a way through for the servers' group when we are root."""
    if not data.exists():
        data.mkdir(parents=True, mode=0o700)
    if not os.access(data, os.W_OK | os.X_OK):
        raise errors.DataUnreachable(place=data, reason="droit d’écriture refusé")
    found = data.stat()
    if person.uid is None or _may_enter(found, person) or found.st_uid != os.geteuid():
        return
    if stat.S_IMODE(found.st_mode) & 0o070 == 0:
        os.chown(data, -1, person.gid or -1)
        data.chmod(stat.S_IMODE(found.st_mode) | 0o010)


def _may_enter(found: os.stat_result, person: Person) -> bool:
    """Whether the server user may pass through a directory."""
    if person.uid is None or found.st_uid == person.uid:
        return bool(found.st_mode & 0o100)
    return bool(found.st_mode & (0o010 if found.st_gid == person.gid else 0o001))


def reachable(place: Path, person: Person) -> bool:
    """Whether the server user may pass through `place` and all that is above it."""
    return person.uid is None or all(_may_enter(step.stat(), person) for step in [place, *place.parents])


def _home(data: Path, person: Person) -> Path:
    """`data`, or a directory under /var/lib/ecp that `data`/servers leads to."""
    if reachable(data, person):
        return data
    link = data / "servers"
    if link.is_symlink() and link.exists():
        return link.resolve()
    SHARED_HOME.mkdir(parents=True, exist_ok=True, mode=0o755)
    home = Path(tempfile.mkdtemp(prefix=f"{data.parent.name}-", dir=SHARED_HOME))
    _give_passage(home, person)
    link.unlink(missing_ok=True)
    link.symlink_to(home)
    return home


def _give_passage(place: Path, person: Person) -> None:
    if person.gid is not None:
        os.chown(place, -1, person.gid)
        place.chmod(0o710)


def _run_directory(data: Path, home: Path, person: Person) -> Path:
    """A private directory for sockets, with a path short enough for them: beside the data, else under /tmp."""
    near = home / "run"
    fits = len(os.fsencode(near / "s" / ".s.PGSQL.5432")) <= LONGEST_SOCKET
    run = near if fits and set(str(near)) <= SAFE_IN_SETTINGS else SHORT / short_name(data)
    _private(run, None)
    _give_passage(run, person)
    return run


def short_name(data: Path) -> str:
    """The name, under /tmp, of the socket directory of a data directory whose own path is too long."""
    return f"ecp-{os.geteuid()}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"


def _private(place: Path, person: Person | None) -> Path:
    """A directory that only its owner may enter; refused if somebody else has put it there."""
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    owners = {os.geteuid(), person.uid if person and person.uid is not None else os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or found.st_mode & 0o022:
        raise errors.DataUnreachable(place=place, reason="il appartient à un autre utilisateur")
    if person and person.uid is not None and found.st_uid != person.uid:
        os.chown(place, person.uid, person.gid if person.gid is not None else -1)
    return place


def programs(package: Path, needed: list[Path], person: Person) -> Path:
    """`package`, or a copy that the server user can reach and run; `needed` are the parts of it to copy."""
    if all(_may_run(part, person) for part in needed):
        return package
    SHARED_HOME.mkdir(parents=True, exist_ok=True, mode=0o755)
    digest = hashlib.sha256("".join(f"{part}{part.stat().st_mtime_ns}" for part in needed).encode()).hexdigest()[:12]
    copy = SHARED_HOME / f"programs-{digest}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="programs-", dir=SHARED_HOME))
        for part in needed:
            shutil.copytree(part, fresh / part.relative_to(package), symlinks=True)
        _open_for_all(fresh)
        try:
            fresh.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(fresh)
    return copy


def _may_run(part: Path, person: Person) -> bool:
    """Whether the server user can use the files of `part`: those of a wheel all have the same rights."""
    if person.uid is None:
        return True
    sample = next(path for path in sorted(part.rglob("*")) if path.is_file())
    return reachable(sample.parent, person) and bool(sample.stat().st_mode & 0o004)


def _open_for_all(place: Path) -> None:
    for path in [place, *place.rglob("*")]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if not path.is_symlink():
            path.chmod(mode | 0o444 | (0o111 if path.is_dir() or mode & 0o100 else 0))


def write_for(path: Path, text: str, person: Person) -> None:
    """Replace a small file as a whole and give it to the server user.

    The directory is that user's, who must not lead root elsewhere by a link: the new file is made, never opened.
    """
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        if person.uid is not None:
            os.fchown(descriptor, person.uid, -1 if person.gid is None else person.gid)
        file.write(text)
    fresh.rename(path)


def remove(place: Path) -> None:
    """Remove a directory of ours with all that is in it."""
    shutil.rmtree(place)
