"""A key 9 inside a call: on the record before the callee hears us hang up."""

import time

import pytest
from django.db import OperationalError

from compliance.models import Refusal
from dialer.line_process import calls
from dialer.line_process.calls import Calls, LiveCall
from dialer.lines.fake import FakeLine
from dialer.models import Attempt, SeatSession
from dialer.services.call_open import call_open
from dialer.services.refusal_during_call import refusal_during_call
from tests.world import MORNING, World, add_lead, build_world, callee, freeze, log_on, permitted


class WatchfulHandle:
    """A call that notes what is on the record when it is hung up."""

    call_id = "watched"

    def __init__(self) -> None:
        self.refusals_at_hangup: list[int] = []

    def hangup(self) -> None:
        self.refusals_at_hangup.append(Refusal.objects.count())

    def wait_sent(self, *, timeout_seconds: float) -> bool:
        return True

    def send_digits(self, digits: str) -> None:
        raise NotImplementedError

    def play(self, path: str | None) -> None:
        raise NotImplementedError


@pytest.fixture
def world(transactional_db: None) -> World:
    freeze(MORNING)
    return build_world()


@pytest.fixture
def live(world: World) -> LiveCall:
    person = callee(world)
    log_on(world, world.seat)
    add_lead(world, person)
    permit = permitted(world, person)
    session = SeatSession.objects.filter(seat=world.seat)
    session.update(state=SeatSession.State.RESERVED, permit=permit)
    opened = call_open(
        permit_id=permit.pk, trunk_id=world.trunk.pk, line_process="test", now=MORNING
    )
    return LiveCall(
        attempt_id=opened.attempt_id,
        permit_id=permit.pk,
        person_id=person.pk,
        handle=WatchfulHandle(),
    )


class TestKeyNine:
    def test_is_on_the_record_before_we_hang_up(self, world: World, live: LiveCall) -> None:
        held = Calls(line=FakeLine({}), trunk_id=world.trunk.pk, process="test")

        held._refused(live)

        assert isinstance(live.handle, WatchfulHandle)
        assert live.handle.refusals_at_hangup == [1]
        refusal = Refusal.objects.get()
        assert refusal.evidence == f"permit:{Attempt.objects.get().permit_id}"

    def test_does_not_keep_the_callee_on_the_line_for_a_database_that_is_away(
        self, world: World, live: LiveCall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = Calls(line=FakeLine({}), trunk_id=world.trunk.pk, process="test")
        away_until = time.monotonic() + 0.5

        def away(**call: object) -> Refusal:
            if time.monotonic() < away_until:
                raise OperationalError
            return refusal_during_call(**call)  # type: ignore[arg-type]

        monkeypatch.setattr(calls, "refusal_during_call", away)
        monkeypatch.setattr(calls, "REFUSAL_SECONDS", 0.2)

        held._refused(live)

        assert isinstance(live.handle, WatchfulHandle)
        assert live.handle.refusals_at_hangup == [0]
        assert Refusal.objects.count() == 1
