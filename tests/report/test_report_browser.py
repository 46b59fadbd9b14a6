"""The page in a real browser: Chromium, headless, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from report_sample import Sample

from analyzer.report import write

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed (Debian: apt install chromium)"
)


class Watched:
    """A page, and whatever it complains of or asks the network for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def folder(nps: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pages")
    for language in ("es", "fr", "en"):
        write(nps, out / language, language=language)
    return out


@pytest.fixture
def watched(browser: Browser, folder: Path) -> Iterator[Watched]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    found = Watched(page)
    page.goto((folder / "en" / "report.html").as_uri())
    yield found
    assert found.complaints == []
    assert [url for url in found.requests if not url.startswith(("file:", "data:"))] == []
    page.close()


def test_every_section_is_there(watched: Watched) -> None:
    for part in (
        "summary", "hurts", "changed", "new", "loves", "segments", "map", "themes", "social",
        "quality",
    ):  # fmt: skip
        expect(watched.page.locator(f"#{part}")).to_be_visible()


def test_a_theme_opens_by_click(watched: Watched) -> None:
    theme = watched.page.locator("#T01")
    expect(theme.locator(".verbatims")).to_be_hidden()
    theme.locator("summary").click()
    expect(theme.locator(".verbatims")).to_be_visible()


def test_a_theme_opens_by_keyboard(watched: Watched) -> None:
    watched.page.locator("#T02 > summary").focus()
    watched.page.keyboard.press("Enter")
    expect(watched.page.locator("#T02 .verbatims")).to_be_visible()


def test_a_link_in_the_ranking_and_a_bubble_open_the_theme(watched: Watched) -> None:
    watched.page.locator('#hurts a[href="#T03"]').click()
    expect(watched.page.locator("#T03 .verbatims")).to_be_visible()
    expect(watched.page.locator("#T03 > summary")).to_be_focused()
    watched.page.locator('#map a[href="#T04"] circle').click()
    expect(watched.page.locator("#T04 .verbatims")).to_be_visible()


def test_filters_narrow_the_comments(watched: Watched) -> None:
    page = watched.page
    page.get_by_role("button", name="Open all").click()
    visible = page.locator("#T01 .verbatims > li:visible")
    before = visible.count()
    page.locator("select[name=language]").select_option("fr")
    assert 0 < visible.count() < before
    assert set(visible.evaluate_all("items => items.map(i => i.dataset.language)")) == {"fr"}
    page.locator("select[name=segment]").select_option("detractor")
    assert set(visible.evaluate_all("items => items.map(i => i.dataset.segment)")) == {"detractor"}
    expect(page.locator(".shown")).to_contain_text("Comments shown")
    page.get_by_role("button", name="Clear").click()
    expect(visible).to_have_count(before)


def test_search_ignores_accents_and_finds_names(watched: Watched) -> None:
    page = watched.page
    page.get_by_role("button", name="Open all").click()
    page.locator("input[name=text]").fill("TELEFONO")
    visible = page.locator(".verbatims > li:visible")
    assert visible.count() > 0
    page.locator("input[name=text]").fill("zzzz")
    expect(visible).to_have_count(0)
    expect(page.locator("#T01 .nomatch")).to_be_visible()


def test_breakdowns_are_shown_one_at_a_time(watched: Watched) -> None:
    page = watched.page
    expect(page.locator(".heatpanel:visible")).to_have_count(1)
    page.get_by_role("button", name="Touchpoint", exact=True).click()
    expect(page.locator(".heatpanel:visible caption")).to_have_text("Touchpoint")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["es", "fr", "en"])
def test_nothing_sticks_out_sideways(
    browser: Browser, folder: Path, language: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((folder / language / "report.html").as_uri())
    for theme in page.locator("details").all():
        theme.evaluate("element => { element.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    groups = page.locator(".heatpanel").first  # all three can be compared without a swipe
    assert groups.evaluate("element => element.scrollWidth <= element.clientWidth")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_rules(browser: Browser, folder: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # The rules are put into the page by the driver, which the page's own policy would forbid.
    page = browser.new_page(
        viewport={"width": 1280, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page.goto((folder / "en" / "report.html").as_uri())
    for theme in page.locator("#T01, #T06, .fold").all():
        theme.evaluate("element => { element.open = true }")
    found = Axe().run(page).response["violations"]
    serious = [
        (rule["id"], [node["html"][:120] for node in rule["nodes"][:5]])
        for rule in found
        if rule["impact"] in {"serious", "critical"}
    ]
    assert serious == []
    page.close()


def test_print_opens_everything(watched: Watched) -> None:
    page = watched.page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#T01 .verbatims")).to_be_visible()
    expect(page.locator(".nav")).to_be_hidden()
    assert page.locator(".heatpanel:visible").count() > 1
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#T01 .verbatims")).to_be_hidden()


def test_paper_shows_tables_as_tables_and_nothing_sticks_out(
    browser: Browser, folder: Path
) -> None:
    page = browser.new_page(viewport={"width": 695, "height": 1000})  # A4 inside its margins
    page.goto((folder / "es" / "report.html").as_uri())
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#hurts .ranking thead")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 695
    wide = page.evaluate(
        "[...document.querySelectorAll('.tablewrap')]"
        ".filter(e => e.offsetWidth && e.scrollWidth > e.clientWidth + 1)"
        ".map(e => e.closest('section').id)"
    )
    assert wide == []
    assert page.pdf().startswith(b"%PDF")
    page.close()
