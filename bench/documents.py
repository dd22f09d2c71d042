"""Monthly statements a second on one core, from figures to PDF, beside bare typst on the same pages.

The floor compiles the same template with the data already written out; so the ratio is what our own work costs.
Every document has figures of its own: nothing is answered from typst's memory.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from ecp import documents
from ecp.documents import typesetting, words
from ecp.documents.monthly_statement import Compared, MonthlyStatementDocument
from tests.documents import specimens

COUNT = 40


@dataclass(frozen=True)
class Measured:
    """Documents a second, and the product's time in floors."""

    product: float
    floor: float

    @property
    def ratio(self) -> float:
        """1 is bare typst."""
        return self.floor / self.product


def statements(count: int, language: str, *, seed: int = 0) -> list[MonthlyStatementDocument]:
    """Ordinary months, each with figures of its own."""
    return [_varied(language, Decimal(seed * count + place + 1)) for place in range(count)]


def measure(language: str = "fr", count: int = COUNT) -> Measured:
    """Medians over documents, product and floor by turns."""
    product, floor = [], []
    with _one_core():
        documents.pdf(specimens.statement(language), language=language)
        ours, bare = statements(count, language), statements(count, language, seed=1)
        written = [_written(document, language) for document in bare]
        for document, data in zip(ours, written, strict=True):
            product.append(_seconds(partial(documents.pdf, document, language=language)))
            floor.append(_seconds(partial(typesetting.compiled, document.template, data, made_at=document.made_at)))
    return Measured(1 / statistics.median(product), 1 / statistics.median(floor))


def _written(document: MonthlyStatementDocument, language: str) -> str:
    view = {
        **document.view(language),
        "language": language,
        "words": words.of(document.template, language),
    }
    return typesetting.serialised(view, language)


def _varied(language: str, by: Decimal) -> MonthlyStatementDocument:
    usual = specimens.statement(language)
    return replace(
        usual,
        activity=f"{usual.activity} {by}",
        treasury=tuple(replace(each, amount=each.amount + by) for each in usual.treasury),
        available=usual.available + by * len(usual.treasury),
        sales=_moved(usual.sales, by),
        costs=_moved(usual.costs, by),
        result=usual.result + by * (len(usual.sales) - len(usual.costs)),
        cash_opening=usual.cash_opening + by,
        cash_closing=usual.cash_closing + by,
        receivables=tuple(replace(each, amount=each.amount + by) for each in usual.receivables),
        payables=tuple(replace(each, amount=each.amount + by) for each in usual.payables),
    )


def _moved(rows: Sequence[Compared], by: Decimal) -> tuple[Compared, ...]:
    return tuple(replace(row, month=row.month + by, year_to_date=row.year_to_date + by) for row in rows)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def _one_core() -> Iterator[None]:
    """Stay on one core, typst's threads too."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


if __name__ == "__main__":
    for each in ("fr", "ar"):
        measured = measure(each)
        print(f"{each}: {measured.product:.1f}/s, bare typst {measured.floor:.1f}/s, ratio {measured.ratio:.2f}")
