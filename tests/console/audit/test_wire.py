"""Wire = permits, as the page tells it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from audit.uuid7 import uuid7
from compliance import clock
from compliance.models import Permit, Trunk
from console.selectors.audit.wire import name_of
from dialer.models import LineInvite
from dialer.reconcile.comparison import Span
from dialer.reconcile.hours import hours
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


@pytest.fixture
def officer(seeded: Seeded, log_in: LogIn) -> Client:
    return log_in("compliance")


def sent(permit: Permit | None) -> LineInvite:
    at = clock.host_now()
    return LineInvite.objects.create(
        id=uuid7(at),
        trunk=Trunk.objects.earliest("pk"),
        permit=permit,
        person=permit.person if permit else None,
        masked="138****0011",
        caller="+8695100001",
        disguised=False,
        call_id=f"call-{permit.pk if permit else 'none'}",
        sent_at=at,
        noted_at=at,
    )


def spent() -> Permit:
    return Permit.objects.filter(redeemed_at__isnull=False).earliest("pk")


def this_hour() -> Span:
    now = clock.host_now()
    since = now.replace(minute=0, second=0, microsecond=0)
    return Span(since=since, until=since + timedelta(hours=1))


def this_day() -> Span:
    hour = this_hour()
    return Span(since=hour.since - timedelta(days=1), until=hour.until)


class TestTheHours:
    def test_agree_where_each_permit_has_its_invite(self, seeded: Seeded) -> None:
        permits = Permit.objects.filter(redeemed_at__isnull=False)
        for permit in permits:
            sent(permit)

        (hour,) = hours(span=this_hour(), witnesses=[])

        assert (hour.permits, hour.line, hour.agrees) == (len(permits), len(permits), True)

    def test_show_a_permit_whose_invite_never_left(self, seeded: Seeded) -> None:
        sent(spent())
        unsent = Permit.objects.filter(redeemed_at__isnull=False).count() - 1
        assert unsent > 0

        found = hours(span=this_day(), witnesses=[])

        assert sum(hour.never_left for hour in found) == unsent
        assert not all(hour.agrees for hour in found)

    def test_show_an_invite_that_had_no_permit(self, seeded: Seeded) -> None:
        sent(None)

        (hour,) = hours(span=this_hour(), witnesses=[])

        assert (hour.line, hour.without_permit, hour.agrees) == (1, 1, False)


class TestThePage:
    def test_leads_from_the_day_to_the_hour_and_its_calls(self, officer: Client) -> None:
        invite = sent(spent())
        name = name_of(invite.sent_at.replace(minute=0, second=0, microsecond=0))

        day = officer.get(reverse("console:wire")).content.decode()
        hour = officer.get(reverse("console:wire_hour", args=[name]))

        assert reverse("console:wire_hour", args=[name]) in day
        assert list(hour.context["found"].calls) == [invite]

    def test_names_a_call_without_a_permit(self, officer: Client) -> None:
        invite = sent(None)
        name = name_of(invite.sent_at.replace(minute=0, second=0, microsecond=0))

        page = officer.get(reverse("console:wire_hour", args=[name])).content.decode()

        assert "没有许可" in page
        assert "verdict is-refuse" in page

    def test_says_that_nobody_else_has_counted(self, officer: Client) -> None:
        sent(spent())

        assert "没有独立见证" in officer.get(reverse("console:wire")).content.decode()
