"""The customer's page in a real browser, Debian's Chromium: three languages at the width of a telephone, without a
script, with nothing fetched from anybody, and with axe finding nothing grave. Skipped where no Chromium is installed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from chalicelib.notices.pages.words import page_texts_of
from chalicelib.returns.withdrawal import Withdrawal
from tests.api.customer_house import Visitor
from tests.api.wsgi import Bridge

PLACES = (Path("/usr/bin/chromium"), Path("/usr/bin/chromium-browser"))
CHROMIUM = next((path for path in PLACES if path.exists()), None)
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make venv")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium")
PHONE = {"width": 390, "height": 844}
GRAVE = {"serious", "critical"}


class Quiet(WSGIRequestHandler):
    """Says nothing on the console, for a request's line has the token in it."""

    def log_message(self, *_said: Any) -> None:
        """Nothing."""


class Door(ThreadingMixIn, WSGIServer):
    """A browser opens connections ahead of its requests: one at a time would wait for those for ever."""

    daemon_threads = True


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture(scope="module")
def address(visitor: Visitor) -> Iterator[str]:
    """The page where a browser can reach it: the shop's own app behind a local server."""
    with make_server("127.0.0.1", 0, Bridge(visitor.shop.app), Door, Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/c/{visitor.token}"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def telephone(chromium: Any) -> Iterator[Any]:
    """A telephone on which no script runs; what it asks for is remembered."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False, locale="fr-FR")
    context.set_default_timeout(8_000)
    tab = context.new_page()
    tab.asked = []
    tab.said = []
    tab.on("request", lambda request: tab.asked.append(request.url))
    tab.on("console", lambda message: tab.said.append(message.text))
    yield tab
    context.close()


def worst(tab: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in GRAVE]


@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("ar", "dark"), ("zh-Hans", "light")])
def test_axe_finds_nothing_grave_and_nothing_runs_over_the_edge(chromium, address, visitor, language, scheme):
    context = chromium.new_context(viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    tab = context.new_page()
    tab.goto(f"{address}?language={language}")
    looked = worst(tab)
    width = tab.evaluate("document.documentElement.scrollWidth")
    tab.fill("#order", visitor.order)
    tab.click("#open button")
    opened = worst(tab)
    context.close()

    assert (looked, opened) == ([], [])
    assert width <= PHONE["width"]


@pytest.mark.parametrize("language", ["fr", "ar", "zh-Hans"])
def test_the_page_is_there_at_once_from_one_request_to_nobody_else(telephone, address, language):
    telephone.goto(f"{address}?language={language}")

    assert telephone.asked == [f"{address}?language={language}"]
    assert telephone.said == []
    assert telephone.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert telephone.locator("h1").count() == 1


def test_the_way_runs_down_the_side_on_which_the_language_begins(telephone, address):
    sides = {}
    for language in ("fr", "ar"):
        telephone.goto(f"{address}?language={language}")
        sides[language] = telephone.locator(".way b").first.bounding_box()["x"] + (
            telephone.locator(".way b").first.bounding_box()["width"] if language == "ar" else 0
        )

    assert sides["fr"] < PHONE["width"] / 2 < sides["ar"]


def test_the_keyboard_alone_reaches_what_is_to_be_done_and_shows_where_it_is(telephone, address):
    telephone.goto(address)
    telephone.keyboard.press("Tab")
    first = telephone.locator(":focus")

    assert first.get_attribute("href") == "#content"
    assert first.bounding_box()["x"] >= 0
    assert telephone.locator("a.go, .hero a").count() <= 1


def test_an_order_number_opens_papers_without_a_script(telephone, address, visitor):
    telephone.goto(address)
    telephone.fill("#order", "SO-0")
    telephone.click("#open button")
    wrong = telephone.locator("[role=alert]").inner_text()
    telephone.fill("#order", visitor.order)
    telephone.click("#open button")

    assert wrong == page_texts_of("fr")["page.open.wrong"][0]
    assert telephone.locator("h2#papers-title").inner_text() == page_texts_of("fr")["page.papers.title"][0]
    assert visitor.order not in telephone.url


def test_a_language_is_chosen_without_a_script(telephone, address):
    telephone.goto(address)
    telephone.click(".tongues summary")
    telephone.click(".tongues a[hreflang=ko]")

    assert telephone.locator("html").get_attribute("lang") == "ko"


def test_packing_is_noted_once_however_often_the_browser_sends_it(telephone, address, visitor):
    telephone.goto(address)
    telephone.fill("#seal", "AB 123")
    telephone.fill("#weight", "142,5")
    telephone.click("#packing button")
    said = telephone.locator("[role=status]").inner_text()
    telephone.reload()

    assert said == page_texts_of("fr")["page.said.packing_saved"][0]
    assert sum(entry.what == "handed_over" for entry in visitor.file.log) == 1


def test_a_withdrawal_goes_through_its_two_steps_to_its_receipt(telephone, address, visitor):
    telephone.goto(f"{address}?language=fr")
    telephone.click("#withdrawal button")
    assert visitor.file.parts.of(Withdrawal) == ()
    telephone.click("text=Confirmer la rétractation")

    assert telephone.locator("[role=status]").inner_text() == page_texts_of("fr")["page.said.withdrawn"][0]
    assert telephone.locator("#withdrawal p").count() >= 2
    assert len(visitor.file.parts.of(Withdrawal)) == 1


def test_no_other_site_can_frame_the_page(chromium, address):
    context = chromium.new_context(viewport=PHONE)
    tab = context.new_page()
    tab.set_content(f'<iframe src="{address}"></iframe>')
    tab.wait_for_load_state()
    outer, framed = tab.frames
    inside = framed.content()
    context.close()

    assert outer is not framed
    assert "RMA-" not in inside
