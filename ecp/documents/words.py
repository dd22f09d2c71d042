"""The fixed words of documents: one small table a template, `words/<template>.toml`, a section a language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

COMMON = "common"


@cache
def of(template: str, language: str) -> Mapping[str, str]:
    """The words of a template in a language, with those that all documents share; KeyError for another language.

    >>> of("invoice", "fr")["invoice"]
    'Facture'
    """
    return {**_table(COMMON)[language], **_table(template)[language]}


@cache
def _table(name: str) -> Mapping[str, Mapping[str, str]]:
    path = resources.files("ecp.documents").joinpath("words", f"{name}.toml")
    return tomllib.loads(path.read_text("utf-8"))
