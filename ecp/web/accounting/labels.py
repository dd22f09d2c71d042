"""What the application writes into the books, told in the reader's language; what people type stays as typed.

The books are written in French, whoever reads them; only the word that says what an entry is gets translated.
"""

import re

from flask_babel import lazy_gettext as _l

_WORDS = {
    "Facture": _l("Facture"),
    "Avoir": _l("Avoir"),
    "Règlement": _l("Règlement"),
    "Remboursement": _l("Remboursement"),
    "Paiement": _l("Paiement"),
}
_WRITTEN = re.compile(r"(?:(Facture|Avoir) (?=[FA]-\d{4}-\d)|(Règlement|Remboursement|Paiement) (?=\S)).*", re.DOTALL)


def told(label: str) -> str:
    """Tell a label of an entry or of a line: `Facture F-2026-0004 · Riad` begins with the reader's word for it."""
    written = _WRITTEN.fullmatch(label)
    if written is None:
        return label
    word = written[1] or written[2]
    return f"{_WORDS[word]}{label.removeprefix(word)}"
