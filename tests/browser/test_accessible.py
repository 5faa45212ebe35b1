"""The pages of somebody who has not logged in: accessible, narrow, and without a number."""

import base64
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import totp

from compliance.models import User
from tests.browser.accessibility import looks_well
from tests.browser.test_console import goes, person
from tests.console.factor import shown_before
from tests.console.house import PASSWORD

pytestmark = pytest.mark.apt
STRANGER = "13900001234"
WHITE = "rgb(255, 255, 255)"


@pytest.fixture
def enrolled_owner(console: str) -> None:
    """Somebody who decides and has an authenticator: they could be a witness."""
    shown_before(Client(), User.objects.get(username="owner"))


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

    def test_waits_for_a_witness_and_goes_on_once_there_was_one(
        self, console: str, enrolled_owner: None, chromium: Any
    ) -> None:
        page = chromium.new_page(locale="zh-CN")
        page.goto(f"{console}/login/")
        page.fill("input[name=username]", "compliance")
        page.fill("input[name=password]", PASSWORD)
        goes(page, "form.stack button.main")
        key = page.locator("details code").text_content().replace(" ", "")
        page.fill("input[name=code]", f"{totp(base64.b32decode(key)):06d}")
        goes(page, "form.stack button.main")
        assert "当面见证" in page.inner_text("h1")
        looks_well(page)
        with person(chromium, console, width=390, locale="en-US", account="owner") as witness:
            witness.goto(f"{console}/approvals/")
            goes(witness, "main a:has-text('compliance')")
            looks_well(witness)
            goes(witness, "button[value=approve]")

        goes(page, "a.button.main")

        assert "/second-factor/" not in page.url
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
