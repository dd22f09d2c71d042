"""Pictures of the main screens, on the demonstration: 360 and 1280 pixels, French and Arabic, light and dark.

Runs its own copy of everything in a temporary place, and writes screenshots/*.png.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from ecp.demo.houses import DOMAIN, PASSWORD  # noqa: E402 (the project's root must be known first)
from scripts import browser as chromium  # noqa: E402

TARGET = ROOT / "screenshots"
PORT = 8377
WIDTHS = (360, 1280)
LANGUAGES = ("fr", "ar")
SCREENS = (
    ("connexion", None, "/connexion"),
    ("charte", "zahra", "/charte"),
    ("mon-argent", "zahra", "/mon-argent"),
    ("factures", "zahra", "/factures"),
    ("nouvelle-facture", "zahra", "/factures/nouvelle"),
    ("facture", "zahra", "first:/factures?voir=open"),
    ("achats", "zahra", "/achats"),
    ("releve", "zahra", "first:/releves"),
    ("comptabilite", "comptable", "/comptabilite"),
    ("balance", "comptable", "/balance"),
    ("grand-livre", "comptable", "/grand-livre?compte=5141"),
    ("journaux", "comptable", "/journaux"),
    ("mois", "comptable", "/mois"),
    ("portefeuille", "coordination", "/portefeuille"),
    ("personnes", "administration", "/administration/personnes"),
)
_FIRST = re.compile(r'<th scope="row"[^>]*><a href="([^"]+)"|<a href="(/releves/\d{4}-\d{2}[^"]*)"')


@contextmanager
def served() -> Iterator[str]:
    """Run the whole stack in a place of its own, or use the one that ECP_SCREENSHOTS_URL names."""
    named = os.environ.get("ECP_SCREENSHOTS_URL")
    if named:
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="ecp-screenshots-") as place:
        environment = {**os.environ, "ECP_DATA": place, "ECP_PORT": str(PORT)}
        command = [sys.executable, "-m", "ecp", "serve"]
        with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
            try:
                _wait(f"http://127.0.0.1:{PORT}/sante", process)
                yield f"http://127.0.0.1:{PORT}"
            finally:
                process.terminate()
                process.wait()


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 600
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 (our own server)
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("Les pages ne répondent pas.")


def _sign_in(page: Page, root: str, login: str | None) -> None:
    if login is None:
        return
    page.goto(f"{root}/connexion")
    page.fill("#email", f"{login}@{DOMAIN}")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/connexion" not in url)


def _speak(page: Page, language: str) -> None:
    button = page.locator(f".language button[value={language}]")
    if button.count():
        button.click()
        page.wait_for_load_state()


def _address(page: Page, root: str, wanted: str) -> str:
    if not wanted.startswith("first:"):
        return root + wanted
    page.goto(root + wanted.removeprefix("first:"))
    found = _FIRST.search(page.content())
    if not found:
        raise SystemExit(f"Rien à montrer sur {wanted}.")
    return root + (found[1] or found[2]).replace("&amp;", "&")


def _shoot(browser: Browser, root: str, login: str | None, scheme: str) -> None:
    ours = [screen for screen in SCREENS if screen[1] == login]
    for language in LANGUAGES:
        context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})  # type: ignore[arg-type]
        page = context.new_page()
        _sign_in(page, root, login)
        page.goto(f"{root}/connexion" if login is None else root)
        _speak(page, language)
        for name, _, wanted in ours:
            address = _address(page, root, wanted)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(address)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=TARGET / f"{name}-{width}-{language}-{scheme}.png", full_page=True)
        context.close()


def main() -> None:
    """Make every picture anew."""
    TARGET.mkdir(exist_ok=True)
    program = chromium.find()
    if program is None:
        raise SystemExit(chromium.ADVICE)
    with served() as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for login in dict.fromkeys(screen[1] for screen in SCREENS):
            for scheme in ("light", "dark"):
                _shoot(browser, root, login, scheme)
        browser.close()
    sys.stdout.write(f"{len(list(TARGET.glob('*.png')))} images dans {TARGET.name}/\n")


if __name__ == "__main__":
    main()
