"""Pictures of the main screens, on the demonstration: 360 and 1280 pixels, French and Arabic, light and dark.

Runs its own copy of everything in a temporary place, and writes screenshots/*.png; of the screens named, or of all.
What follows ` ! ` in a screen, such as a fold, is pressed before its picture is taken.
"""

import os
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
TALLEST = 16_000  # what Chromium draws in one picture
SCREENS = (
    ("connexion", None, "/connexion"),
    ("mot-de-passe-oublie", None, "/mot-de-passe-oublie"),
    ("lien-perdu", None, "/lien/perdu"),
    ("charte", "zahra", "/charte"),
    ("mon-argent", "zahra", "/mon-argent"),
    ("argent-banque", "zahra", "/mon-argent/bank"),
    ("argent-caisse", "zahra", "/mon-argent/till"),
    ("argent-tva", "zahra", "/mon-argent/vat_due"),
    ("argent-retenues", "zahra", "/mon-argent/withholdings_due"),
    ("argent-fournisseurs", "zahra", "/mon-argent/suppliers_unpaid"),
    ("factures", "zahra", "/factures"),
    ("factures-a-encaisser", "zahra", "/factures?voir=open"),
    ("factures-brouillons", "zahra", "/factures?voir=drafts"),
    ("factures-a-approuver", "zahra", "/factures?voir=waiting"),
    ("devis", "zahra", "/factures?type=quote"),
    ("avoirs", "zahra", "/factures?type=credit_note"),
    ("nouvelle-facture", "zahra", "/factures/nouvelle"),
    ("nouveau-devis", "zahra", "/factures/nouvelle?type=quote"),
    ("facture", "zahra", "/factures?voir=open > th[scope=row] a"),
    ("facture-payee", "zahra", "/factures > tr:has(.badge.ok) th a"),
    ("facture-en-retard", "zahra", "/factures > tr:has(.badge.error) th a"),
    ("articles", "zahra", "/articles"),
    ("clients", "zahra", "/clients"),
    ("nouveau-client-deplie", "zahra", "/clients ! summary"),
    ("client", "zahra", "/mon-argent > .tasks a"),
    ("achats", "zahra", "/achats"),
    ("achats-a-payer", "zahra", "/achats?voir=open"),
    ("nouvelle-depense", "zahra", "/achats/nouveau"),
    ("nouvelle-depense-depliee", "zahra", "/achats/nouveau ! summary"),
    ("depense", "zahra", "/achats > th[scope=row] a"),
    ("depense-modifier", "zahra", "/achats > th a > a[href$='/modifier']"),
    ("releves", "zahra", "/releves"),
    ("releve", "zahra", "/releves > th[scope=row] a"),
    ("releve-ventes", "zahra", "/releves > th a > a[href*='/sales/']"),
    ("releve-couts", "zahra", "/releves > th a > a[href*='/costs/']"),
    ("releve-part", "zahra", "/releves > th a > a[href*='/levies/']"),
    ("releve-mouvements", "zahra", "/releves > th a > a[href*='/moves/']"),
    ("courrier-recu", "zahra", "/courrier"),
    ("lettre-recue", "zahra", "/courrier > th a"),
    ("compte", "zahra", "/compte"),
    ("introuvable", "zahra", "/nulle-part"),
    ("interdit", "zahra", "/comptabilite"),
    ("mon-argent-arabe", "rachida", "/mon-argent"),
    ("factures-arabe", "rachida", "/factures"),
    ("facture-arabe", "rachida", "/factures?voir=open > th[scope=row] a"),
    ("nouvelle-facture-arabe", "rachida", "/factures/nouvelle"),
    ("releve-arabe", "rachida", "/releves > th[scope=row] a"),
    ("comptabilite", "comptable", "/comptabilite"),
    ("journaux", "comptable", "/journaux"),
    ("journal-sans-ecriture", "comptable", "/journaux?du=2019-01-01&au=2019-01-31"),
    ("balance", "comptable", "/balance"),
    ("balance-dates", "comptable", "/balance?du=2026-01-01&au=2026-06-30"),
    ("balance-activite", "comptable", "/balance?activite=2"),
    ("balance-vide", "comptable", "/balance?au=2019-01-31"),
    ("balance-refusee", "comptable", "/balance?du=2026-06-30&au=2026-13-45"),
    ("grand-livre", "comptable", "/grand-livre?compte=5141"),
    ("grand-livre-suite", "comptable", "/grand-livre?compte=5141 > .pages .next"),
    ("grand-livre-comptes", "comptable", "/grand-livre"),
    ("grand-livre-sans-ligne", "comptable", "/grand-livre?compte=5141&au=2019-01-31"),
    ("grand-livre-refuse", "comptable", "/grand-livre?compte=99999"),
    ("ecriture", "comptable", "/journaux > th[scope=rowgroup] a"),
    ("nouvelle-ecriture", "comptable", "/comptabilite > a[href$='/nouvelle']"),
    ("fichiers", "comptable", "/fichiers"),
    ("ventes", "comptable", "/factures"),
    ("ventes-activite", "comptable", "/factures?activite=2"),
    ("ventes-vides", "comptable", "/factures?type=credit_note&voir=waiting"),
    ("clients-activite", "comptable", "/clients?activite=2"),
    ("vente", "comptable", "/factures?voir=open > th[scope=row] a"),
    ("vente-a-approuver", "comptable", "/factures?voir=waiting > th[scope=row] a"),
    ("vente-question", "comptable", "/factures?voir=waiting > th[scope=row] a ! .page-head .primary"),
    ("depenses", "comptable", "/achats"),
    ("depense-a-approuver", "comptable", "/achats?voir=waiting > th[scope=row] a"),
    ("mois", "comptable", "/mois"),
    ("mois-a-cloturer", "comptable", "/mois > .button[href^='/mois/']"),
    ("mois-question", "comptable", "/mois > .button[href^='/mois/'] ! .button.primary"),
    ("mois-cloture", "comptable", "/mois > th[scope=row] a"),
    ("mois-releve", "comptable", "/mois > th[scope=row] a > #releves a"),
    ("contrats", "comptable", "/contrats"),
    ("contrat", "comptable", "/contrats > th[scope=row] a"),
    ("contrat-mandat", "comptable", "/contrats > th[scope=row] a > a[href*='/mandats/']"),
    ("contrat-prelevement", "comptable", "/contrats > th[scope=row] a > a[href$='/prelevements/nouveau']"),
    ("contrat-nouveaux-termes", "comptable", "/contrats > th[scope=row] a > a[href*='remplace=']"),
    ("personnes-comptable", "comptable", "/administration/personnes"),
    ("courrier", "comptable", "/courrier"),
    ("message", "comptable", "/courrier > th[scope=row] a"),
    ("introuvable-comptable", "comptable", "/nulle-part"),
    ("pas-pour-vous", "comptable", "/portefeuille"),
    ("portefeuille", "coordination", "/portefeuille"),
    ("portefeuille-signal", "coordination", "/portefeuille?signal=falling"),
    ("portefeuille-vide", "coordination", "/portefeuille?cherche=zzz"),
    ("portefeuille-activite", "coordination", "/portefeuille > th[scope=row] a"),
    ("courrier-coordination", "coordination", "/courrier"),
    ("entreprises", "administration", "/administration/entreprises"),
    ("entreprise", "administration", "/administration/entreprises > th[scope=row] a"),
    ("nouvelle-entreprise", "administration", "/administration/entreprises/nouvelle"),
    ("personnes", "administration", "/administration/personnes"),
    ("personne", "administration", "/administration/personnes > th[scope=row] a"),
    ("courrier-administration", "administration", "/courrier"),
)


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
    """Where a screen is: `page > link > link` follows the first such link of each page, ids being those of the day."""
    if " > " not in wanted:
        return root + wanted
    listed, _, link = wanted.rpartition(" > ")
    page.goto(_address(page, root, listed))
    found = page.locator(f"main {link}").first
    if not found.count():
        raise SystemExit(f"Rien à montrer sur {wanted}.")
    return root + str(found.get_attribute("href"))


def _shoot(browser: Browser, root: str, login: str | None, scheme: str) -> None:
    ours = [screen for screen in SCREENS if screen[1] == login and (screen[0] in sys.argv or not sys.argv[1:])]
    if not ours:
        return
    for language in LANGUAGES:
        context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        _sign_in(page, root, login)
        page.goto(f"{root}/connexion" if login is None else root)
        _speak(page, language)
        for name, _, wanted in ours:
            place, _, pressed = wanted.partition(" ! ")
            address = _address(page, root, place)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(address)
                page.wait_for_load_state("networkidle")
                if pressed:
                    page.locator(f"main {pressed}").first.click()
                height = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": width, "height": min(height, TALLEST)})  # the menu goes to the foot
                page.screenshot(path=TARGET / f"{name}-{width}-{language}-{scheme}.png")
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
