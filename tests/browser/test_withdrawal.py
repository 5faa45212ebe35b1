"""A consent is withdrawn in mid campaign: the next permit is refused, and the pages say why."""

from typing import Any

import pytest

from compliance.gate import PermitRefusal
from compliance.models import Consent
from compliance.numbers import normalise
from compliance.services.person_for_number import known_person
from tests.browser.test_console import EVERY_WAY, NUMBER, fits, goes, person
from tests.browser.test_public import gate_says, next_number

pytestmark = pytest.mark.apt

RULE = "CN13-CON-01"
WORDS = {
    "zh-CN": {"withdrawn": "已撤回", "none": "无有效同意"},
    "en-US": {"withdrawn": "withdrawn", "none": "no consent"},
}


class TestWithdrawal:
    def test_has_the_next_permit_refused_and_told_on_the_pages(
        self, console: str, chromium: Any
    ) -> None:
        for locale, width in EVERY_WAY:
            number = next_number()
            someone = known_person(number=normalise(number))
            assert someone is not None
            assert Consent.objects.standing().filter(person=someone).exists()

            with person(chromium, console, width=width, locale=locale, account="owner") as page:
                withdraw(page, console, number, WORDS[locale]["withdrawn"])
            answer = gate_says(someone)

            assert isinstance(answer, PermitRefusal)
            assert RULE in answer.rules
            with person(
                chromium, console, width=width, locale=locale, account="compliance"
            ) as page:
                told(page, console, number, WORDS[locale]["none"])
            assert not Consent.objects.standing().filter(person=someone).exists()


def withdraw(page: Any, console: str, number: str, word: str) -> None:
    """Find the consent by the exact number, and record that it was taken back."""
    page.goto(f"{console}/consents/")
    assert fits(page)
    page.fill("input[name=number]", number)
    goes(page, "main form button.main")
    assert fits(page)
    goes(page, "main table a >> nth=0")
    assert fits(page)
    goes(page, "main form button.danger")
    assert word in page.inner_text(".page-head")
    assert page.locator("main form button.danger").count() == 0
    assert not NUMBER.search(page.content())


def told(page: Any, console: str, number: str, word: str) -> None:
    """See on the person's dossier that nothing may be called, and by which rule."""
    page.goto(f"{console}/dossiers/")
    page.fill("#number", number)
    goes(page, "form.stack button.main")
    assert word in page.inner_text("header.page-head")
    row = page.locator(".answers tbody tr >> nth=0")
    assert row.locator(".badge.is-refuse").count() == 1
    assert RULE in row.inner_text()
    assert fits(page)
    goes(page, ".answers .badge.is-refuse >> nth=0")
    page.wait_for_selector(".one-decision")
    assert RULE in page.inner_text("main")
    assert fits(page)
    assert not NUMBER.search(page.content())
