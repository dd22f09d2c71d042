"""The accountant's pages.

desk            what waits, and where to go
books           trial balance, general ledger, journals, one entry and its reversal
entries_import  files of entries in and out
drafts          an entry typed by hand
filters         which activity and which days a report is of, as typed
titles          accounts and journals in the reader's language
labels          what the application writes into the books, likewise
"""

from flask import Blueprint, Flask, abort, request

from ecp import enterprises
from ecp.enterprises import Enterprise
from ecp.web import access

bp = Blueprint("accounting", __name__)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    from ecp.web.accounting import books, desk, drafts, entries_import, labels

    for module in (books, desk, drafts, entries_import):
        assert module.bp is bp  # noqa: S101 (importing them is what adds their pages)
    app.add_template_filter(labels.told, "entry_label")
    app.register_blueprint(bp)


def chosen_enterprise() -> Enterprise:
    """The enterprise of `?entreprise=`, else the first whose books the person keeps; 404 for another's."""
    ours = access.current().books_ids
    wanted = request.args.get("entreprise", type=int)
    if not ours or (wanted is not None and wanted not in ours):
        abort(404)
    return enterprises.get(wanted if wanted is not None else ours[0])


def check_books(enterprise_id: int) -> None:
    """404 for an enterprise whose books the person does not keep."""
    if enterprise_id not in access.current().books_ids:
        abort(404)
