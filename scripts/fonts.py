"""Put the faces of documents into ecp/fonts: from the npm packages in node_modules, turned from woff2 into TTF.

The faces come in subsets that share one family name. Each gets a family of its own here, so that a document can list
them in order, Latin first: the Arabic subset has no ASCII digits.
"""

import io
import sys
from pathlib import Path

from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[1]
FONTS = ROOT / "ecp" / "fonts"
PACKAGES = ROOT / "node_modules" / "@fontsource"
WEIGHTS = {400: "Regular", 500: "Medium", 600: "SemiBold"}

FACES = (
    ("ibm-plex-sans/files/ibm-plex-sans-latin", "IBM Plex Sans"),
    ("ibm-plex-sans-arabic/files/ibm-plex-sans-arabic-arabic", "IBM Plex Sans Arabic"),
    ("ibm-plex-sans/files/ibm-plex-sans-latin-ext", "IBM Plex Sans Extended"),
)
NAMES = {1: 0, 16: 0, 2: 1, 17: 1}  # entries of a face's name table: family, weight


def converted(woff2: bytes, family: str, weight: str) -> bytes:
    """The same face as TTF, under the family's name."""
    with TTFont(io.BytesIO(woff2)) as font:
        font.flavor = None
        for entry in font["name"].names:
            if entry.nameID in NAMES:
                entry.string = (family, weight)[NAMES[entry.nameID]]
        written = io.BytesIO()
        font.save(written, reorderTables=None)
    return written.getvalue()


def make(target: Path) -> list[Path]:
    """Write all faces into a directory; OSError where `npm ci` has not brought the packages."""
    target.mkdir(parents=True, exist_ok=True)
    made = []
    for source, family in FACES:
        for number, weight in WEIGHTS.items():
            woff2 = (PACKAGES / f"{source}-{number}-normal.woff2").read_bytes()
            path = target / f"{family.replace(' ', '')}-{weight}.ttf"
            path.write_bytes(converted(woff2, family, weight))
            made.append(path)
    return made


if __name__ == "__main__":
    try:
        sys.stdout.write(f"Polices : {len(make(FONTS))} faces prêtes.\n")
    except OSError as error:
        sys.exit(f"Les polices des documents n’ont pas pu être préparées ({error}) : relancez « make assets ».")
