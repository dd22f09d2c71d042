"""What a command stands on: servers that answer, a database at the program's version, the application."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from config import Settings
from ecp import servers

if TYPE_CHECKING:
    from flask import Flask


@contextmanager
def application(*, redis: bool = False) -> Iterator["Flask"]:
    """Give the application for the length of a block; its servers are started if they do not run, then stopped."""
    from ecp import create_app, database, db

    with servers.running(Settings(), redis=redis) as addresses:
        settings = servers.reached(Settings(), addresses)
        database.prepare(settings)
        app = create_app(settings, patient=True)
        try:
            yield app
        finally:
            with app.app_context():
                db.database.session.remove()
                db.database.engine.dispose()


@contextmanager
def books(*, redis: bool = False) -> Iterator[None]:
    """Open all books to a command, as the system."""
    from ecp import walls

    with application(redis=redis) as app, app.app_context(), walls.system():
        yield
