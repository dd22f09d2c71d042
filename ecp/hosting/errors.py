"""What hosting refuses."""

from ecp.errors import Invalid, NotFound, Refused


class ContractNotFound(NotFound):
    """No such contract, or not for this person."""

    message = "Ce contrat est introuvable."


class LevyNotFound(NotFound):
    """No such levy, or not for this person."""

    message = "Ce prélèvement est introuvable."


class StatementNotFound(NotFound):
    """No statement of that month, or not for this person."""

    message = "Ce relevé est introuvable."


class RunNotFound(NotFound):
    """Nobody asked for this month to be closed, or not for this person's eyes."""

    message = "Ce mois n’a pas été demandé."


class ContractInvalid(Invalid):
    """The dates or terms do not make sense together."""

    message = "Le contrat est à corriger."


class ContractOverlaps(Refused):
    """An activity has one contract at a time."""

    message = "Un contrat court déjà à cette date pour cette activité : mettez-y d’abord une fin."


class LevyInvalid(Invalid):
    """The terms of a levy do not make sense."""

    message = "Les termes du prélèvement sont à corriger."


class LevyOverlaps(Refused):
    """A levy of the same code already runs on those days."""

    message = "Le prélèvement « %(code)s » court déjà à ces dates : remplacez-le plutôt par une nouvelle version."


class LevyUsed(Refused):
    """A month was computed with these terms: they stand."""

    message = "Ces termes ont servi jusqu’en %(month)s : ils ne peuvent changer qu’à partir du mois suivant."


class MonthNotOver(Refused):
    """A month is closed once it is over."""

    message = "Le mois de %(month)s n’est pas terminé : il se clôture à partir du %(day)s."


class ActivitiesFailed(Refused):
    """The period stays open while an activity is not done."""

    message = "%(count)s activités restent à traiter : corrigez-les puis relancez, le mois n’est pas encore clôturé."


class CodeAmbiguous(Invalid):
    """A command names nothing, or several things."""

    message = "Précisez --enterprise : « %(code)s » désigne %(count)s choses ici."


class MonthWithoutPeriod(Refused):
    """Months are closed within the exercises that the enterprise opened."""

    message = "Ce mois n’appartient à aucun exercice ouvert."
