"""What a sale refuses, and the French sentence that says so."""

from ecp.errors import Invalid


class CreditExceedsInvoice(Invalid):
    """More is credited on a line than was invoiced and not yet credited."""

    message = "L’avoir dépasse ce qui a été facturé."
