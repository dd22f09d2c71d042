"""What every `ecp` command keeps to: exit statuses, where messages go, tables and JSON, quick starts."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages import mofile, pofile

from ecp.cli import main
from tests.setup.conftest import ROOT


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = {**main.COMMANDS, "fake": ("tests.setup.fake_commands:fake", "Pour essayer.")}
    monkeypatch.setattr(main, "COMMANDS", commands)


def ecp(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main.run(words)
    out, error = capfd.readouterr()
    return status, out, error


def test_done_is_0(capfd: pytest.CaptureFixture[str]) -> None:
    assert ecp(capfd, "fake", "strict", "7", "--code", "é") == (0, "7 é\n", "")


def test_refused_is_1_with_the_sentence_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    assert ecp(capfd, "fake", "refused") == (1, "", "Le mois 2026-01 est clôturé.\n")


def test_every_problem_is_told_with_its_place(capfd: pytest.CaptureFixture[str]) -> None:
    expected = "Certaines données sont à corriger.\n12 : le compte 9999 n’existe pas\n14 : date\n"
    assert ecp(capfd, "fake", "invalid") == (1, "", expected)


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["fake", "nonsense"],
        ["fake", "strict", "7"],
        ["fake", "strict", "seven", "--code", "a"],
        ["fake", "strict", "--code", "a"],
        ["fake", "rows", "--format", "xml"],
        ["fake", "rows", "--nonsense"],
    ],
)
def test_misuse_is_2(capfd: pytest.CaptureFixture[str], words: list[str]) -> None:
    status, out, error = ecp(capfd, *words)
    assert (status, out) == (2, "")
    assert error


def test_a_file_that_cannot_be_written_is_named(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = tmp_path / "nulle-part" / "x.csv"
    assert ecp(capfd, "fake", "write", str(missing)) == (1, "", f"{missing} : ce dossier n’existe pas.\n")
    assert ecp(capfd, "fake", "write", str(tmp_path)) == (1, "", f"{tmp_path} : c’est un dossier.\n")


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        main.run(["fake", "bug"])


def test_ctrl_c_is_130(capfd: pytest.CaptureFixture[str]) -> None:
    assert ecp(capfd, "fake", "interrupted") == (130, "", "\nAbandonné.\n")


def test_rows_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ecp(capfd, "fake", "rows", "--format", "json")
    assert status == 0
    assert json.loads(out) == [
        {"account": "3421", "title": "Clients", "debit": "1234567.50", "ended_on": "2026-01-31"},
        {"account": "44551", "title": "État، الدولة\n– TVA", "debit": "-0.05", "ended_on": None},
    ]


def test_no_rows_are_a_table_all_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ecp(capfd, "fake", "rows", "--none", "--format", "json")
    assert json.loads(out) == []
    assert ecp(capfd, "fake", "rows", "--none")[1].split() == [
        "compte",
        "intitulé",
        "débit",
        "fin",
        *["─" * n for n in (6, 8, 5, 3)],
    ]


def test_rows_as_a_table(capfd: pytest.CaptureFixture[str]) -> None:
    assert ecp(capfd, "fake", "rows")[1] == (
        "compte  intitulé                 débit  fin\n"
        "──────  ──────────────────  ──────────  ──────────\n"
        "3421    Clients             1234567.50  2026-01-31\n"
        "44551   État، الدولة – TVA       -0.05\n"
    )


def test_help_lists_every_command(capfd: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ecp(capfd, "--help")
    assert status == 0
    for name, (_, purpose) in main.COMMANDS.items():
        assert name in out
        assert purpose.endswith(".")
        assert purpose.split()[0] in out


def test_every_command_of_the_table_exists_and_explains_itself(capfd: pytest.CaptureFixture[str]) -> None:
    for name in main.COMMANDS:
        status, out, error = ecp(capfd, name, "--help")
        assert (status, error) == (0, "")
        assert len(out.splitlines()) > 3


def test_the_installed_command_works_from_anywhere(tmp_path: Path) -> None:
    """Also through a link, and beside files with our modules' names."""
    tree = tmp_path / "a tree"
    tree.mkdir()
    for name in ("ecp", "config.py", "pyproject.toml"):
        (tree / name).symlink_to(ROOT / name)
    (tree / ".venv" / "bin").mkdir(parents=True)
    python = tree / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    installed = tree / ".venv" / "bin" / "ecp"
    shutil.copy(ROOT / "scripts" / "ecp.sh", installed)
    installed.chmod(0o755)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "config.py").write_text("raise SystemExit('the wrong config')")
    (elsewhere / "link").symlink_to(installed)
    for command in (installed, "./link"):
        done = subprocess.run(
            ["/bin/sh", "-c", f'"{command}" --version'], cwd=elsewhere, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("ecp 0.")


def python(code: str, shell: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """A fresh Python with the tree on its path."""
    command = f'"{sys.executable}" -c "$CODE" {shell}'
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "CODE": code, **variables}
    return subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)


def test_a_command_that_needs_no_pages_does_not_load_them() -> None:
    code = """
import sys
from ecp.cli import main
main.run(["--version"])
print({"flask", "sqlalchemy", "celery", "psycopg"} & set(sys.modules))
"""
    assert python(code).stdout.splitlines()[1:] == ["set()"]


def test_a_reader_that_has_enough_meets_no_stack_trace() -> None:
    code = """
import sys
from ecp.cli import main
main.COMMANDS["fake"] = ("tests.setup.fake_commands:fake", "")
sys.exit(main.run(["fake", "rows"]))
"""
    assert python(code, "| true").stderr == ""


def test_click_speaks_french_in_any_language(tmp_path: Path) -> None:
    """With the catalogue that `make setup` compiles."""
    source = ROOT / "ecp" / "cli" / "locale" / "fr" / "LC_MESSAGES" / "click.po"
    place = tmp_path / "fr" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with source.open("rb") as file, (place / "click.mo").open("wb") as out:
        mofile.write_mo(out, pofile.read_po(file))
    code = f"""
import pathlib
from ecp.cli import main
main.LOCALE = pathlib.Path({str(tmp_path)!r})
main.run(["nonsense"])
"""
    for language in ("C", "en_US.UTF-8", "ar_MA.UTF-8"):
        error = python(code, LANG=language).stderr
        assert "« ecp --help » affiche l’aide." in error
        assert "Erreur : La commande 'nonsense' n’existe pas." in error
