"""The outbox: mails as they were written, for those they concern."""

from flask import abort, request
from werkzeug.wrappers import Response

from ecp import outgoing
from ecp.enterprises import Role
from ecp.web import access
from ecp.web.hosting import bp
from ecp.web.htmx import render

EVERYBODY = tuple(Role)
_SHOWN = 50


@bp.get("/courrier")
@access.requires(*EVERYBODY)
def mail_list() -> str:
    """List the mails that the person may read."""
    before = request.args.get("avant", type=int)
    mails = outgoing.listed(before=before, limit=_SHOWN + 1)
    return render(
        "hosting/mails.html",
        "hosting/_mails.html",
        mails=mails[:_SHOWN],
        has_more=len(mails) > _SHOWN,
        is_first=before is None,
    )


@bp.get("/courrier/<int:mail_id>")
@access.requires(*EVERYBODY)
def mail(mail_id: int) -> str:
    """Show a mail and its files; a link that opens an account is shown to its recipient alone."""
    found = outgoing.one(mail_id)
    if found is None:
        abort(404)
    return render(
        "hosting/mail.html",
        "hosting/_mail.html",
        mail=found,
        files=outgoing.attachments(mail_id),
    )


@bp.get("/courrier/<int:mail_id>/<int:place>")
@access.requires(*EVERYBODY)
def mail_file(mail_id: int, place: int) -> Response:
    """Give a file of a mail."""
    files = outgoing.attachments(mail_id)
    if place >= len(files):
        abort(404)
    file = files[place]
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, mimetype=file.media_type, headers=headers)
