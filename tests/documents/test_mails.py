"""Mails in three languages: a subject, a text and its HTML, and no way in for what a name may hold."""

from datetime import UTC, date, datetime
from decimal import Decimal

import jinja2
import pytest

from ecp import documents, formats
from ecp.documents import mails

LINK = "https://ecp.example/r?a=1&b=2"
DATA = {
    "name": "Zahra",
    "enterprise": "ECP de Tanger",
    "invited_by": "Salma",
    "role": "entrepreneur",
    "place": "Poterie Zahra",
    "link": LINK,
    "expires_at": datetime(2026, 4, 2, 10, 0, tzinfo=UTC),
    "month": date(2026, 3, 1),
    "activity": "Poterie Zahra",
    "available": Decimal("-1234.50"),
    "next_step": "Relancez Riad Al Manar.",
    "title": "Facture FA-2026-00012",
    "seller": "ECP de Tanger",
    "to_pay": Decimal("8179.00"),
    "due_on": date(2026, 5, 30),
    "day": date(2026, 3, 4),
    "faults": ["P6 : OD 2026-3"],
}
NAMES = sorted({path.name.split(".")[0] for path in mails.TEMPLATES.glob("*.txt")})


@pytest.mark.parametrize("language", formats.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_mail_in_every_language(name, language):
    mail = documents.mail(name, DATA, language)
    assert mail.subject
    assert "\n" not in mail.subject
    assert not mail.text.startswith(mail.subject)
    assert "{{" not in mail.text + mail.html
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in mail.html


def test_amounts_keep_their_no_break_spaces():
    mail = documents.mail("monthly_statement", DATA, "fr")
    assert mail.subject == "Votre relevé de mars 2026"
    assert f"−1{formats.THIN}234,50{formats.HARD}DH" in mail.text
    assert "https://ecp.example/r?a=1&amp;b=2" in mail.html


def test_french_cuts_de_short_before_a_vowel():
    for number, subject in ((4, "d’avril"), (8, "d’août"), (10, "d’octobre"), (11, "de novembre")):
        mail = documents.mail("monthly_statement", {**DATA, "month": date(2026, number, 1)}, "fr")
        assert mail.subject == f"Votre relevé {subject} 2026"


def test_a_name_adds_neither_header_nor_markup_nor_link():
    evil = {**DATA, "enterprise": "ECP\n\nBcc: x@y\r\nhttps://evil.example", "name": "<script>x</script>"}
    mail = documents.mail("invitation", evil, "fr")
    assert mail.subject == "ECP Bcc: x@y https://evil.example vous ouvre un accès"
    assert "<script>" not in mail.html
    assert 'href="https://evil.example"' not in mail.html


def test_a_missing_name_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        documents.mail("invitation", {"name": "x"}, "fr")


def test_a_template_without_subject_is_refused(tmp_path, monkeypatch):
    (tmp_path / "plain.fr.txt").write_text("Bonjour", "utf-8")
    (tmp_path / "mail.html").write_text("", "utf-8")
    monkeypatch.setattr(mails, "TEMPLATES", tmp_path)
    mails._environment.cache_clear()
    with pytest.raises(ValueError, match="subject"):
        documents.mail("plain", {}, "fr")
    mails._environment.cache_clear()
