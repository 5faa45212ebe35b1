"""The edge of a line process over real sockets: what is refused ends at once and rings nobody."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from dialer.lines.base import CallRequest, InviteSent, Outcome
from tests.sip.peers import CALLEE, Ear, MutePeer, OpenLine, identity, request, until

STRANGER = "+8613800138001"


def _of_another_callee() -> CallRequest:
    permit = str(uuid4())
    return request(CALLEE, permit_id=permit, identity=identity(STRANGER, permit_id=permit))


def _of_another_caller() -> CallRequest:
    permit = str(uuid4())
    passport = identity(permit_id=permit, caller="95013")
    return request(CALLEE, permit_id=permit, identity=passport)


def _expired() -> CallRequest:
    permit = str(uuid4())
    return request(CALLEE, permit_id=permit, identity=identity(permit_id=permit, age=11))


ATTACKS: dict[str, Callable[[], CallRequest]] = {
    "no_permit": lambda: request(CALLEE, identity=""),
    "callee": _of_another_callee,
    "caller": _of_another_caller,
    "expired": _expired,
    "foreign": lambda: request(CALLEE, identity=identity(permit_id=str(uuid4()))),
}


class TestRefusedCall:
    @pytest.mark.parametrize("why", ATTACKS)
    def test_ends_with_403_and_reaches_nobody(
        self, open_line: OpenLine, mute_peer: MutePeer, why: str
    ) -> None:
        line = open_line(mute_peer.port)
        told: list[InviteSent] = []
        line.note_invites(told.append)
        ear = Ear()

        handle = line.originate(ATTACKS[why](), ear)

        result = ear.result(seconds=2)
        assert (result.outcome, result.sip_code) == (Outcome.FORBIDDEN, 403)
        assert result.reason == f"Kept back at the edge: {why}"
        assert result.ended_by == "line"
        assert [one.refused for one in told] == [why]
        assert not handle.wait_sent(timeout_seconds=0)
        assert mute_peer.heard(seconds=0.05) == []
        until(lambda: line.capacity().live == 0)

    def test_does_not_ring_a_second_time_on_one_permit(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        line = open_line(mute_peer.port)
        first, second = Ear(), Ear()
        placed = request(CALLEE)
        line.originate(placed, first)
        invite = mute_peer.receive("INVITE")
        assert "\nIdentity:" not in invite  # no carrier sees it
        mute_peer.answer(invite, "486 Busy Here")

        line.originate(placed, second)

        assert first.result().outcome is Outcome.BUSY
        assert second.result().reason == "Kept back at the edge: spent"
        starts = [start.split()[0] for start in mute_peer.heard(seconds=0.05)]
        assert starts == ["ACK"]

    def test_is_no_longer_up_when_it_forks(self, open_line: OpenLine, mute_peer: MutePeer) -> None:
        line = open_line(mute_peer.port)
        ear = Ear()
        line.originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")
        mute_peer.answer(invite, "180 Ringing")
        until(lambda: ear.codes)

        fork = invite.replace(CALLEE, STRANGER)
        line.reactor.call_soon(lambda: line.trunk.send(fork.encode()))

        cancel = mute_peer.receive("CANCEL")
        assert STRANGER not in cancel
        mute_peer.answer(cancel, "200 OK")
        mute_peer.answer(invite, "487 Request Terminated")
        assert ear.result().outcome is Outcome.FORBIDDEN
