"""A line that is full, or that starts no more calls this second, costs nobody a permit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from compliance import clock
from compliance.models import Permit
from dialer.lines.sip import admission
from dialer.lines.sip.config import TrunkConfig
from dialer.models import Attempt, Lead, LineInvite, SeatSession, TrunkEndpoint
from tests.scenarios.floor import ANSWERS, Floor, until
from tests.scenarios.test_planted_invite import reconciled
from tests.world import World, callees

ROOM, ASKED = 3, 6
NO_ROOM: dict[str, dict[str, Any]] = {
    "calls a second": {"calls_per_second": float(ROOM)},
    "RTP ports": {"rtp_ports": (31_200, 31_200 + 2 * ROOM)},
}
# A port is free again when its call is over: none is before all have asked, on a busy machine too.
LONG = {**ANSWERS, "talk_seconds": 8.0}


class StandingClock:
    """A monotonic clock in whose single second everything happens."""

    def monotonic(self) -> float:
        return 100.0


@pytest.fixture
def small_floor(
    open_floor: Callable[..., Floor], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Floor]:
    monkeypatch.setattr(admission, "time", StandingClock())

    def opened(**changes: Any) -> Floor:
        floor = open_floor(
            dict.fromkeys(range(ASKED), LONG if "rtp_ports" in changes else ANSWERS)
        )
        usual = floor._config

        def small(endpoint: TrunkEndpoint) -> TrunkConfig:
            return replace(usual(endpoint), **changes)

        monkeypatch.setattr(floor, "_config", small)
        floor.start_line()
        return floor

    return opened


class TestPermitsThatFindNoRoom:
    @pytest.mark.parametrize("what", NO_ROOM)
    def test_are_given_back_unspent_and_their_seats_are_ready(
        self,
        world: World,
        small_floor: Callable[..., Floor],
        capsys: pytest.CaptureFixture[str],
        what: str,
    ) -> None:
        floor = small_floor(**NO_ROOM[what])
        floor.leads(*callees(world, ASKED))
        floor.ready()

        asked = floor.tick() + floor.tick()  # before the line could say that it is full
        floor.settle()
        until(lambda: LineInvite.objects.count() == ROOM)

        assert asked == ASKED
        assert sum(floor.invites().values()) == Attempt.objects.count() == ROOM
        assert floor.wire_equals_permits()
        back = Permit.objects.filter(redeemed_at=None)
        assert set(back.values_list("state", "void_reason")) == {("void", "line_full")}
        assert back.count() == ASKED - ROOM
        seats = SeatSession.objects.filter(seat__in=back.values("seat"))
        assert {seat.state for seat in seats} == {SeatSession.State.READY}
        waiting = Lead.objects.filter(person__in=back.values("person"))
        assert {lead.state for lead in waiting} == {Lead.State.WAITING}
        assert all(lead.due_at < clock.read() + timedelta(minutes=2) for lead in waiting)
        report = reconciled(capsys)
        assert report["unmatched"] == []
        assert (report["permits_redeemed"], report["invites_sent"]) == (ROOM, ROOM)

    def test_are_not_asked_for_where_the_line_says_what_it_may_start(
        self, world: World, small_floor: Callable[..., Floor]
    ) -> None:
        floor = small_floor(calls_per_second=float(ROOM))
        floor.leads(*callees(world, ASKED))
        floor.ready()

        assert floor.tick() == ROOM
