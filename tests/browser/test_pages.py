"""Every page of every role: it answers, axe finds nothing, it fits 360 pixels, in French and in Arabic."""

import json

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import AXE

PAGES = {
    None: ("/connexion", "/mot-de-passe-oublie"),
    "zahra": (
        "/charte",
        "/mon-argent",
        "/factures",
        "/factures?type=quote",
        "/factures/nouvelle",
        "first:/factures?voir=open",
        "/clients",
        "first:/clients",
        "/articles",
        "/achats",
        "/achats/nouveau",
        "first:/achats",
        "/releves",
        "/releves/2026-09",
        "/courrier",
        "/compte",
    ),
    "comptable": (
        "/comptabilite",
        "/factures?voir=waiting",
        "first:/factures?voir=waiting",
        "/achats?voir=waiting",
        "/balance",
        "/balance?du=2026-01-01&au=2026-12-31",
        "/grand-livre",
        "/grand-livre?compte=5141",
        "/journaux",
        "link:/journaux",
        "/mois",
        "/contrats",
        "link:/contrats",
        "/fichiers",
        "link:/journaux?journal=VT",
        "/administration/personnes",
        "/administration/entreprises",
    ),
    "coordination": ("/portefeuille", "link:/portefeuille", "/compte"),
    "administration": (
        "/administration/entreprises",
        "link:/administration/entreprises",
        "/administration/entreprises/nouvelle",
        "/administration/personnes",
        "link:/administration/personnes",
    ),
}


def find(page: Page, wanted: str) -> str:
    """`first:` and `link:` name a page by the first link of a list."""
    kind, _, list_address = wanted.partition(":")
    if kind not in {"first", "link"}:
        page.goto(wanted)
        return wanted
    page.goto(list_address)
    link = page.locator("main table tbody a").first
    assert link.count(), f"nothing in {list_address}"
    address = link.get_attribute("href")
    page.goto(address)
    return address


def violations(page: Page) -> list[str]:
    page.add_script_tag(path=AXE)
    found = page.evaluate("() => axe.run({resultTypes: ['violations']})")
    return [
        f"{each['id']}: {json.dumps([node['target'] for node in each['nodes'][:3]])}" for each in found["violations"]
    ]


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("login", list(PAGES))
def test_pages_answer_fit_a_phone_and_please_axe(visit, login, language):
    page = visit(login, width=360, language=language)
    statuses: dict[str, int] = {}
    page.on("response", lambda response: statuses.__setitem__(response.url, response.status))
    wrong = []
    for wanted in PAGES[login]:
        address = find(page, wanted)
        page.wait_for_load_state("networkidle")
        bad = {url: status for url, status in statuses.items() if status >= 400}
        statuses.clear()
        if bad:
            wrong.append(f"{address}: {bad}")
            continue
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append(f"{address}: wider than the phone")
        if page.get_attribute("html", "dir") != ("rtl" if language == "ar" else "ltr"):
            wrong.append(f"{address}: direction")
        wrong += [f"{address}: {each}" for each in violations(page)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("login", [None, "zahra", "rachida", "comptable", "coordination"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_first_view_weighs_less_than_100_kilobytes(site, chrome, visit, login, language):
    visited = visit(login, language=language).context.cookies()
    context = chrome.new_context(viewport={"width": 360, "height": 800}, base_url=site.root)
    context.add_cookies(visited)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto("/" if login else "/connexion")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) < 100_000
    assert page.evaluate(
        "new Set(performance.getEntriesByType('resource').map((each) => each.name.split('?')[0])).size"
    ) == (page.evaluate("performance.getEntriesByType('resource').length"))  # nothing is asked for twice
    context.close()


def test_no_script_but_ours_runs(visit):
    page = visit(None)
    policy = page.request.get("/connexion").headers["content-security-policy"]
    assert "script-src 'nonce-" in policy
    assert "unsafe" not in policy
