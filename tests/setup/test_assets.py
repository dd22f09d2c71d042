"""What npm carries, as pages use it: names in the sprite, letters in the faces, and one sentence when it fails."""

import re
import shutil
import subprocess
import sys

import pytest
from fontTools.ttLib import TTFont

from tests.setup.conftest import ROOT

VENDOR = ROOT / "ecp" / "web" / "static" / "vendor"


def test_the_lock_names_no_registry_and_checks_every_package() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')


def test_the_sprite_holds_the_icons_of_the_list() -> None:
    listed = {line for line in (ROOT / "ecp/web/icons.txt").read_text().split("\n") if line and line[0] != "#"}
    assert set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text())) == listed


@pytest.mark.parametrize(
    ("face", "text"),
    [
        ("latin", "Réf. 12\u202f345,67 −3 «Œuvre» …"),
        ("latin-ext", "Ğāş"),
        ("arabic", "المقاولة الجماعية المشتركة، غشت؟ ڭ"),
        ("arabic-ext", "ݣ"),
    ],
)
@pytest.mark.parametrize("weight", [400, 600])
def test_the_faces_have_the_letters_people_write_here(face: str, text: str, weight: int) -> None:
    with TTFont(VENDOR / f"{face}-{weight}.woff2") as font:
        letters = font.getBestCmap()
        assert [letter for letter in text if ord(letter) not in letters and letter != " "] == []
        if face == "latin":
            assert {font["hmtx"][letters[ord(digit)]][0] for digit in "0123456789"} == {600}
            assert font["hmtx"][letters[0x202F]][0] == 180


def test_a_registry_out_of_reach_is_said_in_one_sentence(tmp_path) -> None:
    for name in ("scripts/assets.py", "package.json", "package-lock.json", "ecp/web/icons.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    done = subprocess.run(
        [sys.executable, tmp_path / "scripts" / "assets.py"],
        env={"PATH": "", "npm_config_registry": "http://127.0.0.1:9/", "npm_config_fetch_retries": "0",
             "npm_config_cache": str(tmp_path / "cache"), "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert re.fullmatch(r"Les polices, icônes et scripts .* \(.*ECONNREFUSED.*\) : vérifiez .*\n", done.stderr)
