"""A line that stands still too long: its worker gives the call up, and nothing leaves later."""

import threading
from collections.abc import Callable

import pytest

from compliance.locks import number_held
from compliance.models import Permit
from dialer.models import Attempt, LineInvite
from tests.scenarios.floor import Floor, until
from tests.world import World, callees


class TestCallOfALineThatStoodStill:
    def test_never_leaves_after_the_lock_of_its_number_was_released(
        self,
        world: World,
        open_floor: Callable[..., Floor],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("dialer.line_process.calls.SEND_SECONDS", 0.2)
        floor = open_floor()
        floor.start_line()
        (person,) = callees(world, 1)
        floor.leads(person)
        floor.ready(world.seats[0])
        go_on = threading.Event()

        floor.line.reactor.call_soon(lambda: go_on.wait(15))
        assert floor.tick() == 1
        until(Attempt.objects.exists)
        with number_held(person.pk):  # as a refusal would: the worker has let go of it
            go_on.set()
        floor.settle()

        attempt, permit = Attempt.objects.get(), Permit.objects.get()
        assert floor.invites_to(person) == 0
        assert (permit.state, permit.result) == (Permit.State.CLOSED, "line_down")
        assert attempt.ended_at is not None
        assert not LineInvite.objects.exists()
