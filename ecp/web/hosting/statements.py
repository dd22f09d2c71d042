"""Monthly statements: the list, one as a page, its PDF, and the lines behind each of its figures."""

from datetime import date

from flask import request
from werkzeug.wrappers import Response

from ecp.enterprises import Role
from ecp.hosting import advice, behind, charts, monthly_statement, printing, words
from ecp.hosting.snapshot import Snapshot
from ecp.sales.documents import CHANNELS
from ecp.web import access, languages
from ecp.web.hosting import bp, chosen
from ecp.web.htmx import render

READERS = (Role.ENTREPRENEUR, Role.ACCOUNTANT)


@bp.get("/releves")
@access.requires(*READERS)
def statement_list() -> str:
    """List the statements of the activity."""
    activity = chosen.activity()
    return render(
        "hosting/statements.html",
        "hosting/_statements.html",
        activity=activity,
        statements=printing.listed(activity.enterprise_id, activity.id),
    )


@bp.get("/releves/<mois:of>")
@access.requires(*READERS)
def statement(of: date) -> str:
    """Show a statement: the same figures as the paper, each leading to its lines."""
    activity = chosen.activity()
    language = languages.current()
    found = printing.one(activity.enterprise_id, activity.id, of)
    figures = found.figures
    return render(
        "hosting/statement.html",
        "hosting/_statement.html",
        activity=activity,
        statement=found,
        figures=figures,
        words={kind: words.of(language, kind) for kind in ("terms", "moves")},
        label=lambda row: monthly_statement.label(row, language),
        step=lambda each: words.step(each, language),
        advices=[advice.sentence(each, language) for each in advice.of(figures)],
        bars=charts.months(figures.history),
        people=monthly_statement.names(figures.people, language),
    )


@bp.get("/releves/<mois:of>.pdf")
@access.requires(*READERS)
def statement_pdf(of: date) -> Response:
    """Give the paper of a statement in the language asked for, else the reader's."""
    activity = chosen.activity()
    found = printing.one(activity.enterprise_id, activity.id, of)
    language = request.args.get("langue", languages.current())
    if language not in {"fr", "ar", "en"}:
        language = "fr"
    name = monthly_statement.file_name(found.figures, activity.code, language)
    return Response(
        printing.pdf(found, language),
        mimetype=printing.MEDIA_TYPE,
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@bp.get("/releves/<mois:of>/<section>/<key>")
@access.requires(*READERS)
def statement_lines(of: date, section: str, key: str) -> str:
    """Show the lines behind a figure of a month."""
    activity = chosen.activity()
    found = printing.one(activity.enterprise_id, activity.id, of)
    return render(
        "hosting/lines.html",
        "hosting/_lines.html",
        activity=activity,
        title=_title(found.figures, section, key),
        behind=behind.of_month(activity.enterprise_id, activity.id, found.month, section=section, key=key),
        month=of,
    )


def _title(figures: Snapshot, section: str, key: str) -> str:
    """The word of a figure, as the statement has it."""
    language = languages.current()
    typed = {row.key.partition(":")[2]: row.label for row in figures.levies}
    if section == "levies" and typed.get(key):
        return typed[key]
    if section == "sales" and key in CHANNELS:
        return words.of(language, "channels")[key]
    kinds = {"sales": "sales", "costs": "costs", "moves": "moves", "levies": "levies"}
    table = words.of(language, kinds.get(section, "terms"))
    return table.get(key, table.get("other", key))
