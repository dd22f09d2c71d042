"""How much room a text takes, measured with the faces it will be set in: nothing runs over, nothing is cut too soon.

Widths are in ems (1 = the size of the letters). Arabic letters are counted as they stand alone, wider than joined.
"""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

ELLIPSIS = "…"
_UNKNOWN = 0.7  # a letter of no known face
_BOLD = 1.04


def fitted(text: str, room: float, faces: tuple[Path, ...]) -> str:
    """The text, or as much of its beginning as the room holds, ending in `…`."""
    if measured(text, faces) <= room:
        return text
    used, kept = measured(ELLIPSIS, faces), []
    widths = _widths(faces)
    for letter in text:
        used += widths.get(ord(letter), _UNKNOWN) * _BOLD
        if used > room:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + ELLIPSIS


def measured(text: str, faces: tuple[Path, ...]) -> float:
    """The room a text takes, set bold."""
    widths = _widths(faces)
    return sum(widths.get(ord(letter), _UNKNOWN) for letter in text) * _BOLD


@cache
def _widths(faces: tuple[Path, ...]) -> dict[int, float]:
    widths: dict[int, float] = {}
    for path in faces:
        with TTFont(path, lazy=True) as font:
            advances, units = font["hmtx"].metrics, font["head"].unitsPerEm
            for code, name in font.getBestCmap().items():
                widths[code] = max(widths.get(code, 0.0), advances[name][0] / units)
    return widths | dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069), 0.0)
