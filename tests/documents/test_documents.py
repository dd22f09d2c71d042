"""Every document in every language: pages, mentions, sums carried over, and what is refused."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
import reading
import specimens

from ecp import documents, formats
from ecp.documents import typesetting, words
from ecp.documents.invoice import InvoiceLine, Kind
from ecp.documents.letterhead import Addressee

LANGUAGES = formats.LANGUAGES
ORIGINAL = ("FA-2026-00003", date(2026, 2, 2))
SPECIMENS = {
    "invoice": specimens.invoice,
    "draft": lambda language: specimens.invoice(language, number=None),
    "credit_note": lambda language: specimens.invoice(language, kind=Kind.CREDIT_NOTE, original=ORIGINAL, reason="X"),
    "quote": lambda language: specimens.invoice(language, kind=Kind.QUOTE, valid_until=date(2026, 6, 30), due_on=None),
    "proforma": lambda language: specimens.invoice(language, kind=Kind.PROFORMA),
    "receipt": specimens.receipt,
    "statement": specimens.statement,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SPECIMENS)
def test_every_document_in_every_language(name, language):
    document = SPECIMENS[name](language)
    pdf = documents.pdf(document, language=language)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == (2 if name == "statement" else 1)
    assert reader.metadata.title == document.view(language)["title"].replace(formats.THIN, formats.HARD)
    assert reader.metadata.author == specimens.SELLER[language].name
    assert reader.trailer["/Root"]["/Lang"].startswith(language)
    assert b"pdfaid" in reader.trailer["/Root"]["/Metadata"].get_data()
    faces = {str(font["/BaseFont"]) for page in reader.pages for font in fonts_of(page)}
    assert faces
    assert all("IBMPlexSans" in face.replace(" ", "") for face in faces), faces


def fonts_of(page):
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


@pytest.mark.parametrize("name", SPECIMENS)
def test_the_same_data_give_the_same_bytes(name):
    first = documents.pdf(SPECIMENS[name]("ar"), language="ar")
    typesetting._compiler.cache_clear()
    assert documents.pdf(SPECIMENS[name]("ar"), language="ar") == first


def test_another_process_gives_the_same_bytes():
    code = (
        "import sys, hashlib; sys.path.insert(0, 'tests/documents'); import specimens; from ecp import documents;"
        "print(hashlib.sha256(documents.pdf(specimens.statement('fr'), language='fr')).hexdigest())"
    )
    digests = {subprocess.check_output([sys.executable, "-c", code], cwd=Path(__file__).parents[2]) for _ in range(2)}
    assert len(digests) == 1


def test_an_invoice_says_all_that_the_law_wants():
    """R4.2, mention by mention."""
    text = "\n".join(reading.pages(documents.pdf(specimens.invoice("fr"), language="fr")))
    for mention in (
        "Entreprise collective partagée de Tanger", "Coopérative au capital de 50 000,00 DH", "12, rue de la Kasbah",
        "ICE 001561191000066", "IF 40512345", "TP 50412345", "RC Tanger 81234", "CNSS 7654321",
        "Poterie Zahra", "Facture", "FA-2026-00012", "31 mars 2026", "30 mai 2026", "Boutique collective",
        "Riad Al Manar SARL", "8, place du 9 Avril", "ICE 002136093000040",
        "Plat à tajine émaillé, 30 cm", "pièce", "185,00", "20 %", "10 %", "2 220,00",
        "6 495,00", "1 299,00", "35,00", "6 845,00", "8 179,00",
        "Arrêtée la présente facture à la somme de huit mille cent soixante-dix-neuf dirhams.",
        "Virement bancaire", "60 jours", "011 519 0000012050005349 21",
    ):  # fmt: skip
        assert mention in text, mention


def test_a_draft_is_marked_and_has_no_number():
    text = reading.pages(documents.pdf(specimens.invoice("fr", number=None), language="fr"))[0]
    assert "BROUILLON" in text
    assert "ne vaut pas facture" in text
    final = reading.pages(documents.pdf(specimens.invoice("fr"), language="fr"))[0]
    assert "BROUILLON" not in final


def test_a_credit_note_names_its_invoice():
    text = reading.pages(documents.pdf(SPECIMENS["credit_note"]("fr"), language="fr"))[0]
    assert re.search(r"Avoir sur facture\s+FA-2026-00003 du 02/02/2026", text)
    assert "Net en votre faveur" in text
    with pytest.raises(ValueError, match="names its invoice"):
        specimens.invoice("fr", kind=Kind.CREDIT_NOTE)
    with pytest.raises(ValueError, match="names its invoice"):
        specimens.invoice("fr", original=ORIGINAL)


def test_an_exempt_invoice_says_why_and_shows_no_vat():
    line = InvoiceLine(
        description="Lait", quantity=Decimal("12.5"), unit="l", unit_price=Decimal("7.125"), amount=Decimal("89.06"),
        vat_rate=None,
    )  # fmt: skip
    invoice = specimens.invoice(
        "fr", lines=(line,), totals=(), net=line.amount, vat=Decimal("0.00"), gross=line.amount,
        mentions=("Exonération de TVA, article 91 du CGI.",),
    )  # fmt: skip
    text = reading.pages(documents.pdf(invoice, language="fr"))[0]
    assert "article 91" in text
    assert "12,5" in text
    assert "7,125" in text
    assert "TTC" not in text
    with pytest.raises(ValueError, match="needs a mention"):
        replace(invoice, mentions=())


def test_cash_brings_its_stamp_and_payments_leave_a_balance():
    invoice = specimens.invoice("fr", stamp=Decimal("20.45"))
    text = reading.pages(documents.pdf(invoice, language="fr"))[0]
    assert "Droit de timbre" in text
    assert "8 199,45" in text
    assert "huit mille cent quatre-vingt-dix-neuf dirhams et quarante-cinq centimes" in text
    paid = replace(invoice, payments=(specimens.paid(),))
    text = reading.pages(documents.pdf(paid, language="fr"))[0]
    assert "7 199,45" in text
    assert "Chèque, BMCE 4512" in text
    assert paid.balance == Decimal("7199.45")


@pytest.mark.parametrize(
    "changes", [{"net": Decimal("1.00")}, {"vat": Decimal("1.00")}, {"gross": Decimal("1.00")}, {"lines": ()}]
)
def test_an_invoice_that_does_not_add_up_is_refused(changes):
    with pytest.raises(ValueError, match="≠"):
        specimens.invoice("fr", **changes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_invoice_carries_its_totals_forward(language):
    invoice = specimens.invoice(language, count=112)
    pdf = documents.pdf(invoice, language=language)
    total = reading.count(pdf)
    assert 3 <= total <= 5
    sums, running = set(), Decimal("0.00")
    for line in invoice.lines:
        running += line.amount
        sums.add("".join(formats.amount_parts(running, language)).replace(formats.THIN, ""))
    seen = [{text for text, _ in reading.figures(pdf, page)} for page in range(total)]
    for page in range(total - 1):
        assert seen[page] & seen[page + 1] & sums, page
    named = words.of("invoice", language)
    if language != "ar":  # joined Arabic letters are not read back reliably
        texts = reading.pages(pdf)
        assert [named["carried"] in text for text in texts] == [True] * (total - 1) + [False]
        assert [named["brought"] in text for text in texts] == [False] + [True] * (total - 1)
        assert all(f"{named['page']} {at} {named['of']} {total}" in text for at, text in enumerate(texts, start=1))
        assert all(named["description"] in text for text in texts[:-1])


@pytest.mark.parametrize("count", range(1, 40))
def test_no_line_is_lost_whatever_the_length(count):
    pdf = documents.pdf(specimens.invoice("fr", count=count), language="fr")
    text = "\n".join(reading.pages(pdf))
    assert text.count("pièce") == sum(place % 3 != 2 for place in range(count))
    assert reading.count(pdf) == 1 or count > 12


def test_a_receipt_has_its_stamp():
    text = reading.pages(documents.pdf(specimens.receipt("fr"), language="fr"))[0]
    for told in ("1 200,00", "Droit de timbre de 0,25 %", "3,00", "1 203,00", "mille deux cent trois dirhams"):
        assert told in text
    for changes in ({"amount": Decimal(0)}, {"stamp": Decimal(0)}, {"stamp_rate": None}, {"stamp": Decimal(-1)}):
        with pytest.raises(ValueError, match="receipt"):
            specimens.receipt("fr", **changes)


def test_letters_that_no_face_has_become_question_marks():
    buyer = Addressee(name="Café 🫖 \u202eegdaR Şahin\x07", address=("漢",))
    text = reading.pages(documents.pdf(specimens.invoice("fr", buyer=buyer), language="fr"))[0]
    assert "Café ? egdaR Şahin" in text


def test_markup_in_a_name_is_only_text():
    buyer = Addressee(name='#panic("x") *a* $x$ \\ "')
    text = reading.pages(documents.pdf(specimens.invoice("fr", buyer=buyer), language="fr"))[0]
    assert '#panic("x") *a* $x$ \\ "' in text


def test_missing_fonts_are_said_and_never_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(typesetting, "FONTS", tmp_path)
    with pytest.raises(documents.FontsMissing, match="IBM Plex Sans Arabic 600"):
        documents.pdf(specimens.invoice("fr"), language="fr")


def test_hyphenated_numbers_keep_their_order_in_arabic():
    data = typesetting.serialised({"a": "القانون 69-21", "b": "FA-2026-00012", "c": 0.5}, "ar")
    assert "\u206669-21\u2069" in data
    assert "FA-2026-00012" in data


@pytest.mark.parametrize("path", sorted(Path(words.__file__).parent.glob("words/*.toml")), ids=lambda path: path.stem)
def test_the_three_languages_have_the_same_words(path):
    table = words._table(path.stem)
    assert set(table) == set(LANGUAGES)
    for key, french in table["fr"].items():
        for language in LANGUAGES:
            assert set(re.findall(r"%\(\w+\)s", table[language][key])) == set(re.findall(r"%\(\w+\)s", french)), key
    assert len({frozenset(table[language]) for language in LANGUAGES}) == 1


def test_an_unknown_language_is_refused():
    with pytest.raises(KeyError):
        documents.pdf(specimens.invoice("fr"), language="de")
