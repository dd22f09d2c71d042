"""What the books refuse, and how the database says it."""

import json
from datetime import date

import psycopg

from ecp.db import tells_refusals
from ecp.errors import DomainError, Invalid, NotFound, Refused


class Unbalanced(Invalid):
    """Debits and credits differ, in the entry or inside one activity."""

    message = "L’écriture n’est pas équilibrée."


class UnknownAccount(Invalid):
    """No such account in this enterprise, or one of a level that is not posted to."""

    message = "Le compte %(account)s n’existe pas."


class UnknownJournal(Invalid):
    """No such journal in this enterprise."""

    message = "Le journal %(journal)s n’existe pas."


class UnknownActivity(Invalid):
    """No such activity in this enterprise."""

    message = "L’activité n’existe pas dans cette entreprise."


class NoFiscalYear(Invalid):
    """No fiscal year holds the day."""

    message = "Aucun exercice n’est ouvert pour le %(day)s."


class PeriodClosed(Refused):
    """The month of the entry is closed."""

    message = "Le mois du %(on)s est clôturé."


class EarlierMonthOpen(Refused):
    """Months are closed in order; `month` is the one to close first, as "01/2026"."""

    message = "Le mois de %(month)s n’est pas encore clôturé : les mois se clôturent dans l’ordre."


class SourceReused(Refused):
    """A source that is posted already comes again with other content."""

    message = "« %(source)s » est déjà enregistré, avec un autre contenu."


class AlreadyReversed(Refused):
    """An entry is reversed once."""

    message = "Cette écriture est déjà extournée."


class ReversalOfReversal(Refused):
    """A reversal stays; what it undid is posted anew."""

    message = "Une extourne ne s’extourne pas : saisissez l’écriture à nouveau."


class ReversalBeforeOriginal(Refused):
    """A reversal stands on the day of its original or later."""

    message = "L’extourne ne peut précéder l’écriture, qui est du %(day)s."


class EntryOfDocument(Refused):
    """A document and its entry go together."""

    message = "Cette écriture est celle d’un document : annulez le document, par un avoir ou un remboursement."


class NotYours(Refused):
    """The person has no right to write there."""

    message = "Vous ne pouvez pas écrire dans ces livres."


class NeverChanges(Refused):
    """What is posted stays."""

    message = "Ce qui est enregistré ne change plus."


class Busy(Refused):
    """Somebody else holds what is needed; the same again will succeed."""

    message = "Les livres sont occupés : réessayez dans un instant."


class InternalLeft(Refused):
    """What activities owe one another is nothing to the enterprise."""

    message = "Les comptes de liaison (160) et ceux de la classe 9 s’annulent dans chaque écriture."


_OF_STATE: dict[str, type[DomainError]] = {
    "EC001": Unbalanced,
    "EC003": NotFound,
    "EC004": SourceReused,
    "EC005": PeriodClosed,
    "EC006": ReversalOfReversal,
    "EC007": AlreadyReversed,
    "EC008": ReversalBeforeOriginal,
    "EC009": NeverChanges,
    "EC010": EarlierMonthOpen,
    "EC023": EntryOfDocument,
    "EC024": InternalLeft,
    "42501": NotYours,
    "55P03": Busy,
    "40P01": Busy,
}
_UNKNOWN: dict[str, type[DomainError]] = {
    "account": UnknownAccount,
    "journal": UnknownJournal,
    "activity": UnknownActivity,
    "day": NoFiscalYear,
}
_DAYS = ("on", "day")


@tells_refusals
def from_database(error: psycopg.Error) -> DomainError | None:
    """Give the error that a refusal of the database stands for, or None."""
    if error.sqlstate is None:
        return None
    text = error.diag.message_detail or "{}"
    data = json.loads(text) if error.sqlstate.startswith("EC") else {}
    for name in _DAYS:
        if isinstance(data.get(name), str):
            data[name] = date.fromisoformat(data[name])
    if isinstance(data.get("month"), str):
        data["month"] = f"{date.fromisoformat(data['month']):%m/%Y}"
    if error.sqlstate == "EC002":
        kind = next((_UNKNOWN[name] for name in data if name in _UNKNOWN), None)
        return kind(**data) if kind else None
    family = _OF_STATE.get(error.sqlstate)
    return family(**data) if family else None
