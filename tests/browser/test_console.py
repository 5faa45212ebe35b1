"""The console as a browser shows it, wide and narrow, in both languages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.served import Served

pytestmark = pytest.mark.apt

WORDS = {
    "zh-CN": {"waterfall": "从名单到通话", "on_the_list": "名单总数", "objects": "反对的规则"},
    "en-US": {
        "waterfall": "From the list to a call",
        "on_the_list": "On the list",
        "objects": "What objects",
    },
}
EVERY_WAY = list(product(WORDS, (1440, 390)))  # locale and width
BOTH = [("zh-CN", 1440), ("en-US", 390)]  # for journeys that begin with a house of their own
NUMBER = re.compile(r"(?<![0-9a-f])1[3-9][0-9]{9}(?![0-9a-f])")


@contextmanager
def person(chromium: Any, url: str, *, width: int, locale: str, account: str) -> Iterator[Any]:
    """Log in as an account of the demo, and watch what the browser says and asks for."""
    context = chromium.new_context(locale=locale, viewport={"width": width, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: hosts.add(urlsplit(asked.url).netloc))
    hosts: set[str] = set()
    page.goto(f"{url}/login/")
    goes(page, f"button[value={account}]")
    yield page
    assert complaints == []
    assert hosts == {urlsplit(url).netloc}
    context.close()


def goes(page: Any, link: str) -> None:
    """Follow a link, and wait for the page behind it with its style sheets."""
    with page.expect_navigation(wait_until="load"):
        page.click(link)


def follows(page: Any, href: str) -> None:
    """Follow a link of the navigation, which a narrow screen keeps behind a button."""
    if page.is_visible("button.menu"):
        page.click("button.menu")
    goes(page, f"nav a[href='{href}']")


def fits(page: Any) -> bool:
    """Return whether nothing scrolls sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    return bool(wide <= page.viewport_size["width"])


class TestConsole:
    def test_leads_from_the_log_in_to_one_decision(self, console: str, chromium: Any) -> None:
        for locale, words in WORDS.items():
            for width in (1440, 390):
                with person(
                    chromium, console, width=width, locale=locale, account="supervisor"
                ) as page:
                    page.goto(f"{console}/live/")
                    assert words["waterfall"] in page.inner_text("#waterfall-title")
                    assert words["on_the_list"] in page.inner_text(".waterfall")
                    assert page.inner_text(".step.is-list .step-left") == "48"
                    assert fits(page)

                    follows(page, "/decisions/")
                    assert fits(page)
                    page.click("details.decision.is-refuse >> nth=0 >> summary >> nth=0")
                    page.wait_for_selector("details[open] .finding.is-refuse")
                    assert words["objects"] in page.inner_text("details[open] .opened")
                    assert fits(page)

                    goes(page, "details[open] .opened > p a")
                    page.wait_for_selector(".one-decision")
                    assert page.locator(".finding.is-refuse").count() >= 1
                    assert fits(page)
                    assert not NUMBER.search(page.content())

    def test_keeps_the_live_page_up_to_date(self, console: str, chromium: Any) -> None:
        with person(chromium, console, width=1440, locale="zh-CN", account="supervisor") as page:
            page.goto(f"{console}/live/")
            seen = page.inner_text(".fresh time")

            page.wait_for_function(
                "seen => document.querySelector('.fresh time').textContent !== seen", arg=seen
            )

            assert page.is_hidden("[data-lost]")

    def test_lets_an_agent_press_ready_by_the_keyboard_alone(
        self, console: str, chromium: Any
    ) -> None:
        with person(chromium, console, width=390, locale="zh-CN", account="agent01") as page:
            page.wait_for_url("**/seat/")
            page.focus("button[data-key=F3]")

            page.keyboard.press("Enter")

            page.wait_for_selector("#desk.is-ready")
            assert fits(page)

    def test_shows_its_figures_without_scripts(self, console: str, chromium: Any) -> None:
        context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
        page = context.new_page()
        page.goto(f"{console}/login/")
        goes(page, "button[value=supervisor]")
        page.goto(f"{console}/live/")

        assert page.inner_text(".step.is-list .step-left") == "48"

        page.goto(f"{console}/decisions/")
        page.click("details.decision >> nth=0 >> summary >> nth=0")
        goes(page, "details[open] .opened > p a")
        assert page.locator(".one-decision").count() == 1
        context.close()

    def test_says_that_its_figures_are_old_once_the_stream_is_lost(
        self, served: Served, chromium: Any
    ) -> None:
        page = chromium.new_page(locale="zh-CN")
        page.goto(f"{served.url}/login/")
        goes(page, "button[value=supervisor]")
        page.goto(f"{served.url}/live/")
        page.wait_for_selector(".fresh time")
        assert page.is_hidden("[data-lost]")

        served.kill()

        page.wait_for_selector("[data-lost]", state="visible", timeout=15_000)
        assert "连接中断" in page.inner_text("[data-lost]")
