"""What an entry says, digested: it lies in the books, so that a file posted once is known for ever."""

from datetime import date
from decimal import Decimal

from ecp.accounting import rules
from ecp.accounting.rules import Draft, DraftLine


def test_the_fingerprint_of_an_entry_never_changes():
    lines = (
        DraftLine(account="3421", activity_id=2, debit=Decimal("12.00"), party_id=7, due_on=date(2026, 3, 1)),
        DraftLine(account="7121", activity_id=2, credit=Decimal("12.00"), label="Bol"),
    )
    draft = Draft(
        enterprise_id=1,
        journal="VT",
        on=date(2026, 1, 31),
        label="Vente d’essai",
        source="test:1",
        document="F-1",
        lines=lines,
    )
    fingerprint = rules.fingerprint(rules.plain(draft))
    assert fingerprint == "ba4e780e76f28815c9fb05f1efcada7e91506f65189a15cd4380c755c09754fe"
