"""Amounts inside Arabic text, judged by where the signs stand on the page and by the picture, not by the text."""

from dataclasses import replace
from decimal import Decimal

import reading
import specimens
from PIL import ImageChops, ImageStat

from ecp import documents, formats
from ecp.documents.monthly_statement import Figure, MonthlyStatementDocument

AMOUNT = Decimal("-12345.67")


def plain(amount: Decimal) -> str:
    """An amount as the eye reads it, without its spaces."""
    return formats.amount(amount, "fr").replace(formats.THIN, "")


def seen(pdf: bytes) -> set[str]:
    found = {text for page in range(reading.count(pdf)) for text, _ in reading.figures(pdf, page)}
    return {text.strip(",.") for text in found}


def amounts_of(statement: MonthlyStatementDocument) -> set[Decimal]:
    return {
        statement.available,
        statement.cash_closing,
        *(each.amount for each in (*statement.treasury, *statement.to_come, *statement.cash_moves)),
        *(each.month for each in (*statement.sales, *statement.costs, *statement.levies)),
        *(each.amount for each in (*statement.receivables, *statement.payables)),
    }


def test_every_amount_of_a_statement_reads_from_left_to_right():
    for language in ("fr", "ar"):
        statement = specimens.statement(language)
        found = seen(documents.pdf(statement, language=language))
        missing = {plain(amount) for amount in amounts_of(statement)} - found
        assert not missing, (language, missing, found)


def test_every_amount_of_an_invoice_reads_from_left_to_right():
    invoice = specimens.invoice("ar")
    found = seen(documents.pdf(invoice, language="ar"))
    assert {plain(each.amount) for each in invoice.lines} | {plain(invoice.net), plain(invoice.gross)} <= found


def headline(language: str, written: str = plain(AMOUNT)):
    statement = specimens.statement(language, treasury=(Figure("x", AMOUNT),), available=AMOUNT)
    pdf = documents.pdf(statement, language=language)
    runs = [run for text, run in reading.figures(pdf) if text == written]
    assert runs, [text for text, _ in reading.figures(pdf)]
    return reading.picture(pdf, max(runs, key=lambda run: run[0].top - run[0].bottom))


def difference(one, other) -> float:
    return ImageStat.Stat(ImageChops.difference(one, other.resize(one.size))).mean[0]


def test_the_headline_is_the_same_picture_in_french_and_in_arabic():
    french, arabic = headline("fr"), headline("ar")
    assert abs(french.width - arabic.width) <= 3
    assert difference(french, arabic) < 12


def test_without_its_guards_the_picture_is_another(monkeypatch):
    """The control: an ordinary space and no isolate give the wrong number that the guards prevent."""
    french = headline("fr")
    monkeypatch.setattr(formats, "LEFT_TO_RIGHT", "")
    monkeypatch.setattr(formats, "END", "")
    arabic = replace(formats._HABITS["ar"], thousands=" ")
    monkeypatch.setitem(formats._HABITS, "ar", arabic)
    statement = specimens.statement("ar", treasury=(Figure("x", AMOUNT),), available=AMOUNT)
    found = {text for text, _ in reading.figures(documents.pdf(statement, language="ar"))}
    assert plain(AMOUNT) not in found
    assert "345,6712−" in found or "345,6712" in {text.strip("−") for text in found}, found
    assert french.width
