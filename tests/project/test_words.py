"""Every sentence that people read is there in every language (DESIGN §7)."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import ecp
from ecp.errors import DomainError

ROOT = Path(__file__).parents[2]
SPOKEN = ("_", "_l", "gettext", "ngettext", "lazy_gettext", "Problem")
TWO_IN_ONE = re.compile(r"\.\w")  # the extraction runs both arms of a condition together
IN_A_COLUMN = "%(column)s : {}"  # what is wrong in a cell of a file is told after the column's name
OF_OPERATORS = ("ecp.backup", "ecp.database", "ecp.embedded", "ecp.supervisor")  # told in a terminal, in French alone
PLACES = [("ecp/web/templates/**.html", "jinja2"), ("ecp/**.py", "python")]


def extracted(keyword: str) -> Iterator[str]:
    """What the code says through a function: its first words."""
    for _file, _line, found, _comments, _context in extract_from_dir(ROOT, PLACES, keywords={keyword: None}):
        yield found[0] if isinstance(found, tuple) else found


def errors() -> Iterator[type[DomainError]]:
    for module in pkgutil.walk_packages(ecp.__path__, "ecp."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    waiting = [DomainError]
    while waiting:
        found = waiting.pop()
        waiting += found.__subclasses__()
        yield found


def is_told(module: str) -> bool:
    """Errors of the program that users meet; tests make some of their own."""
    return module.startswith("ecp.") and not module.startswith(OF_OPERATORS)


@pytest.fixture(scope="module")
def said() -> set[str]:
    sentences = {words for keyword in SPOKEN for words in extracted(keyword)}
    sentences |= {IN_A_COLUMN.format(words) for words in extracted("Fault")}
    sentences |= {each.message for each in errors() if is_told(each.__module__)}
    return {words for words in sentences if words and not TWO_IN_ONE.search(words)}


def catalogues(language: str) -> set[str]:
    known = set()
    for path in (ROOT / "ecp" / "translations").glob(f"*/{language}/LC_MESSAGES/messages.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                first, texts = (message.id, message.string)
                whole = all(texts) if isinstance(texts, list | tuple) else bool(texts)
                if whole and not message.fuzzy:
                    known.add(first[0] if isinstance(first, list | tuple) else first)
    return known


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_sentence_has_its_translation(said, language):
    assert len(said) > 500
    assert sorted(said - catalogues(language)) == []
