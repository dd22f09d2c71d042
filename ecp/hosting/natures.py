"""What an account means in the words of daily life: a kind of sale, of cost, of money coming or going. Pure.

The tables are data (data/natures.csv, data/cash_moves.csv): the longest prefix an account starts with says its key; the
words of a key, in each language, are in words/statement.toml.
"""

import csv
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

OTHER_MOVES = "other_moves"


class Side(StrEnum):
    """What a nature belongs to."""

    SALES = "sales"
    COSTS = "costs"
    MOVES = "moves"


def of_result(account: str) -> tuple[Side, str] | None:
    """Say whether an account tells of sales or of costs, and of which kind; None for accounts of the balance sheet.

    >>> of_result("61251"), of_result("7121"), of_result("5141")
    ((<Side.COSTS: 'costs'>, 'supplies'), (<Side.SALES: 'sales'>, 'made'), None)
    """
    return _longest(_table("natures.csv"), account)


def of_move(account: str) -> str:
    """Say why money moved, from the account on the other side of the entry.

    Of the VAT of a purchase, what is due and what was pending are both the supplier's:

    >>> of_move("34211"), of_move("9211"), of_move("0111"), of_move("34552"), of_move("34583")
    ('customers', 'levies', 'other_moves', 'suppliers', 'suppliers')
    """
    found = _longest(_table("cash_moves.csv"), account)
    return found[1] if found else OTHER_MOVES


def prefixes(side: Side, key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the prefixes of accounts that have this key, and the longer ones below them that have another.

    >>> prefixes(Side.COSTS, "wages")
    (('617',), ('6174',))
    """
    table = _table("cash_moves.csv" if side is Side.MOVES else "natures.csv")
    ours = tuple(prefix for prefix, meaning in table.items() if meaning == (side, key))
    others = tuple(prefix for prefix in table if prefix not in ours and prefix.startswith(ours))
    return ours, others


def _longest(table: Mapping[str, tuple[Side, str]], account: str) -> tuple[Side, str] | None:
    return next((table[account[:size]] for size in range(len(account), 0, -1) if account[:size] in table), None)


@cache
def _table(name: str) -> dict[str, tuple[Side, str]]:
    text = resources.files("ecp.hosting").joinpath("data", name).read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["prefix"]: (Side(row["side"]), row["key"]) for row in rows}
