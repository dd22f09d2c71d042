"""Reading PDFs back: their text, and where each sign really stands on the page."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pypdf
import pypdfium2
from PIL import Image, ImageChops


def pages(pdf: bytes) -> list[str]:
    """The text of each page, no-break spaces made ordinary."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [page.extract_text().replace("\u00a0", " ") for page in reader.pages]


def count(pdf: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


SIGNS = "0123456789,.−+"
GAP = 0.3  # of the height of a line: more than the space between thousands, less than between columns


@dataclass(frozen=True)
class Sign:
    """A sign and the box that its face gives it, in points from the lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def signs(pdf: bytes, page: int = 0) -> list[Sign]:
    text = pypdfium2.PdfDocument(pdf)[page].get_textpage()
    return [Sign(text.get_text_range(at, 1), *text.get_charbox(at, loose=True)) for at in range(text.count_chars())]


def figures(pdf: bytes, page: int = 0) -> Iterator[tuple[str, list[Sign]]]:
    """Figures as the eye reads them: signs sorted by place, whatever order the file holds them in."""
    lines: dict[tuple[int, int], list[Sign]] = {}
    for sign in signs(pdf, page):
        if sign.text in SIGNS and sign.right > sign.left:
            lines.setdefault((round(sign.bottom), round(sign.top)), []).append(sign)
    for line in lines.values():
        yield from _runs(sorted(line, key=lambda sign: sign.left))


def _runs(line: list[Sign]) -> Iterator[tuple[str, list[Sign]]]:
    run = line[:1]
    for sign in line[1:]:
        if sign.left - run[-1].right > GAP * (sign.top - sign.bottom):
            yield "".join(each.text for each in run), run
            run = []
        run.append(sign)
    if run:
        yield "".join(each.text for each in run), run


def picture(pdf: bytes, run: list[Sign], page: int = 0, scale: int = 6) -> Image.Image:
    """What is drawn where some signs stand, without the paper around it."""
    drawn = pypdfium2.PdfDocument(pdf)[page]
    left, right = min(sign.left for sign in run) - 1, max(sign.right for sign in run) + 1
    bottom, top = min(sign.bottom for sign in run) - 1, max(sign.top for sign in run) + 1
    height = drawn.get_height()
    box = (left * scale, (height - top) * scale, right * scale, (height - bottom) * scale)
    cut = drawn.render(scale=scale).to_pil().convert("L").crop(tuple(round(side) for side in box))
    return cut.crop(ImageChops.invert(cut).getbbox())
