"""BUSY-UA-WEDGE: whatever the first call meets, the next call goes through at once."""

from collections.abc import Callable

import pytest

from dialer.lines.base import Outcome
from tests.sip.peers import CarrierProcess, Ear, MutePeer, OpenLine, request, sdp, until

CALLEE = "+8613800138000"


class TestFirstCall:
    @pytest.mark.parametrize(
        "first",
        [
            "straight_forbidden",
            "straight_busy",
            "straight_503",
            "only_183",
            "auth_407",
            "unknown_code",
            "silence_200",
            "silence",
            "no_answer",
        ],
    )
    def test_does_not_hold_up_the_second(
        self,
        open_line: OpenLine,
        carrier: CarrierProcess,
        number: Callable[[str], str],
        first: str,
    ) -> None:
        line = open_line(carrier.port)
        one, two = Ear(), Ear()

        line.originate(request(number(first)), one)
        line.originate(request(number("early_hangup")), two)

        assert two.result(seconds=5).outcome is Outcome.ANSWERED

    @pytest.mark.parametrize(
        "noise",
        [
            "",
            "\r\n\r\n",
            "SIP/2.0",
            "SIP/2.0 abc\r\n\r\n",
            "SIP/2.0 200 OK\r\nVia: x\r\n\r\n",
            "NOTIFY x SIP/2.0\r\nv: x\r\nf: <tel:1>\r\nt: y\r\ni: z\r\nCSeq: 1 NOTIFY\r\n\r\n",
            "OPTIONS sip:x SIP/2.0\r\nCSeq: ٣ OPTIONS\r\n\r\n",
            "\x00\x01\x02" * 500,
        ],
    )
    def test_is_not_disturbed_by_noise_from_the_carrier(
        self, open_line: OpenLine, mute_peer: MutePeer, noise: str
    ) -> None:
        ear = Ear()
        open_line(mute_peer.port).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")

        mute_peer.say(noise)
        mute_peer.answer(invite, "486 Busy Here")

        assert ear.result(seconds=5).outcome is Outcome.BUSY

    def test_ends_although_its_listener_fails(
        self, open_line: OpenLine, carrier: CarrierProcess, number: Callable[[str], str]
    ) -> None:
        line = open_line(carrier.port)

        def faulty(event: object) -> None:
            raise RuntimeError(event)

        line.originate(request(number("early_hangup")), faulty)

        until(lambda: line.capacity().invites_sent == 1 and line.capacity().live == 0)
        ear = Ear()
        line.originate(request(number("busy")), ear)
        assert ear.result().outcome is Outcome.BUSY


class TestFaultOfOurs:
    def test_ends_the_call_and_takes_it_down(
        self,
        open_line: OpenLine,
        carrier: CarrierProcess,
        number: Callable[[str], str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        line = open_line(carrier.port)
        monkeypatch.delattr("dialer.lines.sip.pyvoip.LineCall.connect")
        ear = Ear()

        handle = line.originate(request(number("answer_wait")), ear)

        assert ear.result().ended_by == "line"
        assert "ended" in carrier.kinds(handle.call_id)
        assert (len(ear.results), line.capacity().live) == (1, 0)


class TestPacketFromElsewhere:
    def test_is_ignored(self, open_line: OpenLine, mute_peer: MutePeer) -> None:
        """Another host's 486 must not end the call, nor its BYE."""
        ear = Ear()
        open_line(mute_peer.port, local_host="127.0.0.1").originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")
        stranger = MutePeer(host="127.0.0.2")
        stranger.source = mute_peer.source

        stranger.answer(invite, "486 Busy Here")
        mute_peer.accept(invite, body=sdp(4000))
        stranger.close()

        until(lambda: ear.answered)
        assert ear.results == []

    def test_must_name_the_dialog_to_end_it(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        open_line(mute_peer.port).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")
        mute_peer.accept(invite, body=sdp(4000))
        until(lambda: ear.answered)
        headers = dict(line.split(": ", 1) for line in invite.split("\r\n") if ": " in line)
        lines = [
            "BYE sip:x SIP/2.0",
            "Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKwrong",
            f"From: {headers['To']};tag=wrong",
            f"To: {headers['From']}",
            f"Call-ID: {headers['Call-ID']}",
            "CSeq: 1 BYE",
            "",
            "",
        ]

        mute_peer.say("\r\n".join(lines))

        assert mute_peer.receive("BYE").startswith("SIP/2.0 481 ")
        assert ear.results == []
