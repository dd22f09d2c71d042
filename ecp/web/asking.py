"""What cannot be undone is asked first: by the script in the page, by a page of its own where no script runs.

A form that should be asked about carries its question in a field (`parts.asks`). The script asks it and takes the field
away; a question that comes all the way here was not asked yet. Where much was typed, a page in between would lose it:
there the button carries the question (`parts.submit(asks=...)`), and the script alone asks it.
"""

from urllib.parse import urlsplit

from flask import Flask, render_template, request, url_for

from ecp.web import access

FIELD = "question"


def register(app: Flask) -> None:
    """Ask before any view acts, once the guard has let the person in."""
    app.before_request(_ask)


def _ask() -> str | None:
    """Ask what the form asks, and offer to send it again as it was, without the question."""
    question = request.form.get(FIELD) if request.method == "POST" and request.endpoint else None
    if not question:
        return None
    kept = [(name, value) for name, value in request.form.items(multi=True) if name != FIELD]
    return render_template("question.html", question=question, kept=kept, back=_back())


def _back() -> str:
    """The page that the question comes from, if it is one of ours."""
    came = urlsplit(request.referrer or "")
    here = came._replace(scheme="", netloc="").geturl() if came.netloc == request.host else None
    return access.safe_target(here) or url_for("front.door")
