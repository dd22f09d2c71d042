"""The door to typst: data in, PDF out, the same bytes for the same data."""

import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import ClassVar, Protocol

import typst
from fontTools.ttLib import TTFont

from ecp import formats
from ecp.documents import words

FONTS = Path(__file__).parents[1] / "fonts"
TEMPLATES = Path(__file__).parent / "templates"
FAMILIES = ("IBM Plex Sans", "IBM Plex Sans Arabic", "IBM Plex Sans Extended")
WEIGHTS = (400, 600)
UNKNOWN = "?"

_OVERRIDES = range(0x202A, 0x202F)  # embeddings and overrides: a name holding one would turn figures round
_HYPHENATED = re.compile(r"(?<![\w-])\d[\d.]*(?:-\d+)+(?![\w-])")
_CONTROLS = re.compile(r"\\(?:u00|[bfnrt])|[\x7f-\x9f]")  # as JSON writes them
_compiling = threading.Lock()


class FontsMissing(RuntimeError):
    """The faces of the house are not there: a document set in others would not be what it claims."""


class Document(Protocol):
    """What `pdf` sets: a template's name, the moment it is dated, and its data once a language is known."""

    template: ClassVar[str]

    @property
    def made_at(self) -> datetime:
        """The instant (aware) written into the file; the same one gives the same bytes."""

    def view(self, language: str) -> Mapping[str, object]:
        """All that the template shows, figures already written out; `title` and `author` among it."""


def pdf(document: Document, *, language: str) -> bytes:
    """Set a document in a language (`fr`, `ar`, `en`); FontsMissing where `make assets` has not run."""
    view = {
        **document.view(language),
        "language": language,
        "words": words.of(document.template, language),
    }
    return compiled(document.template, serialised(view, language), made_at=document.made_at)


def serialised(view: Mapping[str, object], language: str) -> str:
    """The data as typst receives it: letters that the fonts have, and `loi 69-21` not turned into 21-69 in Arabic."""
    text = _dumped(view)
    if _CONTROLS.search(text):
        text = _dumped(_printable(view))
    if formats.is_right_to_left(language):
        text = _HYPHENATED.sub(rf"{formats.LEFT_TO_RIGHT}\g<0>{formats.END}", text)
    return text.translate(_coverage(FONTS))


def _dumped(view: object) -> str:
    return unicodedata.normalize("NFC", json.dumps(view, ensure_ascii=False, separators=(",", ":")))


def _printable(value: object) -> object:
    """The same data, every control sign in a text a space."""
    if isinstance(value, str):
        return "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in value)
    if isinstance(value, Mapping):
        return {key: _printable(each) for key, each in value.items()}
    return [_printable(each) for each in value] if isinstance(value, list | tuple) else value


def compiled(template: str, data: str, *, made_at: datetime) -> bytes:
    """Run typst on a template. One compilation at a time in a process; never before a fork (typst keeps threads)."""
    with _compiling:
        result = _compiler(FONTS).compile(
            str(TEMPLATES / f"{template}.typ"),
            sys_inputs={"data": data},
            timestamp=made_at.replace(microsecond=0),
            pdf_standards="a-2a",  # archives keep it, screen readers read it
            pdf_tags=True,
        )
    if not isinstance(result, bytes):  # pragma: no cover - a list only where pages are asked for as pictures
        raise TypeError(f"typst gave {type(result)}")
    return result


def faces() -> tuple[Path, ...]:
    """The files of our faces, for those who measure texts."""
    return _faces(FONTS)


@cache
def _compiler(fonts: Path) -> typst.Compiler:
    """The compiler of this process, warm: templates and fonts are read once."""
    _faces(fonts)
    return typst.Compiler(root=str(TEMPLATES), font_paths=[str(fonts)], ignore_system_fonts=True)


@cache
def _faces(fonts: Path) -> tuple[Path, ...]:
    """The font files of our families; FontsMissing names what is absent."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)]).fonts()
    ours = {(face.family, face.weight): Path(face.path) for face in found if face.path and face.family in FAMILIES}
    missing = [f"{name} {weight}" for name in FAMILIES for weight in WEIGHTS if (name, weight) not in ours]
    if missing:
        raise FontsMissing(f"{', '.join(missing)}: not in {fonts}; `make assets` puts them there")
    return tuple(ours.values())


class _Coverage(dict[int, int | str | None]):
    """For `str.translate`: a character no face has becomes a question mark, what turns text round disappears."""

    def __init__(self, known: frozenset[int]) -> None:
        super().__init__()
        self.known = known

    def __missing__(self, code: int) -> int | str | None:
        if code in _OVERRIDES:
            self[code] = None
        elif code == ord(formats.THIN):  # where a face lacks it, typst makes it hardly visible
            self[code] = code if code in self.known else ord(formats.HARD)
        elif code in self.known or unicodedata.category(chr(code)) in {"Cf", "Zs"}:
            self[code] = code
        else:
            self[code] = UNKNOWN
        return self[code]


@cache
def _coverage(fonts: Path) -> _Coverage:
    """What every weight of our faces can show between them."""
    known: dict[str, set[int]] = {}
    for path in _faces(fonts):
        with TTFont(path, lazy=True) as font:
            family, codes = font["name"].getBestFamilyName(), set(font.getBestCmap())
            known[family] = known.get(family, codes) & codes
    return _Coverage(frozenset().union(*known.values()))
