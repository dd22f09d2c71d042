"""Files of entries: taken in whole or refused row by row, and the books as files for other programs."""

import tempfile
from pathlib import Path

from flask import Response, abort, request, send_file

from ecp import clock, enterprises
from ecp.accounting import chart, entries_file, entries_import, posting
from ecp.accounting.exports import formats, reading
from ecp.db import transaction
from ecp.enterprises import Role
from ecp.errors import DomainError, Invalid, Problem
from ecp.web import access
from ecp.web.accounting import bp, check_books, filters
from ecp.web.htmx import render

MOST_BYTES = 10_000_000
SHOWN = 200
ENDINGS = (".csv", ".txt", ".tsv")
OF_A_PART = ("csv", "xlsx")
"""What may hold an account alone: whole entries are all that hledger and Beancount take."""


@bp.get("/ecritures/<int:enterprise_id>/fichiers")
@access.requires(Role.ACCOUNTANT)
def entries_files(enterprise_id: int) -> str:
    """Offer to import entries and to take the books out."""
    return _page(enterprise_id)


@bp.post("/ecritures/<int:enterprise_id>/fichiers")
@access.requires(Role.ACCOUNTANT)
def import_entries(enterprise_id: int) -> str | tuple[str, int]:
    """Post a file, or list what is wrong with it by row."""
    check_books(enterprise_id)
    try:
        with transaction():
            done = entries_import.post(enterprise_id, _uploaded(), create_activities="create" in request.form)
        if done.is_large:
            with transaction():
                posting.refresh_statistics()
    except DomainError as error:
        return _page(enterprise_id, problems=error.problems or (error.at(None),)), 422
    return _page(enterprise_id, done=done)


@bp.get("/ecritures/<int:enterprise_id>/livres.<any(csv,xlsx,journal,beancount):suffix>")
@access.requires(Role.ACCOUNTANT)
def export_books(enterprise_id: int, suffix: str) -> Response:
    """Give the books as a file: CSV, workbook, hledger or Beancount; the first two also a part of them."""
    check_books(enterprise_id)
    enterprise = enterprises.get(enterprise_id)
    chosen = next(each for each in formats.FORMATS.values() if each.suffix == suffix)
    wanted = _wanted(enterprise_id) if suffix in OF_A_PART else reading.Wanted(enterprise_id)
    part = "".join(f"-{each}" for each in (wanted.journal, wanted.account) if each)
    with tempfile.TemporaryDirectory(prefix="ecp-export-") as place:
        path = Path(place) / f"livres.{suffix}"
        chosen.save(reading.book(wanted), reading.lines(wanted), path)
        name = f"{enterprise.code}{part}-{clock.today():%Y%m%d}.{suffix}"
        return send_file(path.open("rb"), chosen.mimetype, as_attachment=True, download_name=name)


def _wanted(enterprise_id: int) -> reading.Wanted:
    """Read what the general ledger and the journals show, by the names they use: `?compte=`, `?journal=`, `?du=`.

    Raises: Invalid for days that are none.
    """
    chosen = filters.read(enterprise_id)
    if chosen.problems:
        raise Invalid([Problem(each) for each in chosen.problems])
    account, journal = request.args.get("compte") or None, request.args.get("journal") or None
    if (account and account not in chart.postable(enterprise_id)) or (
        journal and journal not in chart.journals(enterprise_id)
    ):
        abort(404)
    return reading.Wanted(enterprise_id, chosen.activity_id, chosen.first.on, chosen.last.on, account, journal)


def _uploaded() -> bytes:
    """Take the file that was sent, within limits told before it is read."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise entries_file.EntriesFileRefused([Problem("Choisissez un fichier.")])
    if not sent.filename.lower().endswith(ENDINGS):
        raise entries_file.EntriesFileRefused([Problem("Il faut un fichier CSV.")])
    data = sent.stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        limit = (("limit", MOST_BYTES // 1_000_000),)
        raise entries_file.EntriesFileRefused([Problem("Le fichier dépasse %(limit)s Mo.", None, limit)])
    return data


def _page(enterprise_id: int, **found: object) -> str:
    check_books(enterprise_id)
    enterprise = enterprises.get(enterprise_id)
    return render(
        "accounting/entries_files.html",
        "accounting/_entries_files.html",
        enterprise=enterprise,
        columns=entries_file.COLUMNS,
        shown=SHOWN,
        formats=formats.FORMATS,
        **found,
    )
