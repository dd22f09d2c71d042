"""The books as a workbook: balance and lines, every cell of its own type, so that nothing in it runs."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from ecp.accounting.exports.lines import Book, Line

_LAST_ROW = 1_048_575
_LINES: tuple[str, ...] = ("Référence", "Date", "Journal", "Activité", "Compte", "Débit", "Crédit", "Libellé")
_LINES += ("Tiers", "Pièce", "Échéance")
_BALANCE = ("Compte", "Intitulé", "Débit", "Crédit", "Solde")
_WIDTHS = {"Intitulé": 44, "Libellé": 44, "Référence": 20, "Tiers": 28, "Débit": 15, "Crédit": 15, "Solde": 15}


def save(book: Book, lines: Iterable[Line], path: Path) -> None:
    """Write the workbook, in constant memory whatever the number of lines."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"title": book.name})
        sheets = _Sheets(workbook)
        totals: defaultdict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for line in lines:
            sheets.add(line)
            totals[line.account][0] += line.debit
            totals[line.account][1] += line.credit
        sheets.balance(book, totals)


class _Sheets:
    """The sheets of lines, one after the other as they fill, then the balance."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.head = workbook.add_format({"bold": True, "bottom": 1})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.amount = workbook.add_format({"num_format": "#,##0.00"})
        self.count = 0
        self.sheet = self._open("Écritures", _LINES)
        self.row = 0

    def _open(self, name: str, titles: Iterable[str]) -> Any:
        sheet = self.workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(titles):
            sheet.set_column(column, column, _WIDTHS.get(title, 11))
            sheet.write_string(0, column, title, self.head)
        return sheet

    def add(self, line: Line) -> None:
        """Write one line."""
        if self.row == _LAST_ROW:
            self.count += 1
            self.sheet, self.row = self._open(f"Écritures {self.count + 1}", _LINES), 0
        self.row += 1
        sheet, row = self.sheet, self.row
        sheet.write_string(row, 0, line.ref)
        sheet.write_datetime(row, 1, line.on, self.day)
        for column, text in ((2, line.journal), (3, line.activity), (4, line.account)):
            sheet.write_string(row, column, text)
        for column, amount in ((5, line.debit), (6, line.credit)):
            if amount:
                sheet.write_number(row, column, amount, self.amount)
        for column, text in ((7, line.label), (8, line.party), (9, line.document)):
            sheet.write_string(row, column, text)
        if line.due_on:
            sheet.write_datetime(row, 10, line.due_on, self.day)

    def balance(self, book: Book, totals: dict[str, list[Decimal]]) -> None:
        """Write the trial balance of all that was written."""
        sheet = self._open("Balance", _BALANCE)
        for row, (account, title) in enumerate(book.accounts, 1):
            debit, credit = totals[account]
            sheet.write_string(row, 0, account)
            sheet.write_string(row, 1, title)
            for column, amount in ((2, debit), (3, credit), (4, debit - credit)):
                sheet.write_number(row, column, amount, self.amount)
