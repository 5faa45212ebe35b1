"""An agent's day at the desk: the card, the call, the person's no, the wrap-up; by keyboard alone.

The line is the test here: it opens, answers and ends the calls by the services that a line process
uses. tests/chaos and tests/scenarios have the line process itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from compliance import clock
from compliance.models import Person, Refusal
from compliance.services.person_for_number import number_of
from dialer.models import Attempt
from dialer.services.refusal_during_call import refusal_during_call
from tests.browser.served import Served
from tests.browser.test_console import BOTH, fits, goes
from tests.console.desk.line import (
    AGENT,
    LINE,
    answer,
    carry,
    end,
    line_is_up,
    line_stays_up,
    wait,
)
from tests.console.house import OPENING, set_clock

pytestmark = pytest.mark.apt


WORDS = {
    "zh-CN": {
        "looking": "请看名片",
        "talking": "通话中",
        "wrap_up": "话后小结",
        "done": "可以继续",
        "key_9": "按了 9",
    },
    "en-US": {
        "looking": "Read the card",
        "talking": "Talking",
        "wrap_up": "Wrap-up",
        "done": "Done",
        "key_9": "pressed 9",
    },
}


@contextmanager
def desk(chromium: Any, url: str, *, width: int, locale: str) -> Iterator[tuple[Any, list[str]]]:
    """Sit the agent down; everything that the browser receives and sends is kept."""
    context = chromium.new_context(locale=locale, viewport={"width": width, "height": 900})
    page = context.new_page()
    trace: list[str] = []
    complaints: list[str] = []

    def keep(route: Any) -> None:
        trace.append(f"{route.request.url} {route.request.post_data}")
        response = route.fetch(max_redirects=0)
        trace.extend([str(response.headers_array), response.body().decode("utf-8", "replace")])
        route.fulfill(response=response)

    context.route("**/*", keep)
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{url}/login/")
    goes(page, f"button[value={AGENT}]")
    page.wait_for_url("**/seat/")
    with line_stays_up():
        yield page, trace
    trace.append(str(context.cookies()))
    assert complaints == []
    context.close()


def phase(page: Any, name: str) -> None:
    page.wait_for_selector(f"#desk.is-{name}")


def permitted_card(page: Any, words: dict[str, str]) -> int:
    """Ask for a card by key, read it, ask for its call; return the call, which rings."""
    page.keyboard.press("F2")
    phase(page, "looking")
    assert words["looking"] in page.inner_text("#desk-phase")
    assert "****" in page.inner_text(".desk-card .number")
    line_is_up()
    wait(6)
    page.reload()  # the state is the server's: the same card
    phase(page, "looking")
    page.wait_for_selector("[data-opens]:not([disabled])")
    assert fits(page)
    page.keyboard.press("F2")
    phase(page, "dialling")
    attempt = carry()
    phase(page, "ringing")
    return attempt


class TestDesk:
    def test_leads_from_the_card_through_the_persons_no_to_the_wrap_up(
        self, served: Served, chromium: Any
    ) -> None:
        numbers = [number_of(person).removeprefix("+86") for person in Person.objects.all()]
        minutes = 0
        for locale, words in WORDS.items():
            for width in (1440, 390):
                minutes += 10
                set_clock(OPENING + timedelta(minutes=minutes))
                with desk(chromium, served.url, width=width, locale=locale) as (page, trace):
                    attempt = permitted_card(page, words)
                    answer(attempt)
                    phase(page, "talking")
                    assert words["talking"] in page.inner_text("#desk-phase")
                    assert page.locator(".desk-steps li").count() >= 1
                    assert fits(page)

                    page.keyboard.press("F8")
                    page.wait_for_selector(".desk-heard")
                    assert Refusal.objects.filter(
                        evidence__contains=str(permit_of(attempt))
                    ).exists()
                    end(attempt)
                    phase(page, "between")  # the agent has said it already
                    assert words["done"] in page.inner_text("#desk-phase")
                    assert fits(page)
                told = "\n".join(trace)
                assert len(told) > 10_000
                assert [number for number in numbers if number in told] == []

    @pytest.mark.parametrize(("locale", "width"), BOTH)
    def test_shows_key_nine_and_locks_the_wrap_up(
        self, served: Served, chromium: Any, locale: str, width: int
    ) -> None:
        words = WORDS[locale]
        set_clock(OPENING + timedelta(minutes=10))
        with desk(chromium, served.url, width=width, locale=locale) as (page, _):
            attempt = permitted_card(page, words)
            answer(attempt)
            phase(page, "talking")
            refusal_during_call(attempt_id=attempt, actor=LINE, now=clock.read())
            page.wait_for_selector(".desk-heard")
            assert words["key_9"] in page.inner_text(".desk-heard")
            end(attempt)
            phase(page, "wrap_up")
            assert words["wrap_up"] in page.inner_text("#desk-phase")
            assert fits(page)
            assert page.locator("input[name=said]").evaluate_all(
                "radios => radios.map(one => one.value)"
            ) == ["refused", "refused_all"]

            page.keyboard.press("F3")  # ready, which is not offered before the wrap-up
            page.reload()
            phase(page, "wrap_up")
            page.keyboard.press("F2")
            phase(page, "between")

        assert Attempt.objects.get(pk=attempt).wrap_ups.get().said == "refused"

    def test_offers_nothing_to_search_and_nothing_to_dial(
        self, served: Served, chromium: Any
    ) -> None:
        with desk(chromium, served.url, width=1440, locale="zh-CN") as (page, _):
            page.wait_for_selector("#desk")
            typed = "input:not([type=hidden]):not([type=radio]), textarea, [contenteditable]"

            assert page.locator(f"main :is({typed})").count() == 0
            assert page.locator("a[href^='tel:'], a[href^='sip:']").count() == 0


def permit_of(attempt: int) -> object:
    return Attempt.objects.get(pk=attempt).permit_id
