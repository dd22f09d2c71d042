"""`make setup` and the scripts under it: instant the second time, and one sentence when something lacks."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts import browser
from tests.setup.conftest import ROOT

TARGETS = {
    "setup",
    "run",
    "test",
    "check",
    "bench",
    "verify",
    "backup",
    "docs",
    "lock",
    "screenshots",
    "db",
    "revision",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with its makefile, scripts and catalogues, and an environment that looks installed."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(
        ROOT / "ecp", tmp_path / "ecp", ignore=shutil.ignore_patterns("__pycache__", "*.mo", "vendor", "fonts")
    )
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return tmp_path


def make(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *words], cwd=tree, capture_output=True, text=True, check=False)


def test_make_alone_lists_the_commands() -> None:
    done = make(ROOT)
    assert done.returncode == 0
    assert {line.split()[0] for line in done.stdout.splitlines()} >= TARGETS


def test_a_second_setup_has_nothing_to_do(tree: Path) -> None:
    for stamp in (".venv/.installed", ".venv/.installed-dev", "ecp/web/static/vendor/.ready", "ecp/fonts/.ready"):
        (tree / stamp).parent.mkdir(parents=True, exist_ok=True)
        (tree / stamp).touch()
    first = make(tree, "setup")
    assert (first.returncode, first.stderr) == (0, "")
    assert (tree / ".venv" / "bin" / "ecp").stat().st_mode & 0o111
    catalogues = list(tree.glob("ecp/**/*.po"))
    assert catalogues
    assert all(catalogue.with_suffix(".mo").exists() for catalogue in catalogues)
    began = time.monotonic()
    assert "Nothing to be done" in make(tree, "setup").stdout
    assert time.monotonic() - began < 0.3


def pretend_python(place: Path, answer: str) -> None:
    """A program for every name that is tried, which answers a check with a shell command."""
    place.mkdir()
    for name in ("python", "python3", *(f"python3.{minor}" for minor in range(9, 16))):
        (place / name).write_text(f"#!/bin/sh\n{answer}\n")
        (place / name).chmod(0o755)


def venv(tree: Path, programs: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{programs}:/usr/bin:/bin", **variables}
    command = ["/bin/sh", "scripts/venv.sh"]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


def test_an_old_python_is_said(tree: Path, tmp_path: Path) -> None:
    pretend_python(tmp_path / "old", "exit 1")
    done = venv(tree, tmp_path / "old")
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 ou plus récent est nécessaire et n'a pas été trouvé")
    assert len(done.stderr.splitlines()) == 1


def test_a_python_without_venv_is_said(tree: Path, tmp_path: Path) -> None:
    pretend_python(tmp_path / "bare", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    done = venv(tree, tmp_path / "bare")
    assert done.returncode == 1
    assert "« apt install python3-venv »" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_python_that_is_named_is_used(tree: Path, tmp_path: Path) -> None:
    pretend_python(tmp_path / "good", f'echo "$@" >> {tmp_path}/said')
    assert venv(tree, tmp_path / "good", PYTHON="python3.15").returncode == 0
    assert (tmp_path / "said").read_text().splitlines()[-1] == "-m venv --clear .venv"


def test_libraries_that_cannot_be_fetched_are_said(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"surely-not-a-library==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "install.py", lock],
        env={**os.environ, "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Les bibliothèques n’ont pas pu être installées : ")


def test_the_browser_that_is_named_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = tmp_path / "browser"
    named.write_text("")
    named.chmod(0o755)
    monkeypatch.setenv("ECP_CHROMIUM", str(named))
    assert browser.find() == named


def test_without_browser_and_without_rights_one_sentence_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ECP_CHROMIUM", raising=False)
    monkeypatch.setattr(browser.os, "geteuid", lambda: 1000)
    assert browser.main() == 1
    assert capsys.readouterr().err == browser.ADVICE + "\n"


def test_root_gets_debians_browser_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With an apt-get that notes what it was asked and brings a browser."""
    lines = [
        "#!/bin/sh",
        f'echo "$DEBIAN_FRONTEND $@" >> {tmp_path}/asked',
        f": > {tmp_path}/chromium",
        f"/bin/chmod 755 {tmp_path}/chromium",
    ]
    (tmp_path / "apt-get").write_text("\n".join(lines))
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ECP_CHROMIUM", raising=False)
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0)
    assert browser.main() == 0
    assert "installation de Chromium (paquet Debian)" in capfd.readouterr().out
    assert (tmp_path / "asked").read_text().splitlines() == [
        "noninteractive -q -q update",
        "noninteractive -q -q install --yes --no-install-recommends chromium",
    ]


@pytest.mark.parametrize("value", ["abc", "-1", "80 80", "８０", "99999"])
def test_a_setting_that_is_no_number_is_said(value: str) -> None:
    code = "from config import Settings; Settings()"
    environment = {**os.environ, "ECP_PORT": value, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"ECP_PORT doit être un nombre entier, 65535 au plus, et non « {value} ».\n"
