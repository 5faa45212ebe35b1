"""What a carrier asks for and does not get: transfers, redirects, forks, calls to us."""

from collections.abc import Callable

import pytest

from dialer.lines.base import Outcome, RefusedRequest
from tests.sip.peers import CALLEE, HOST, CarrierProcess, Ear, MutePeer, OpenLine, request, until

Number = Callable[[str], str]


@pytest.fixture
def told() -> list[RefusedRequest]:
    return []


class TestAskedFor:
    @pytest.mark.parametrize(
        "case",
        [
            ("in_dialog", "transfer", "<sip:1@127.0.0.1>"),
            ("moved", "redirect", "sip:callee-"),
            ("forked", "fork", "sip:callee-"),
        ],
    )
    def test_is_told_with_the_permit_of_its_call(
        self,
        open_line: OpenLine,
        carrier: CarrierProcess,
        number: Number,
        told: list[RefusedRequest],
        case: tuple[str, str, str],
    ) -> None:
        callee, kind, asked = case
        line = open_line(carrier.port)
        line.note_refused(told.append)
        ear = Ear()

        wanted = request(number(callee))
        handle = line.originate(wanted, ear)
        until(lambda: told)
        handle.hangup()
        ear.result()

        assert [(one.kind, one.permit_id, one.call_id) for one in told] == [
            (kind, wanted.permit_id, handle.call_id)
        ]
        assert told[0].asked.startswith(asked)
        assert line.capacity().invites_sent == 1  # nobody was called in anybody's place
        assert len([row for row in carrier.calls() if row.call_id == handle.call_id]) == 1

    def test_is_a_redirect_that_ends_the_call(
        self, open_line: OpenLine, mute_peer: MutePeer, told: list[RefusedRequest]
    ) -> None:
        line = open_line(mute_peer.port)
        line.note_refused(told.append)
        ear = Ear()
        line.originate(request(CALLEE), ear)

        elsewhere = "<sip:+8613900000000@198.51.100.1>"
        invite = mute_peer.receive("INVITE")
        mute_peer.answer(invite, "302 Moved Temporarily", f"Contact: {elsewhere}")

        assert (ear.result().outcome, ear.result().sip_code) == (Outcome.FAILED, 302)
        assert mute_peer.receive("ACK").startswith(f"ACK sip:{CALLEE}@")
        assert [one.asked for one in told] == ["sip:+8613900000000@198.51.100.1"]
        assert mute_peer.heard(seconds=0.2) == []

    @pytest.mark.parametrize(("method", "kind"), [("INVITE", "inbound"), ("REFER", "transfer")])
    def test_is_refused_outside_of_any_call(
        self,
        open_line: OpenLine,
        mute_peer: MutePeer,
        told: list[RefusedRequest],
        method: str,
        kind: str,
    ) -> None:
        line = open_line(mute_peer.port)
        line.note_refused(told.append)
        mute_peer.source = (HOST, line.trunk.local_port)
        lines = [
            f"{method} sip:line@{HOST} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{mute_peer.port};branch=z9hG4bKin",
            "From: <sip:13800138000@carrier.test>;tag=a",
            f"To: <sip:line@{HOST}>",
            "Call-ID: inbound-1",
            f"CSeq: 1 {method}",
            "Content-Length: 0",
        ]

        mute_peer.say("\r\n".join([*lines, "", ""]))

        assert mute_peer.receive(method).startswith("SIP/2.0 403 ")
        until(lambda: told)
        assert [(one.kind, one.permit_id) for one in told] == [(kind, "")]

    def test_does_no_harm_when_who_is_told_fails(
        self, open_line: OpenLine, carrier: CarrierProcess, number: Number
    ) -> None:
        line = open_line(carrier.port)

        def faulty(one: RefusedRequest) -> None:
            raise RuntimeError(one)

        line.note_refused(faulty)
        ear = Ear()
        line.originate(request(number("moved")), ear)

        assert ear.result().sip_code == 302
