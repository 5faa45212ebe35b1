"""Somebody without an account refuses, and two seconds later nothing may call them."""

import re
import time
from typing import Any

import pytest

from audit.uuid7 import uuid7
from compliance import clock
from compliance.gate import PermitRefusal, permit_request
from compliance.models import Consent, Permit, Person, Refusal, Seat
from compliance.numbers import normalise
from compliance.services.person_for_number import known_person, number_of
from dialer.models import Campaign, Lead
from tests.browser.served import Served
from tests.browser.test_console import fits, goes

pytestmark = pytest.mark.apt

SECONDS = 2.0
BUSY = 3.0  # where each press takes long, as long as so many that refuse nothing
WORDS = {
    "zh-CN": {"in_force": "已生效", "waiting": "尚未封存", "cannot": "做不到的事"},
    "en-US": {"in_force": "In force", "waiting": "not sealed yet", "cannot": "cannot do"},
}


def next_number() -> str:
    """Return the number of somebody with a consent who could be called, and has not refused."""
    said_no = Refusal.objects.values("person")
    lead = (
        Lead.objects.filter(state=Lead.State.WAITING, campaign__filing__code="spring-course")
        .exclude(person__in=said_no)
        .filter(person__in=Consent.objects.standing().values("person"))
        .order_by("-pk")
        .first()
    )
    assert lead is not None
    return number_of(lead.person).removeprefix("+86")


def gate_says(person: Person) -> Permit | PermitRefusal:
    campaign = Campaign.objects.get(filing__code="spring-course")
    seat = Seat.objects.get(agent__username="agent06")
    now = clock.read()
    return permit_request(
        filing_id=campaign.filing_id,
        person_id=person.pk,
        seat_id=seat.pk,
        request=uuid7(now),
        origin="test",
        actor="svc:test",
        now=now,
    )


class TestPublicPage:
    def test_blocks_a_lead_within_two_seconds_of_the_press(
        self, served: Served, chromium: Any
    ) -> None:
        for locale, words in WORDS.items():
            for width in (1440, 390):
                number = next_number()
                context = chromium.new_context(
                    locale=locale, viewport={"width": width, "height": 900}
                )
                page = context.new_page()
                page.goto(f"{served.url}/public/")
                assert fits(page)
                goes(page, ".public-doors a[href='/public/refuse/']")
                assert fits(page)
                page.fill("input[name=number]", number)
                began = time.monotonic()
                goes(page, "main button.main")
                refuses_nothing = time.monotonic() - began
                assert fits(page)
                code = page.inner_text("[data-demo-code]")
                assert re.fullmatch(r"\d{6}", code)
                page.fill("input[name=code]", code)
                person = known_person(number=normalise(number))
                assert person is not None
                assert not person.refusals.exists()

                began = time.monotonic()
                goes(page, "main button.main")
                answer = gate_says(person)
                took = time.monotonic() - began

                assert isinstance(answer, PermitRefusal)
                assert "CN13-REF-09" in answer.rules
                assert took < max(SECONDS, BUSY * refuses_nothing)
                assert words["in_force"] in page.inner_text("main")
                assert number not in page.content()
                assert fits(page)
                goes(page, "main form button")
                assert words["waiting"] in page.inner_text("main")
                assert fits(page)
                goes(page, ".public-nav a[href='/public/cannot/']")
                assert words["cannot"] in page.inner_text("h1")
                assert fits(page)
                goes(page, ".public-nav a[href='/public/verifying/']")
                assert fits(page)
                context.close()
