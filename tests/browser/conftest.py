"""The application on the demonstration's data, served for real, and a browser that looks at it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from ecp import create_app
from ecp.db import database
from ecp.demo import houses, loading
from scripts import browser as chromium

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True)
class Site:
    """Where the pages answer, and the application behind them."""

    root: str
    app: object


@pytest.fixture(scope="session")
def site(new_database) -> Iterator[Site]:
    """Serve the demonstration."""
    app = create_app(new_database(), patient=True)
    loading.fill(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", app)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        database.engine.dispose()


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    program = chromium.find()
    assert program, chromium.ADVICE
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Site, chrome: Browser):
    """Sign somebody in, at a width and in a language, with scripts or without; gives the page."""
    contexts: list[BrowserContext] = []

    def sign_in(login: str | None, *, width: int = 1280, language: str = "fr", scripts: bool = True) -> Page:
        context = chrome.new_context(
            viewport={"width": width, "height": 800},
            base_url=site.root,
            locale=language,
            bypass_csp=True,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/connexion")
        if login:
            page.fill("#email", f"{login}@{houses.DOMAIN}")
            page.fill("#password", houses.PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "/connexion" not in url)
        button = page.locator(f".language button[value={language}]")
        if button.count():
            button.click()
            page.wait_for_load_state()
        return page

    yield sign_in
    for context in contexts:
        context.close()
