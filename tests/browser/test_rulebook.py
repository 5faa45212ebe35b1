"""A rule is changed in a browser: proposed, replayed, and approved by another person."""

from functools import partial
from typing import Any

import pytest

from compliance import clock
from compliance.models import PackEdition
from compliance.services.rule_hours_count import rule_hours_count
from console.jobs import queue
from console.models import Job
from tests.browser.test_console import BOTH, fits, goes, person

pytestmark = pytest.mark.apt


RULE = "CN13-TIM-01"
WORDS = {
    "zh-CN": {
        "waits": "待批准",
        "newly": "新增推迟",
        "to_come": "待生效",
        "floor": "突破底线",
        "hours": "15:00-20:00",
    },
    "en-US": {
        "waits": "waits for approval",
        "newly": "newly deferred",
        "to_come": "to come",
        "floor": "Looser than its floor",
        "hours": "16:00-20:00",
    },
}


class TestAProposal:
    @pytest.mark.parametrize(("locale", "width"), BOTH)
    def test_goes_by_a_replay_to_its_approval_by_another_person(
        self, console: str, chromium: Any, locale: str, width: int
    ) -> None:
        rule_hours_count(now=clock.read())
        words = WORDS[locale]
        look = partial(person, chromium, console, width=width, locale=locale)
        with look(account="compliance") as page:
            edition = propose(page, console, words)
            replay(page, words)
            page.goto(f"{console}/rules/editions/{edition.pk}/")
            assert page.locator("ul.replays a").count() == 1
        with look(account="owner") as page:
            approve(page, console, edition)
            page.goto(f"{console}/rules/editions/{edition.pk}/")
            assert words["to_come"] in page.inner_text("h1")
            assert fits(page)
        edition.refresh_from_db()
        assert edition.approver is not None


def propose(page: Any, console: str, words: dict[str, str]) -> PackEdition:
    page.goto(f"{console}/rules/")
    assert fits(page)
    page.evaluate("document.querySelectorAll('details.family').forEach((d) => { d.open = true; })")
    goes(page, f"a[href='/rules/{RULE}/']")
    assert fits(page)
    goes(page, f"a[href='/rules/{RULE}/propose/']")
    assert fits(page)
    page.fill("[name='n.P3']", "07:00-21:00")
    page.fill("[name=reason]", "春季课程只在下午呼叫")
    goes(page, "button[name=propose]")
    assert words["floor"] in page.inner_text("[role=alert]")  # it cannot be loosened

    page.fill("[name='n.P3']", words["hours"])
    goes(page, "button[name=propose]")
    assert words["waits"] in page.inner_text("h1")
    assert words["hours"] in page.inner_text(".changes")
    assert fits(page)
    return PackEdition.objects.latest("pk")


def replay(page: Any, words: dict[str, str]) -> None:
    goes(page, "form.replay-form button")
    job = Job.objects.latest("started_at")
    queue.run(job.pk)
    page.goto(page.url)
    goes(page, f"a[href='/rules/replays/{job.pk}/']")
    assert words["newly"] in page.inner_text("main")
    assert fits(page)


def approve(page: Any, console: str, edition: PackEdition) -> None:
    page.goto(f"{console}/rules/editions/{edition.pk}/")
    goes(page, "main a[href^='/approvals/']")
    goes(page, "button[value=approve]")
