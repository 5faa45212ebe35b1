"""CALLBACK-EXEMPT: a scheduled callback skips do-not-call, hours and attempt rules.

Here a callback is a lead with an hour of its own and an origin; no rule reads the origin.
"""

import inspect
from collections.abc import Callable
from datetime import timedelta

from compliance import clock
from compliance.models import Decision, Person
from compliance.rulebook.facts import CallFacts
from compliance.services.permits_expire import permits_expire
from dialer.models import Lead, SeatSession
from dialer.services.call_launch import Launch, call_launch
from tests.scenarios.floor import Floor
from tests.world import (
    ACTOR,
    MORNING,
    World,
    ask,
    beijing,
    callees,
    freeze,
    let_time_pass,
    permitted,
    refuse,
)

ORIGINS = ["callback", "manual", "api", "retry"]


def call_back(floor: Floor, lead: Lead, origin: str) -> Launch:
    """Try the lead for a promised callback, from the first seat that is ready."""
    floor.ready()
    session = SeatSession.objects.filter(state="ready").order_by("seat_id")[0]
    now = clock.read()
    return call_launch(lead=lead, session=session, origin=origin, actor=ACTOR, now=now).what


class TestCallback:
    def test_does_not_ring_whoever_refused_or_never_consented(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        refusing, willing = callees(world, 2)
        (stranger,) = callees(world, 1, first=5, consented=False)
        *forbidden, lead = floor.leads(refusing, stranger, willing)
        refuse(refusing, world.principal)

        for origin in ORIGINS:
            Lead.objects.filter(state=Lead.State.BLOCKED).update(state=Lead.State.WAITING)
            for one in forbidden:
                assert call_back(floor, one, origin) is Launch.LEAD_BLOCKED
        promised = call_back(floor, lead, "callback")
        floor.rings(willing)
        floor.settle()

        assert promised is Launch.PERMITTED
        assert floor.invites_to(willing) == 1
        assert floor.invites_to(refusing) == floor.invites_to(stranger) == 0

    def test_promised_for_the_noon_rest_rings_after_it(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        (person,) = callees(world, 1)
        (lead,) = floor.leads(person)
        Lead.objects.filter(pk=lead.pk).update(due_at=beijing("2026-03-11 12:30"))

        freeze(beijing("2026-03-11 12:30"))
        floor.ready()
        floor.tick()
        at_noon = floor.invites_to(person)
        freeze(beijing("2026-03-11 14:00"))
        floor.work_off()

        assert at_noon == 0
        assert floor.invites_to(person) == 1

    def test_does_not_ring_a_person_at_the_cap(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        capped, willing = callees(world, 2)
        use_up(world, capped)
        leads = floor.leads(capped, willing)

        outcomes = [call_back(floor, lead, "callback") for lead in leads]
        floor.rings(willing)
        floor.settle()

        assert outcomes == [Launch.LEAD_DEFERRED, Launch.PERMITTED]
        findings = Decision.objects.filter(person=capped).latest("pk").findings
        assert [finding["rule"] for finding in findings] == ["CN13-FRQ-01"]
        assert floor.invites_to(capped) == 0


def use_up(world: World, person: Person) -> None:
    """Let the person have had both of a day's permits, unused; it is the next morning then."""
    freeze(beijing("2026-03-11 14:30"))
    permitted(world, person)
    let_time_pass(beijing("2026-03-11 19:30"))
    permitted(world, person)
    permits_expire(now=freeze(MORNING + timedelta(days=1)))  # as the sweep does


def test_no_fact_tells_a_rule_which_path_asks(world: World) -> None:
    (person,) = callees(world, 1)
    ask(world, person)

    assert Decision.objects.get().origin == "progressive"
    assert not {"origin", "path", "source", "callback"} & set(CallFacts.__dataclass_fields__)
    assert "origin" not in inspect.signature(CallFacts).parameters
