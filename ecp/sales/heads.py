"""Who sells and who buys, as a paper names them: frozen with a document when it is issued, read anew for a draft."""

from typing import Any

from ecp import clock, enterprises, parties
from ecp.enterprises import Enterprise
from ecp.sales.documents import Document

_BUYER = ("name", "ice", "tax_id", "address", "city")
_SELLER = (*_BUYER, "legal_form", "business_tax", "rc", "cnss", "phone", "email", "rib")


def of(document: Document) -> dict[str, Any]:
    """Give both sides of a document as they are now, ready to be kept with it."""
    party = parties.one(document.party_id)
    return {
        "seller": seller(enterprises.get(document.enterprise_id)),
        "buyer": {name: getattr(party, name) for name in _BUYER},
        "activity": document.activity,
        "made_at": clock.now().isoformat(),
    }


def seller(enterprise: Enterprise) -> dict[str, Any]:
    """Give what a paper says of the enterprise."""
    return {**{name: getattr(enterprise, name) for name in _SELLER}, "capital": str(enterprise.capital)}
