"""A refusal that meets a call on its way out waits for the INVITE; one that is up is ended."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from compliance.models import Permit, Person, Refusal
from compliance.services.consent_withdraw import consent_withdraw
from dialer.lines.base import Outcome
from dialer.models import Attempt, Lead, SeatSession
from dialer.services.call_launch import Launch, call_launch
from tests.scenarios.floor import Floor, until
from tests.world import ACTOR, MORNING, World, callees, refuse, somebody_waits_for

WAITS = {"behaviour": "answer_wait", "ring_seconds": 0.05}
RINGS = {"behaviour": "no_answer"}


def call(floor: Floor, lead: Lead, *, host_is_ahead: timedelta = timedelta(0)) -> None:
    """Launch a call from the first ready seat, by a host whose clock may be a little ahead."""
    if not SeatSession.objects.filter(state="ready").exists():
        floor.ready()
    session = SeatSession.objects.filter(state="ready").order_by("seat_id")[0]
    launched = call_launch(
        lead=lead, session=session, origin="progressive", actor=ACTOR, now=MORNING + host_is_ahead
    )
    assert launched.what is Launch.PERMITTED


def ended(person: Person) -> bool:
    return Attempt.objects.filter(lead__person=person, ended_at__isnull=False).exists()


class TestCallThatIsUp:
    @pytest.mark.parametrize("ahead_ms", [0, 900])
    def test_ends_with_a_refusal(
        self, world: World, open_floor: Callable[..., Floor], ahead_ms: int
    ) -> None:
        floor = open_floor({0: WAITS, 1: WAITS})
        floor.start_line()
        refusing, willing = callees(world, 2)
        for lead in floor.leads(refusing, willing):
            call(floor, lead, host_is_ahead=timedelta(milliseconds=ahead_ms))
        until(lambda: Attempt.objects.filter(answered_at__isnull=False).count() == 2)

        refuse(refusing, world.principal)

        until(lambda: ended(refusing))
        assert Attempt.objects.get(lead__person=refusing).ended_by == "us"
        assert not ended(willing)
        refuse(willing, None)  # who is up until then
        until(lambda: ended(willing))

    def test_stops_ringing_with_a_withdrawal(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor({0: RINGS})
        floor.start_line()
        (person,) = callees(world, 1)
        call(floor, floor.leads(person)[0])
        floor.rings(person)
        until(lambda: Attempt.objects.filter(ringing_at__isnull=False).exists())

        consent_withdraw(consent=person.consents.get(), actor=ACTOR, now=MORNING)

        until(lambda: ended(person))
        assert Attempt.objects.get().result == Outcome.CANCELED.value


@contextmanager
def busy(floor: Floor) -> Iterator[None]:
    """Keep the line's own thread from sending anything."""
    go_on = threading.Event()
    floor.line.reactor.call_soon(lambda: go_on.wait(10))
    try:
        yield
    finally:
        go_on.set()


class TestInviteThatIsLate:
    def test_keeps_a_refusal_waiting_and_is_ended_by_it(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor({0: WAITS})
        floor.start_line()
        (person,) = callees(world, 1)
        (lead,) = floor.leads(person)
        floor.ready()
        saying = threading.Thread(target=_refuse, args=[person, world], daemon=True)

        with busy(floor):
            call(floor, lead)
            until(lambda: Permit.objects.filter(redeemed_at__isnull=False).exists())
            saying.start()
            until(lambda: somebody_waits_for(person.pk))
            recorded_before_the_invite = Refusal.objects.count()
        saying.join(20)
        floor.settle()

        assert recorded_before_the_invite == 0
        assert Refusal.objects.count() == 1
        assert floor.invites_to(person) == 1  # it was on its way when the person spoke …
        assert Attempt.objects.get().ended_by == "us"  # … and was taken back


def _refuse(person: Person, world: World) -> None:
    try:
        refuse(person, world.principal)
    finally:
        connection.close()
