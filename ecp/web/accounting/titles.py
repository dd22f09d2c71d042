"""Accounts and journals by their names in the reader's language; what has none in it keeps its French one."""

from typing import Protocol

from ecp.accounting import chart
from ecp.web.languages import current


class Titled(Protocol):
    """What is named in three languages."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def title_ar(self) -> str: ...  # noqa: D102
    @property
    def title_en(self) -> str: ...  # noqa: D102


def account(each: Titled) -> str:
    """Name an account."""
    return {"ar": each.title_ar, "en": each.title_en}.get(current()) or each.title


def accounts(enterprise_id: int) -> dict[str, str]:
    """Name the accounts of an enterprise by their numbers; nothing in French, which reports say already."""
    if current() == "fr":
        return {}
    return {each.number: account(each) for each in chart.accounts(enterprise_id)}


def journal(each: chart.Journal) -> str:
    """Name a journal; one that was given another name keeps it."""
    for code, french, arabic, english in chart.JOURNALS:
        if (each.code, each.title) == (code, french):
            return {"ar": arabic, "en": english}.get(current(), french)
    return each.title
