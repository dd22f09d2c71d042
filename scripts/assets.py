"""Put what npm carries for pages into ecp/web/static/vendor: htmx, one sprite of the icons we use, small web fonts.

`npm ci` checks every package against the digests of package-lock.json. The second time nothing is done: stamps hold the
digest of all that the result depends on.
"""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

ROOT = Path(__file__).parents[1]
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "ecp" / "web" / "static" / "vendor"
ICONS = ROOT / "ecp" / "web" / "icons.txt"
LOCK = ROOT / "package-lock.json"

WEIGHTS = (400, 600)
LATIN = "@fontsource/ibm-plex-sans/files/ibm-plex-sans-latin-{}-normal.woff2"
EXTENDED = "@fontsource/ibm-plex-sans/files/ibm-plex-sans-latin-ext-{}-normal.woff2"
ARABIC = "@fontsource/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic-arabic-{}-normal.woff2"
FORMS = frozenset({*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFF)})  # compatibility forms nobody types
SPOKEN = frozenset(  # Arabic as written in Morocco; the letters of other languages come in a file of their own
    {0x20, 0x2010, *range(0x600, 0x656), *range(0x660, 0x66E), 0x670, 0x671}
    | {0x67E, 0x686, 0x698, 0x69C, 0x6A2, 0x6A4, 0x6A5, 0x6A7, 0x6A9, 0x6AD, 0x6AF, 0x6B4, 0x6CC, 0x6D2, 0x6D4}
)
UNTYPED = frozenset(map(ord, "¡¢¤¥¦§¨ª¬¯±²³´µ¶¸¹º¼½¾¿"))  # signs of Latin-1 that no page shows
FEATURES = ["ccmp", "locl", "mark", "mkmk", "kern", "liga", "rlig", "calt", "init", "medi", "fina", "isol"]
COPYRIGHT = [0, 13, 14]  # the only entries of the name table a web font keeps
THIN, THIN_WIDTH = 0x202F, 180  # the faces lack the space that stands between thousands

FAILED = "Les polices, icônes et scripts des pages n’ont pas pu être préparés ({}) : vérifiez l’accès au dépôt npm."


def digest(*paths: Path) -> str:
    """One digest of several files."""
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths)).hexdigest()


def stamped(stamp: Path, mark: str) -> bool:
    """Whether what the stamp stands for was made from the same sources."""
    return stamp.exists() and stamp.read_text() == mark


def install() -> None:
    """Have the packages of the lock file in node_modules; RuntimeError in npm's own words."""
    mark, stamp = digest(LOCK), PACKAGES / ".lock"
    if stamped(stamp, mark):
        return
    programs = Path(sys.executable).parent  # the wheel's npm, never the system's
    done = subprocess.run(
        [programs / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(complaint(done.stderr))
    stamp.write_text(mark)


def complaint(text: str) -> str:
    r"""What npm complains of, in one line.

    >>> complaint("npm warn x\nnpm error code E404\nnpm error 404 Not Found\nnpm error A complete log of this run…")
    'code E404, 404 Not Found'
    """
    lines = [line.removeprefix("npm error").strip() for line in text.splitlines() if line.startswith("npm error")]
    told = [line for line in lines if line and not line.startswith("A complete log")]
    return ", ".join(told[:2]) or "npm"


def sprite(names: list[str]) -> str:
    """One SVG file with a symbol for each icon; RuntimeError names an icon that does not exist."""
    return "\n".join(
        ['<svg xmlns="http://www.w3.org/2000/svg">', "<!-- lucide, ISC licence -->", *map(symbol, names), "</svg>\n"]
    )


def symbol(name: str) -> str:
    """An icon of lucide as a symbol that takes colour and stroke from where it is used."""
    path = PACKAGES / "lucide-static" / "icons" / f"{name}.svg"
    if not path.exists():
        raise RuntimeError(f"icône inconnue : {name}")
    inside = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", path.read_text(), flags=re.DOTALL)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(inside.split())}</symbol>'


def web_font(package_file: str, *, only: frozenset[int] | None = None, but: frozenset[int] = frozenset()) -> bytes:
    """A face cut down to the letters wanted, without hints, half its size or less."""
    options = subset.Options(flavor="woff2", hinting=False, layout_features=FEATURES, name_IDs=COPYRIGHT)
    font = subset.load_font(PACKAGES / package_file, options)
    letters = set(font.getBestCmap()) - but - FORMS
    if 0x2009 in letters:  # noqa: PLR2004 - a face with spaces gets the narrow one too
        add_thin_space(font)
        letters.add(THIN)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=letters & only if only else letters)
    cutter.subset(font)
    written = io.BytesIO()
    subset.save_font(font, written, options)
    return written.getvalue()


def add_thin_space(font: TTFont) -> None:
    """Draw U+202F: empty, and as wide as a thin space should be."""
    name = "uni202F"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = Glyph()
    font["hmtx"][name] = (THIN_WIDTH, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[THIN] = name


def fonts(weight: int) -> dict[str, bytes]:
    """The web fonts of one weight, by file name."""
    return {
        f"latin-{weight}.woff2": web_font(LATIN.format(weight), but=UNTYPED),
        f"latin-ext-{weight}.woff2": web_font(EXTENDED.format(weight)),
        f"arabic-{weight}.woff2": web_font(ARABIC.format(weight), only=SPOKEN),
        f"arabic-ext-{weight}.woff2": web_font(ARABIC.format(weight), but=SPOKEN - {0x20}),
    }


def make() -> None:
    """Write everything into static/vendor, anew."""
    names = [line for line in ICONS.read_text().split("\n") if line and not line.startswith("#")]
    files = {
        "htmx.min.js": (PACKAGES / "htmx.org" / "dist" / "htmx.min.js").read_bytes(),
        "icons.svg": sprite(names).encode(),
        **{name: content for weight in WEIGHTS for name, content in fonts(weight).items()},
    }
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, content in files.items():
        (VENDOR / name).write_bytes(content)


def main() -> None:
    """Install and make what is missing."""
    install()
    mark, stamp = digest(LOCK, ICONS, Path(__file__)), VENDOR / ".made"
    if not stamped(stamp, mark):
        make()
        stamp.write_text(mark)
        size = sum(path.stat().st_size for path in VENDOR.iterdir())
        sys.stdout.write(f"Pages : htmx, icônes et polices prêts ({size // 1000} ko).\n")


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, OSError) as error:
        sys.exit(FAILED.format(error))
