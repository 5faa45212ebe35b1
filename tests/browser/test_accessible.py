"""The pages of somebody who has not logged in: accessible, narrow, and without a number."""

from typing import Any

import pytest

from tests.browser.accessibility import looks_well
from tests.browser.test_console import goes, person

pytestmark = pytest.mark.apt
STRANGER = "13900001234"
WHITE = "rgb(255, 255, 255)"


class TestLogIn:
    def test_and_the_second_factor_are_accessible(self, console: str, chromium: Any) -> None:
        page = chromium.new_page(locale="zh-CN")
        page.goto(f"{console}/login/")
        looks_well(page)
        page.fill("input[name=username]", "compliance")
        page.fill("input[name=password]", "correct horse battery staple")
        goes(page, "form.stack button.main")
        assert "/second-factor/" in page.url
        looks_well(page)
        page.close()


class TestPublicPages:
    @pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
    def test_are_accessible_at_every_step(self, console: str, chromium: Any, locale: str) -> None:
        page = chromium.new_page(locale=locale)
        for path in ("", "cannot/", "verifying/", "receipt/"):
            page.goto(f"{console}/public/{path}")
            looks_well(page)
        page.goto(f"{console}/public/refuse/")
        looks_well(page)
        page.fill("input[name=number]", STRANGER)
        goes(page, "main button.main")
        looks_well(page)
        page.fill("input[name=code]", page.inner_text("[data-demo-code]"))
        goes(page, "main button.main")
        looks_well(page)
        goes(page, "main form button")  # the receipt is looked up
        looks_well(page)
        page.close()


class TestPaper:
    def test_of_a_decision_holds_what_it_says_and_no_navigation(
        self, console: str, chromium: Any
    ) -> None:
        with person(chromium, console, width=1440, locale="zh-CN", account="compliance") as page:
            page.goto(f"{console}/decisions/")
            page.click("details.decision >> nth=0 >> summary >> nth=0")
            goes(page, "details[open] .opened > p a")
            assert page.is_visible("nav.frame-nav")

            page.emulate_media(media="print")

            for hidden in ("nav.frame-nav", ".frame-side", ".crumbs"):
                assert page.locator(hidden).count() > 0, hidden
                assert page.locator(f"{hidden}:visible").count() == 0, hidden
            assert page.is_visible(".one-decision h1")
            findings = page.locator(".finding")
            assert findings.count() > 0
            assert page.locator(".finding:visible").count() == findings.count()
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == WHITE
