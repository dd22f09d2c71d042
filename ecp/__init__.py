"""ECP: shared accounting, selling and production for an Entreprise Collective Partagée."""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings


def create_app(settings: "Settings | None" = None, *, patient: bool = False) -> "Flask":
    """Make the application; `patient` ones (workers, commands) may run a statement for longer than a page may.

    The settings name running servers (`ecp.servers.reached`); none: those of the environment.
    """
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from config import Settings
    from ecp import db, jobs, keys, walls, web
    from ecp.database import application_url

    settings = settings or Settings()
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=keys.derived(settings, "cookies").hex(),
        GUARD_KEY=keys.derived(settings, walls.PURPOSE),
        **db.settings_of(application_url(settings), patient=patient),
    )
    db.database.init_app(app)
    if settings.redis_url:
        jobs.configure(settings.redis_url)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    web.register(app)
    _collect_rarely()
    return app


def _collect_rarely() -> None:
    """Let the collector of cycles leave what is loaded alone, and come by after many objects instead of 700.

    A file of entries makes hundreds of thousands and no cycle: it took a third of the time (decision 0008).
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
