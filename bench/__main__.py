"""`make bench`: what the product does beside its floor, in one run on one cluster, all promises on."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench import documents, ledger, months, rows, town
from bench.rows import Row
from config import ROOT, Settings
from ecp import create_app, database, servers, walls
from ecp.db import database as flask_database

PORT = 8391


def statements() -> Iterator[Row]:
    """Two-page statements, figures to PDF, on one core."""
    found = documents.measure("fr")
    yield Row(
        measure="two-page statement, figures to PDF, one core",
        product=found.product,
        unit="PDF/s",
        floor=found.floor,
        wanted="≥ 12/s and ≥ 1/1.3 of bare typst",
        reached=found.product >= 12 and found.floor / found.product <= 1.3,
    )


def second_start() -> Iterator[Row]:
    """From the command to the first page, data being there."""
    with tempfile.TemporaryDirectory(prefix="ecp-bench-") as place:
        environment = {**os.environ, "ECP_DATA": place, "ECP_PORT": str(PORT)}
        _start(environment)
        elapsed = _start(environment)
    yield Row(
        measure="make run, second start to first page",
        product=elapsed,
        unit="s",
        floor=None,
        wanted="≤ 5 s",
        reached=elapsed <= 5,
    )


def _start(environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    command = [sys.executable, "-P", "-m", "ecp", "serve"]
    with subprocess.Popen(command, env={**environment, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL) as process:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/connexion", timeout=2).close()
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.05)
        elapsed = time.perf_counter() - begun
        time.sleep(3)
        process.terminate()
        process.wait()
    return elapsed


def everything() -> Iterator[Row]:
    """Every row, in the order of the table."""
    with tempfile.TemporaryDirectory(prefix="ecp-bench-") as place:
        given = Settings(data_dir=Path(place), secret_key="a key for measuring alone")
        with servers.running(given, redis=False) as addresses:
            settings = servers.reached(given, addresses)
            database.prepare(settings)
            assert settings.database_url
            app = create_app(settings, patient=True)
            with app.app_context(), walls.system():
                small = town.build("SMALL", activities=100, entries=20_000)
                large = town.build("LARGE", activities=1000, entries=200_000)
            with database.administrator(settings) as connection:
                connection.autocommit = True
                connection.execute("vacuum analyze")  # what autovacuum does within minutes of such an import
                connection.execute("checkpoint")  # nor is what building left behind written while one measures
            yield from ledger.reading(app, settings.database_url, small, large)
            yield from ledger.doors(app, settings.database_url, small)
            yield from ledger.importing(app, settings.database_url)
            yield from months.front_pages(app, settings.database_url, large)
            yield from months.closing(app, large)
            with app.app_context():
                flask_database.engine.dispose()
    yield from statements()
    yield from second_start()


def main() -> None:
    """Print the rows as they come."""
    made = []
    for row in everything():
        made.append(row)
        sys.stdout.write(row.told() + "\n")
        sys.stdout.flush()
    rows.show(made)


if __name__ == "__main__":
    main()
