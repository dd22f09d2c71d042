"""Servers that may be killed: durable, and one test's own."""

import pytest

from config import Settings
from ecp import create_app, database, servers
from ecp.db import database as flask_database


@pytest.fixture
def place(tmp_path_factory):
    """Durable servers of one's own, which may be killed."""
    given = Settings(data_dir=tmp_path_factory.mktemp("killed"), secret_key="a key for tests alone, and nothing else")
    with servers.running(given, redis=False) as addresses:
        settings = servers.reached(given, addresses)
        database.prepare(settings)
        app = create_app(settings, patient=True)
        yield settings, app
        with app.app_context():
            flask_database.engine.dispose()
