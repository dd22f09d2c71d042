"""Documents people keep: PDFs from typst templates and mails from Jinja ones, without Flask and without the database.

Whoever makes a document fills in one of the frozen dataclasses; `pdf(document, language=...)` sets it in French, Arabic
or English. What a document cannot vouch for it refuses: totals that are not the sum of their lines raise ValueError.

invoice            invoices, credit notes, quotes, pro formas (RULES R4.2)
receipt            money received, with its stamp (R3.21)
monthly_statement  what an entrepreneur reads each month, two pages; monthly_parts, what it is made of,
                   monthly_pages, how that is cut to the room, monthly_figures, how it is drawn
letterhead         who speaks, with all identifiers, and who is addressed
typesetting        the door to typst: fonts, letters they can show, PDF/A; fitting measures texts
words              the fixed words, words/*.toml
mails              `mail(template, data, language)`: subject, text and HTML
templates/         what pages and mails look like
"""

from ecp.documents.mails import Mail, mail
from ecp.documents.typesetting import Document, FontsMissing, pdf

__all__ = ["Document", "FontsMissing", "Mail", "mail", "pdf"]
