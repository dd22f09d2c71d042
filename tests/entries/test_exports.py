"""Files of the books, written without a database and read back by the programs they are for."""

import csv
import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp import money
from ecp.accounting import csv_table, entries_file
from ecp.accounting.exports import csv_file
from ecp.accounting.exports.formats import FORMATS
from ecp.accounting.exports.lines import Book, Line
from tests.entries.reading_back import by_beancount, by_hledger

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "＝1", "'=1", "''", "'", "a;b", 'a"b', "a\\b", "a, date:2020-01-01", "[2020-01-01]",
    "date:", "(a) b", "; c", "é الفاتورة", "a  b", "{{x}}", "* x", "! y", "~ monthly", "| z", "a#b", "http://x",
    "\u200fx",
]  # fmt: skip


def pair(number: int, text: str, party: str = "") -> list[Line]:
    amount, nothing = Decimal(number + 1) / 100, Decimal("0.00")
    head = (f"R-{number}", date(2025, 1, 1 + number % 28), "VT")
    return [
        Line(*head, "POT", "3421", amount, nothing, text, party, text, date(2025, 2, 1)),
        Line(*head, "POT", "7121", nothing, amount, f"{text} 2"),
    ]


def book(lines: list[Line]) -> Book:
    accounts = [(account, "Clients ; et «autres», date:2020-01-01") for account in sorted({x.account for x in lines})]
    return Book("TNG", 'ECP "Tanger"\\', min(line.on for line in lines), accounts)


@pytest.fixture
def hostile() -> list[Line]:
    return [line for number, text in enumerate(HOSTILE) for line in pair(number, text, text)]


def test_hledger_reads_hostile_texts(tmp_path, hostile):
    path = tmp_path / "books.journal"
    FORMATS["hledger"].save(book(hostile), hostile, path)
    total = sum((line.debit for line in hostile), Decimal(0))
    assert by_hledger(path) == {"3421": total, "7121": -total}
    assert by_hledger(path, "tag:activity=^POT$") == {"3421": total, "7121": -total}
    assert by_hledger(path, "date:2024-12-31..2025-01-02") == by_hledger(path, "date:2025-01-01")  # no text made a date


def test_beancount_reads_hostile_texts(tmp_path, hostile):
    path = tmp_path / "books.beancount"
    FORMATS["beancount"].save(book(hostile), hostile, path)
    total = sum((line.debit for line in hostile), Decimal(0))
    accounts, activities = by_beancount(path)
    assert accounts == activities["POT"] == {"3421": total, "7121": -total}


def test_nothing_in_a_workbook_runs(tmp_path, hostile):
    path = tmp_path / "books.xlsx"
    FORMATS["xlsx"].save(book(hostile), hostile, path)
    with zipfile.ZipFile(path) as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if "worksheets/sheet" in name]
        assert packed.testzip() is None
    assert len(sheets) == 2
    for sheet in sheets:
        assert not re.search(r"<f[ >]|hyperlink", sheet)
    assert sheets[0].count("<row ") == len(hostile) + 1
    amounts = [Decimal(value) for value in re.findall(r'<c r="F\d+" s="\d+"><v>([^<]+)</v>', sheets[0])]
    assert sum(amounts) == sum(line.debit for line in hostile)


def test_no_cell_of_a_csv_is_a_formula(hostile):
    text = "".join(csv_file.write(book(hostile), hostile))
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert cells
    assert not [cell for cell in cells if cell and cell[0] in csv_table.FORMULA]


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40)
NAMES = TEXTS.map(str.strip)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(1, 10**13), TEXTS, NAMES, TEXTS, st.dates(date(2025, 1, 1), date(2025, 12, 31)))))
def test_what_is_exported_is_read_back(given_entries):
    nothing = Decimal("0.00")
    lines = [
        Line(f"R-{number}", on, "VT", "POT", account, *sides, label, party, document.strip(), due)
        for number, (cents, label, party, document, on) in enumerate(given_entries)
        for amount in [Decimal(cents).scaleb(-2)]
        for account, sides, due in (("3421", (amount, nothing), on), ("7121", (nothing, amount), None))
    ]
    if not lines:
        return
    table = entries_file.read("".join(csv_file.write(book(lines), lines)).encode())
    named = sorted(entries_file.parties_named(table))
    entries = entries_file.to_entries(
        table,
        entries_file.Books(
            enterprise_id=1,
            code="TANGER",
            accounts={"3421", "7121"},
            journals={"VT"},
            activities={"POT": 1},
            parties={pair: number for number, pair in enumerate(named)},
            closed_months=set(),
            last_day=date(2025, 12, 31),
        ),
    )
    back = [
        Line(
            entry.source.removeprefix("import:"), entry.on, entry.journal, "POT", line.account,
            money.from_centimes(line.debit), money.from_centimes(line.credit), line.label or entry.label,
            named[line.party_id][1] if line.party_id is not None else "", entry.document, line.due_on,
        )
        for entry in entries
        for line in entry.lines
    ]  # fmt: skip
    assert back == lines
