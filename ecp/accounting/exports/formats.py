"""The formats of export, by the names that people type."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ecp.accounting.exports.lines import Book, Line


@dataclass(frozen=True)
class Format:
    """A format: its name, the module that writes it, how its files end and what browsers call it."""

    title: str
    module: str
    suffix: str
    mimetype: str

    def save(self, book: Book, lines: Iterable[Line], path: Path) -> None:
        """Write the whole file."""
        module = import_module(f"ecp.accounting.exports.{self.module}")
        if hasattr(module, "save"):
            module.save(book, lines, path)
            return
        write: Callable[[Book, Iterable[Line]], Iterator[str]] = module.write
        with path.open("w", encoding="utf-8", newline="") as out:
            out.writelines(write(book, lines))


FORMATS = {
    "csv": Format("CSV", "csv_file", "csv", "text/csv"),
    "xlsx": Format(
        "Excel (.xlsx)", "workbook", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    "hledger": Format("hledger (.journal)", "hledger", "journal", "text/plain"),
    "beancount": Format("Beancount (.beancount)", "beancount", "beancount", "text/plain"),
}
