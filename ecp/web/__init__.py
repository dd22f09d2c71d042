"""Pages: a blueprint an area, closed by default, in French, Arabic and English.

access      whose page it is: the signed-in actor, and the roles that may call a view
asking      a question before what cannot be undone, also without scripts
htmx        a whole page, or the part that htmx asked for
languages   the reader's language, catalogues, and filters that write figures and days in it
navigation  what stands in the menu of each role
failures    what went wrong, in the reader's words
assets      stylesheet, scripts, fonts: compressed, and kept by browsers
headers     what each answer tells browsers to refuse
front       the front door, the health of the installation, the page of the design system
"""

from flask import Flask
from flask_wtf import CSRFProtect


def register(app: Flask) -> None:
    """Add every page to the application."""
    from ecp.web import (
        access,
        accounting,
        administration,
        asking,
        assets,
        failures,
        front,
        headers,
        hosting,
        identity,
        languages,
        navigation,
        sales,
    )

    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.config.setdefault("MAX_CONTENT_LENGTH", 32 * 1024 * 1024)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    for part in (assets, headers, access, asking, languages, navigation, failures, front):
        part.register(app)
    for area in (identity, administration, sales, accounting, hosting):
        area.register(app)
    access.check_closed(app)
