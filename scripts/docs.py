"""Render the project's Markdown as linked HTML pages in build/docs: `make docs`."""

import html
import re
import shutil
import sys
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build" / "docs"
LINK = re.compile(r'href="(?!\w+:|#|/)([^"#]+)\.md(#[^"]*)?"')
PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 1rem/1.6 "IBM Plex Sans", system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; display: block; overflow-x: auto }}
td, th {{ border-bottom: 1px solid #ccc; padding: .3rem .8rem .3rem 0; text-align: start; vertical-align: top }}
pre {{ background: #f6f5f2; padding: .8rem; overflow-x: auto }}
nav {{ font-size: .9rem }}
</style></head>
<body><nav><a href="{up}index.html">Sommaire</a></nav>
{body}
</body></html>
"""


def sources() -> list[Path]:
    """Every page, the ones at the top first."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def title(text: str, path: Path) -> str:
    """The first heading."""
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1] if found else path.stem


def write(place: Path, heading: str, body: str) -> None:
    """One page, which knows its way back to the index."""
    place.parent.mkdir(parents=True, exist_ok=True)
    up = "../" * (len(place.relative_to(OUT).parts) - 1)
    place.write_text(PAGE.format(title=html.escape(heading), up=up, body=LINK.sub(r'href="\1.html\2"', body)))


def main() -> int:
    """Render everything anew."""
    shutil.rmtree(OUT, ignore_errors=True)
    markdown = MarkdownIt("commonmark").enable("table")
    index = []
    for path in sources():
        text = path.read_text()
        place = path.relative_to(ROOT).with_suffix(".html")
        write(OUT / place, title(text, path), markdown.render(text))
        index.append(f'<li><a href="{place.as_posix()}">{html.escape(title(text, path))}</a></li>')
    write(OUT / "index.html", "Documentation", "<h1>Documentation</h1><ul>" + "\n".join(index) + "</ul>")
    sys.stdout.write(f"{len(index)} pages : {(OUT / 'index.html').relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
