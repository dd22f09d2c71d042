"""Install what a lock file names, with its hashes, and show how far it is: `python scripts/install.py FILE`.

Runs on a bare virtual environment: standard library only.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

STEP = re.compile(r"^(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+)")
TAIL = 15


def wanted(lock: Path) -> int:
    """How many libraries the lock names."""
    return sum(bool(re.match(r"[A-Za-z0-9._-]+(\[.*\])?==", line)) for line in lock.read_text().splitlines())


def show(text: str, *, last: bool = False) -> None:
    """A line that is written over on a terminal, and kept short elsewhere."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K{text}" + ("\n" if last else ""))
    elif last:
        sys.stdout.write(text + "\n")
    sys.stdout.flush()


def steps(lines: Iterator[str], total: int) -> list[str]:
    """Follow pip's words; all of them are given back, for when it fails."""
    said: list[str] = []
    seen: set[str] = set()
    for line in lines:
        said.append(line)
        step = STEP.match(line.strip())
        if step:
            seen.add(step[1].lower())
            show(f"Bibliothèques : {len(seen)} sur {total}, {step[1]}")
        elif line.startswith("Installing"):
            show("Bibliothèques : mise en place…")
    return said


def main(lock: Path) -> int:
    """Run pip; on failure show the end of what it said."""
    total = wanted(lock)
    sys.stdout.write(f"Bibliothèques : {total} à vérifier ({lock.name}), une minute environ la première fois.\n")
    command = [sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    command += ["--require-hashes", "-r", str(lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        said = steps(iter(pip.stdout or ()), total)
    if pip.returncode:
        show("", last=True)
        sys.stderr.write("".join(said[-TAIL:]))
        sys.stderr.write(
            "\nLes bibliothèques n’ont pas pu être installées : vérifiez l’accès au réseau ou à l’index de paquets, "
            "puis recommencez.\n"
        )
        return 1
    show("Bibliothèques : prêtes.", last=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
