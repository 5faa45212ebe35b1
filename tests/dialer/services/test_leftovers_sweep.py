"""Calls whose line process is gone, and calls whose line process has only lost its lock."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry
from compliance.models import Permit
from dialer import streams
from dialer.models import Attempt, SeatSession
from dialer.services import leftovers_sweep as sweep
from dialer.services.call_launch import call_launch
from dialer.services.call_open import call_open
from dialer.services.line_record import line_started, line_stopped
from tests.phones import connected
from tests.recordings import opened_recording
from tests.world import ACTOR, MORNING, World, add_lead, callee, freeze, log_on

LATER = MORNING + timedelta(minutes=1)


@pytest.fixture
def attempt(world: World) -> Attempt:
    """A call that was up when its process was last heard of."""
    freeze(MORNING)
    log_on(world, world.seat)
    session = SeatSession.objects.get(seat=world.seat)
    launched = call_launch(
        lead=add_lead(world, callee(world)),
        session=session,
        origin="progressive",
        actor=ACTOR,
        now=MORNING,
    )
    assert isinstance(launched.permit, Permit)
    opened = call_open(
        permit_id=launched.permit.pk,
        trunk_id=world.trunk.pk,
        line_process="gone",
        recording=opened_recording(),
        phone_is_up=connected,
        now=MORNING,
    )
    freeze(LATER)
    return Attempt.objects.get(pk=opened.attempt_id)


@pytest.fixture(autouse=True)
def database_of_long_standing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "SETTLING", timedelta())


class TestLeftoversSweep:
    def test_closes_the_calls_of_a_process_that_is_gone(self, attempt: Attempt) -> None:
        sweep.leftovers_sweep(now=LATER)

        attempt.refresh_from_db()
        assert attempt.result == "lost"
        assert attempt.permit.state == Permit.State.CLOSED

    def test_records_once_that_a_line_is_lost(self, world: World) -> None:
        line_started(trunk_id=world.trunk.pk, now=MORNING)

        sweep.leftovers_sweep(now=LATER)
        sweep.leftovers_sweep(now=LATER)

        entry = AuditEntry.objects.of("line.lost").get()
        assert entry.object == f"trunk:{world.trunk.pk}"

    def test_records_no_loss_of_a_line_that_stopped_by_itself(self, world: World) -> None:
        line_started(trunk_id=world.trunk.pk, now=MORNING)
        line_stopped(trunk_id=world.trunk.pk, now=MORNING)

        sweep.leftovers_sweep(now=LATER)

        assert not AuditEntry.objects.of("line.lost").exists()

    def test_leaves_the_calls_of_a_trunk_that_still_has_a_heartbeat(
        self, attempt: Attempt, world: World
    ) -> None:
        beating = streams.Heartbeat(live=1, max_calls=50, up=True, invites_sent=1)
        streams.beat(trunk_code=world.trunk.code, heartbeat=beating)

        sweep.leftovers_sweep(now=LATER)

        attempt.refresh_from_db()
        assert attempt.ended_at is None

    def test_leaves_all_calls_while_a_new_database_has_not_got_its_locks_back(
        self, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweep, "SETTLING", timedelta(days=36_500))

        sweep.leftovers_sweep(now=LATER)

        attempt.refresh_from_db()
        assert attempt.ended_at is None
