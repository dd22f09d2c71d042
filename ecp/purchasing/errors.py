"""What a purchase refuses."""

from ecp.errors import Invalid


class PurchaseInvalid(Invalid):
    """The bill or note cannot be kept as given."""

    message = "Cette dépense est à corriger."
