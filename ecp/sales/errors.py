"""What a sale refuses, and the French sentence that says so."""

from ecp.errors import Invalid, Refused


class CreditExceedsInvoice(Invalid):
    """More is credited on a line than was invoiced and not yet credited."""

    message = "L’avoir dépasse ce qui a été facturé."


class DocumentInvalid(Invalid):
    """The document cannot be kept or issued as it is."""

    message = "Le document est à corriger."


class NoSuchStep(Refused):
    """The document is not in a state that allows it."""

    message = "Cette étape n’est plus possible : le document a changé entre-temps."


class ToBeApproved(Refused):
    """The activity's mandate does not let it issue alone."""

    message = "Votre contrat demande l’accord du comptable : soumettez le document."


class BeforeLastIssued(Refused):
    """Numbers follow days: a document cannot be dated before the one that bears the number before."""

    message = "Le dernier document de cette série est du %(day)s : la date ne peut être antérieure."


class NotToCollect(Refused):
    """The activity's mandate leaves payments to the accountant."""

    message = "Votre contrat laisse l’enregistrement des règlements au comptable."


class MoreThanOwed(Invalid):
    """The payment exceeds what is left to pay."""

    message = "Le montant dépasse ce qui reste dû."


class NotToCancel(Refused):
    """What cancels a payment stays; nothing is cancelled before it was received, nor in days to come."""

    message = "Ce règlement ne s’annule pas."


class GivenBack(Refused):
    """Money of the payment went back to the customer."""

    message = "Une partie de ce règlement a été rendue au client : il ne s’annule plus."


class MoreThanToGiveBack(Invalid):
    """The refund exceeds what the customer paid too much."""

    message = "Le montant dépasse ce que le client a payé en trop."


class ChangedMeanwhile(Refused):
    """Somebody else changed the document since it was read."""

    message = "Quelqu’un a modifié ce document entre-temps : relisez-le avant de continuer."
