"""Find the Chromium that browser tests drive; as a program, install Debian's where there is none and we may."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CACHES = (".cache/ms-playwright", "Library/Caches/ms-playwright")
ADVICE = (
    "Les essais ont besoin d’un navigateur et aucun n’est installé : « sudo apt install chromium » "
    "(ou « .venv/bin/playwright install chromium »), puis relancez « make test »."
)


def find() -> Path | None:
    """The browser's program: the one ECP_CHROMIUM names, the system's, or Playwright's own."""
    return next(_candidates(), None)


def _candidates() -> Iterator[Path]:
    named = os.environ.get("ECP_CHROMIUM")
    for name in [named] if named else NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)
    for cache in CACHES:
        yield from sorted((Path.home() / cache).glob("chromium-*/chrome-linux*/chrome"), reverse=True)


def install() -> bool:
    """Install Debian's Chromium; False where we may not."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    sys.stdout.write("Aucun navigateur : installation de Chromium (paquet Debian) pour les essais…\n")
    sys.stdout.flush()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = [
        ["apt-get", "-q", "-q", "update"],
        ["apt-get", "-q", "-q", "install", "--yes", "--no-install-recommends", "chromium"],
    ]
    for step in steps:
        done = subprocess.run(
            step, env=environment, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            sys.stderr.write(done.stdout + done.stderr)
            return False
    return True


def main() -> int:
    """Have a browser, or say how to get one."""
    if find() is None and (not install() or find() is None):
        sys.stderr.write(ADVICE + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
