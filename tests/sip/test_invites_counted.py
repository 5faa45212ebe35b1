"""The line's own count beside the carrier's, over real sockets: calls, not packets."""

from collections.abc import Callable

import pytest

from dialer.lines.base import InviteSent
from dialer.lines.sip.invites import invite_sent
from dialer.lines.sip.packet import read_packet
from tests.sip.peers import (
    CALLEE,
    CALLER,
    CarrierProcess,
    Ear,
    MutePeer,
    OpenLine,
    request,
    until,
)


@pytest.fixture
def told() -> list[InviteSent]:
    return []


class TestCount:
    @pytest.mark.parametrize(
        "name",
        [
            "answer",
            "auth_407",
            "auth_401",
            "lost_first_invite",
            "moved",
            "busy",
            "forked",
            "glare",
        ],
    )
    def test_is_one_for_each_call_as_the_carriers(
        self,
        carrier: CarrierProcess,
        open_line: OpenLine,
        number: Callable[[str], str],
        told: list[InviteSent],
        name: str,
    ) -> None:
        line = open_line(carrier.port)
        line.note_invites(told.append)
        ear = Ear()
        placed = request(number(name))
        handle = line.originate(placed, ear)
        if name in {"forked", "glare"}:
            assert handle.wait_sent(timeout_seconds=5)
            handle.hangup()

        ear.result()

        assert told == [
            InviteSent(
                permit_id=placed.permit_id,
                call_id=handle.call_id,
                callee=number(name),
                caller=CALLER,
                disguised=False,
            )
        ]
        assert carrier.call(handle.call_id).request_uri_number == told[0].callee

    def test_leaves_out_what_is_sent_again(
        self, open_line: OpenLine, mute_peer: MutePeer, told: list[InviteSent]
    ) -> None:
        line = open_line(mute_peer.port)
        line.note_invites(told.append)
        ear = Ear()

        handle = line.originate(request(CALLEE), ear)
        packets = [mute_peer.receive("INVITE") for _ in range(3)]
        handle.hangup()
        mute_peer.answer(packets[0], "486 Busy Here")

        ear.result()
        assert len(packets) == 3
        assert len(told) == 1

    def test_has_what_the_line_would_send_without_a_call_as_kept_back(
        self, open_line: OpenLine, mute_peer: MutePeer, told: list[InviteSent]
    ) -> None:
        """As a library would that found its way to the trunk's socket."""
        line = open_line(mute_peer.port)
        line.note_invites(told.append)
        ear = Ear()
        placed = request(CALLEE)
        line.originate(placed, ear)
        first = mute_peer.receive("INVITE")
        stray = first.replace("Call-ID: ", "Call-ID: x", 1)

        line.reactor.call_soon(lambda: line.trunk.send(stray.encode()))
        until(lambda: len(told) == 2)
        mute_peer.answer(first, "486 Busy Here")

        ear.result()
        assert [(one.permit_id, one.refused) for one in told] == [
            (placed.permit_id, ""),
            ("", "no_permit"),
        ]

    def test_holds_back_the_call_that_it_cannot_write_down(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        def full(_: InviteSent) -> None:
            raise OSError("No space left on device")

        line = open_line(mute_peer.port, no_reply_seconds=0.6)
        line.note_invites(full)
        ear = Ear()

        handle = line.originate(request(CALLEE), ear)

        ear.result()
        assert not handle.wait_sent(timeout_seconds=0)
        assert mute_peer.heard(seconds=0.1) == []
        until(lambda: line.capacity().live == 0)


class TestWhatIsTold:
    def test_is_what_the_bytes_say(self, open_line: OpenLine, mute_peer: MutePeer) -> None:
        told: list[InviteSent] = []
        line = open_line(mute_peer.port)
        line.note_invites(told.append)
        ear = Ear()
        placed = request(CALLEE)
        line.originate(placed, ear)

        text = mute_peer.receive("INVITE")
        mute_peer.answer(text, "486 Busy Here")

        ear.result()
        assert invite_sent(read_packet(text.encode()), permit_id=placed.permit_id) == told[0]
