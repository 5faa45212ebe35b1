"""RETRY-BLIND: the retry of an unanswered call goes straight out, without asking again.

In the peer, a broker's countdown carries the retry, and whatever happened meanwhile is not seen.
"""

from collections.abc import Callable

from compliance.models import Permit
from config.celery import app
from dialer.models import Attempt, Lead
from tests.scenarios.floor import Floor
from tests.world import World, beijing, callees, freeze, refuse

BUSY = {"behaviour": "busy", "ring_seconds": 0.05}
AFTERNOON = beijing("2026-03-11 14:05")  # four hours after the first try


class TestRetry:
    def test_asks_the_gate_again_and_does_not_ring_whoever_refused_meanwhile(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor({0: BUSY, 1: BUSY})
        refusing, willing = callees(world, 2)
        floor.leads(refusing, willing)
        floor.start_line()
        floor.work_off()
        assert floor.invites_to(refusing) == floor.invites_to(willing) == 1

        refuse(refusing, world.principal)
        freeze(AFTERNOON)
        floor.work_off()

        assert floor.invites_to(willing) == 2  # the retry went out
        assert floor.invites_to(refusing) == 1
        assert Lead.objects.get(person=refusing).state == Lead.State.BLOCKED
        assert floor.wire_equals_permits()

    def test_before_the_pause_between_calls_is_over_does_not_ring(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor({0: BUSY})
        (person,) = callees(world, 1)
        (lead,) = floor.leads(person)
        floor.start_line()
        floor.work_off()

        freeze(lead.due_at.replace(hour=2, minute=45))  # due again, says the lead
        floor.work_off()

        assert floor.invites_to(person) == 1
        freeze(AFTERNOON)
        floor.work_off()
        assert floor.invites_to(person) == 2

    def test_has_a_decision_and_a_permit_of_its_own(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor({0: BUSY})
        (person,) = callees(world, 1)
        floor.leads(person)
        floor.start_line()
        floor.work_off()
        freeze(AFTERNOON)
        floor.work_off()

        permits = Permit.objects.filter(person=person).select_related("decision")

        assert len({permit.decision_id for permit in permits}) == floor.invites_to(person) == 2
        assert sorted(permit.decision.origin for permit in permits) == ["progressive", "retry"]
        assert Attempt.objects.filter(permit__in=permits).count() == 2


def test_no_task_of_ours_is_retried_or_scheduled_by_the_broker() -> None:
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if name.startswith("dialer.")}

    assert {"dialer.pace", "dialer.sweep"} <= ours.keys()
    assert not any(getattr(task, "autoretry_for", ()) for task in ours.values())
    assert not any(task.acks_late for name, task in ours.items() if name == "dialer.pace")
