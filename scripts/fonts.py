"""Put the faces of documents into ecp/fonts: fetched from npm at a fixed digest, turned from woff2 into TTF.

The faces come in subsets that share one family name. Each gets a family of its own here, so that a document can list
them in order, Latin first: the Arabic subset has no ASCII digits.
"""

import base64
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[1]
FONTS = ROOT / "ecp" / "fonts"
WEIGHTS = {400: "Regular", 600: "SemiBold"}

LATIN = "@fontsource/ibm-plex-sans@5.3.0"
ARABIC = "@fontsource/ibm-plex-sans-arabic@5.3.0"
DIGESTS = {
    LATIN: "CbE4CbbEEZJX860XyUiRpsksXIQR8Rp2XDva2VO53NJox9tVNtusrysd2x5YkUEY3ErQ66W1IiiQL8/wihhw5w==",
    ARABIC: "ZZ4g+JDgQY0NqSh4o0MNWU1sHQmtcee1g++aKAwyJvZxnT5y51JXsN1cIXnaQaMd40dcbK6QFYa+Z1LbaiNuqA==",
}
FACES = (
    (LATIN, "ibm-plex-sans-latin", "IBM Plex Sans"),
    (ARABIC, "ibm-plex-sans-arabic-arabic", "IBM Plex Sans Arabic"),
    (LATIN, "ibm-plex-sans-latin-ext", "IBM Plex Sans Extended"),
)
NAMES = {1: 0, 16: 0, 2: 1, 17: 1}  # entries of a face's name table: family, weight


def fetched(package: str, into: Path) -> tarfile.TarFile:
    """Open a package of npm; RuntimeError where it cannot be had or is not the one we know."""
    found = subprocess.run(
        ["npm", "pack", "--silent", "--ignore-scripts", package],
        cwd=into,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        raise RuntimeError(found.stderr.strip().splitlines()[-1] if found.stderr.strip() else "npm")
    content = (into / found.stdout.split()[-1]).read_bytes()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != DIGESTS[package]:
        raise RuntimeError(f"{package} : empreinte inattendue")
    return tarfile.open(fileobj=io.BytesIO(content))


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
    """Write all faces into a directory."""
    target.mkdir(parents=True, exist_ok=True)
    made = []
    with tempfile.TemporaryDirectory() as scratch:
        packages = {package: fetched(package, Path(scratch)) for package in DIGESTS}
        for package, subset, family in FACES:
            for number, weight in WEIGHTS.items():
                member = packages[package].extractfile(f"package/files/{subset}-{number}-normal.woff2")
                if member is None:
                    raise RuntimeError(f"{package} : {subset} {number}")
                path = target / f"{family.replace(' ', '')}-{weight}.ttf"
                path.write_bytes(converted(member.read(), family, weight))
                made.append(path)
    return made


if __name__ == "__main__":
    try:
        sys.stdout.write(f"Polices : {len(make(FONTS))} faces prêtes.\n")
    except (RuntimeError, OSError) as error:
        sys.exit(f"Les polices des documents n’ont pas pu être préparées ({error}) : vérifiez l’accès au dépôt npm.")
