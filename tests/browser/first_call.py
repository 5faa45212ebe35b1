"""The first call of a campaign: an agent presses ready, the schedule looks, the line carries it.

The line is the test here; tests/scenarios has the line process itself.
"""

from typing import Any

from compliance import clock
from compliance.models import CampaignFiling, Permit
from dialer.models import Campaign
from dialer.services.campaign_pace import campaign_pace
from tests.browser.test_console import NUMBER, fits, goes, person
from tests.console.desk.line import AGENT, answer, carry, end, line_is_up, wait


def first_call(
    chromium: Any, console: str, filing: CampaignFiling, *, width: int, locale: str
) -> None:
    """Have an agent reach the first person; the supervisor sees the call, and why it may be."""
    with person(chromium, console, width=width, locale=locale, account=AGENT) as page:
        page.wait_for_url("**/seat/")
        page.select_option("select[name=campaign]", filing.code)
        page.keyboard.press("F3")
        page.wait_for_selector("#desk.is-ready")
        campaign = Campaign.objects.get(filing=filing)
        line_is_up()
        assert campaign_pace(campaign=campaign, now=clock.read()) == 1
        permit = Permit.objects.get(filing=filing)
        attempt = carry()
        page.wait_for_selector("#desk.is-ringing")
        answer(attempt)
        page.wait_for_selector("#desk.is-talking")
        assert permit.person.masked in page.inner_text(".desk-card .number")
        assert fits(page)
        assert not NUMBER.search(page.content())
        seen_by_the_supervisor(chromium, console, permit, width=width, locale=locale)
        end(attempt)
        page.wait_for_selector("#desk.is-wrap_up")
        page.check("input[name=said][value=talked]")
        page.keyboard.press("F2")
        page.wait_for_selector("#desk.is-between")
        wait(60)  # the agent's rest


def seen_by_the_supervisor(
    chromium: Any, console: str, permit: Permit, *, width: int, locale: str
) -> None:
    """Find the call on the campaign's live page, and behind it the decision that allowed it."""
    with person(chromium, console, width=width, locale=locale, account="supervisor") as page:
        page.goto(f"{console}/live/?campaign={permit.filing.code}")
        assert permit.person.masked in page.inner_text(".calls li")
        assert page.locator(".calls .badge.is-talking").count() == 1
        assert fits(page)
        goes(page, ".calls li a.number")
        page.wait_for_selector(".one-decision")
        assert str(permit.decision_id) in page.url
        assert page.locator(".one-decision .badge.is-allow").count() >= 1
        assert fits(page)
        assert not NUMBER.search(page.content())
