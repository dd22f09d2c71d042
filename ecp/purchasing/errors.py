"""What a purchase refuses."""

from ecp.errors import Invalid, Refused


class PurchaseInvalid(Invalid):
    """The bill or note cannot be kept as given."""

    message = "Cette dépense est à corriger."


class NoSuchStep(Refused):
    """The purchase is not in a state that allows it."""

    message = "Cette étape n’est plus possible : la dépense a changé entre-temps."


class NotToPay(Refused):
    """The activity's mandate leaves payments to the accountant."""

    message = "Votre contrat laisse l’enregistrement des paiements au comptable."


class TooMuch(Invalid):
    """The payment exceeds what is left to pay."""

    message = "Le montant dépasse ce qui reste à payer."


class ChangedMeanwhile(Refused):
    """Somebody corrected the purchase since it was read."""

    message = "Cette dépense a été corrigée entre-temps : relisez-la avant de décider."
