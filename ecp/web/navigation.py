"""What stands in the menu: few places, in the words of each role."""

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l

from ecp.enterprises import Role
from ecp.web import access


@dataclass(frozen=True)
class Place:
    """An entry of the menu; `area` are the endpoints that it stands for."""

    label: object
    endpoint: str
    icon: str
    area: tuple[str, ...] = ()


MENUS: dict[Role, tuple[Place, ...]] = {
    Role.ENTREPRENEUR: (
        Place(_l("Mon argent"), "hosting.money_today", "wallet", ("hosting.term_lines",)),
        Place(_l("Ventes"), "sales.invoices", "file-text", ("sales.invoice", "sales.new_invoice")),
        Place(_l("Achats"), "sales.purchases", "shopping-bag"),
        Place(_l("Relevés"), "hosting.statement_list", "book-open", ("hosting.statement",)),
        Place(_l("Clients"), "sales.parties", "users"),
    ),
    Role.ACCOUNTANT: (
        Place(_l("À traiter"), "accounting.desk", "list-checks"),
        Place(_l("Ventes"), "sales.invoices", "file-text", ("sales.invoice",)),
        Place(_l("Achats"), "sales.purchases", "shopping-bag"),
        Place(_l("Journaux"), "accounting.journal", "book-open", ("accounting.entry",)),
        Place(_l("Balance"), "accounting.trial_balance", "scale"),
        Place(_l("Grand livre"), "accounting.general_ledger", "layers"),
        Place(_l("Mois"), "hosting.months", "calendar", ("hosting.month_run",)),
        Place(_l("Contrats"), "accounting.contracts", "handshake", ("hosting.contract_list", "hosting.contract")),
        Place(_l("Fichiers"), "accounting.files", "download", ("accounting.entries_files",)),
        Place(_l("Personnes"), "administration.people", "users"),
    ),
    Role.COORDINATOR: (
        Place(_l("Portefeuille"), "hosting.portfolio_page", "chart-line", ("hosting.portfolio_activity",)),
    ),
    Role.ADMINISTRATOR: (
        Place(_l("Entreprises"), "administration.enterprises_list", "landmark", ("administration.enterprise",)),
        Place(_l("Personnes"), "administration.people", "users", ("administration.person",)),
    ),
}
ORDER = (Role.ENTREPRENEUR, Role.ACCOUNTANT, Role.COORDINATOR, Role.ADMINISTRATOR)


def register(app: Flask) -> None:
    """Give templates the menu of whoever asks."""
    app.context_processor(lambda: {"menu": menu(), "actor": access.signed_in()})


def menu() -> list[tuple[Place, bool]]:
    """The places of all the person's roles, and whether the page is one of theirs."""
    actor = access.signed_in()
    if actor is None:
        return []
    places = [place for role in ORDER if role in actor.roles for place in MENUS[role]]
    unique = {place.endpoint: place for place in places}.values()
    return [(place, request.endpoint in (place.endpoint, *place.area)) for place in unique]


def front_door(actor: access.Actor) -> str:
    """The address where a person begins."""
    role = next((role for role in ORDER if role in actor.roles), None)
    return url_for(MENUS[role][0].endpoint) if role else url_for("identity.account")
