"""What stands in the menu: few places, in the words of each role.

The enterprise that an accountant of several works in travels in the addresses alone: reading a page keeps nothing.
"""

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l

from ecp import enterprises
from ecp.enterprises import Role
from ecp.web import access


@dataclass(frozen=True)
class Place:
    """An entry of the menu; `area` are the endpoints that it stands for."""

    label: object
    endpoint: str
    icon: str
    area: tuple[str, ...] = ()


SALES = (
    *("sales.invoice", "sales.new_invoice", "sales.create_invoice", "sales.edit_invoice", "sales.change_invoice"),
    *("sales.receive_payment", "sales.refund_customer", "sales.draft_credit_note"),
    *("sales.products", "sales.add_product", "sales.step", "sales.send_back", "sales.discard"),
)
PURCHASES = (
    *("sales.purchase", "sales.new_purchase", "sales.add_purchase", "sales.edit_purchase", "sales.change_purchase"),
    *("sales.pay_purchase", "sales.send_back_purchase", "sales.discard_purchase"),
)
CLIENTS = ("sales.party", "sales.add_party", "sales.change_party", "sales.receive_from_party")
ENTRIES = ("accounting.entry", "accounting.reverse", "accounting.new_entry", "accounting.post_entry")
MONTHS = ("hosting.month_run", "hosting.start_month_run", "hosting.statement", "hosting.statement_lines")
CONTRACTS = (
    "hosting.contract_list",
    "hosting.contract",
    "hosting.sign_contract",
    "hosting.new_levy",
    "hosting.save_levy",
    "sales.mandate",
    "sales.give_mandate",
)
PEOPLE = ("administration.person", "administration.invite", "administration.revoke", "administration.set_access")
ENTERPRISES = (
    *("administration.enterprise", "administration.new_enterprise", "administration.open_enterprise"),
    *("administration.save_enterprise", "administration.add_activity"),
)
"""What people do at a place of their menu."""

MENUS: dict[Role, tuple[Place, ...]] = {
    Role.ENTREPRENEUR: (
        Place(_l("Mon argent"), "hosting.money_today", "wallet", ("hosting.term_lines",)),
        Place(_l("Ventes"), "sales.invoices", "file-text", SALES),
        Place(_l("Achats"), "sales.purchases", "shopping-bag", PURCHASES),
        Place(_l("Relevés"), "hosting.statement_list", "book-open", ("hosting.statement", "hosting.statement_lines")),
        Place(_l("Clients"), "sales.parties", "users", CLIENTS),
    ),
    Role.ACCOUNTANT: (
        Place(_l("À traiter"), "accounting.desk", "list-checks"),
        Place(_l("Ventes"), "sales.invoices", "file-text", (*SALES, "sales.parties", *CLIENTS)),
        Place(_l("Achats"), "sales.purchases", "shopping-bag", PURCHASES),
        Place(_l("Journaux"), "accounting.journal", "book-open", ENTRIES),
        Place(_l("Balance"), "accounting.trial_balance", "scale"),
        Place(_l("Grand livre"), "accounting.general_ledger", "layers"),
        Place(_l("Mois"), "hosting.months", "calendar", MONTHS),
        Place(_l("Contrats"), "accounting.contracts", "handshake", CONTRACTS),
        Place(
            _l("Fichiers"), "accounting.files", "download", ("accounting.entries_files", "accounting.import_entries")
        ),
        Place(_l("Personnes"), "administration.people", "users", PEOPLE),
        Place(_l("Courrier"), "hosting.mail_list", "mail", ("hosting.mail",)),
    ),
    Role.COORDINATOR: (
        Place(_l("Portefeuille"), "hosting.portfolio_page", "chart-line", ("hosting.portfolio_activity",)),
        Place(_l("Courrier"), "hosting.mail_list", "mail", ("hosting.mail",)),
    ),
    Role.ADMINISTRATOR: (
        Place(_l("Entreprises"), "administration.enterprises_list", "landmark", ENTERPRISES),
        Place(_l("Personnes"), "administration.people", "users", PEOPLE),
        Place(_l("Courrier"), "hosting.mail_list", "mail", ("hosting.mail",)),
    ),
}
SEVERAL = 2
ANYWHERE = frozenset({"enterprise_id", "of"})
"""What an address may name without being about something of one enterprise."""

OF_ONE = frozenset({"entreprise", "activite", "client", "compte", "apres", "avant", "page"})
"""What a question asks that means nothing in another enterprise."""

ORDER = (Role.ENTREPRENEUR, Role.ACCOUNTANT, Role.COORDINATOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class House:
    """An enterprise whose books the person keeps, and where the present page is for it."""

    name: str
    address: str
    is_here: bool


def register(app: Flask) -> None:
    """Give templates the menu of whoever asks."""
    app.context_processor(lambda: {"menu": menu, "houses": houses, "actor": access.signed_in()})


def menu(about: object = None) -> list[tuple[Place, str, bool]]:
    """The places of all the person's roles, their addresses, and whether the page is one of theirs.

    `about` is the enterprise that the page speaks of, where its address does not name one.
    """
    actor = access.signed_in()
    if actor is None:
        return []
    house = _house(actor, about)
    places = [place for role in ORDER if role in actor.roles for place in MENUS[role]]
    unique = {place.endpoint: place for place in places}.values()
    return [(place, url_for(place.endpoint, entreprise=house), _is_here(place)) for place in unique]


def houses(about: object = None) -> list[House]:
    """The enterprises between which an accountant of several goes, the page staying the same where it can."""
    actor = access.signed_in()
    if actor is None or len(actor.books_ids) < SEVERAL:
        return []
    here = _house(actor, about)
    ours = [each for each in enterprises.all_seen() if each.id in actor.books_ids]
    return [House(each.name, _address(each.id), each.id == here) for each in ours]


def _is_here(place: Place) -> bool:
    return request.endpoint in (place.endpoint, *place.area)


def _house(actor: access.Actor, about: object) -> int | None:
    """The enterprise that addresses carry: the page's own, else the first; None for who keeps the books of one."""
    if len(actor.books_ids) < SEVERAL:
        return None
    named = (request.view_args or {}).get("enterprise_id"), request.args.get("entreprise", type=int), about
    return next((each for each in named if isinstance(each, int) and each in actor.books_ids), actor.books_ids[0])


def _address(enterprise_id: int) -> str:
    """The present page for another enterprise; about something of one enterprise, the list that it belongs to."""
    values = dict(request.view_args or {})
    if request.method == "GET" and request.endpoint and values.keys() <= ANYWHERE:
        if "enterprise_id" in values:
            return url_for(request.endpoint, **{**values, "enterprise_id": enterprise_id})
        kept = {name: request.args.getlist(name) for name in request.args if name not in OF_ONE}
        return url_for(request.endpoint, **{**values, **kept, "entreprise": enterprise_id})
    places = MENUS[Role.ACCOUNTANT]
    found = next((place for place in places if _is_here(place)), places[0])
    return url_for(found.endpoint, entreprise=enterprise_id)


def front_door(actor: access.Actor) -> str:
    """The address where a person begins."""
    role = next((role for role in ORDER if role in actor.roles), None)
    return url_for(MENUS[role][0].endpoint) if role else url_for("identity.account")
