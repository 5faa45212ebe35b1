"""The session timer of RFC 4028: wished for, agreed on, refreshed by us or by them, or the end."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dialer.lines.base import InviteSent, Outcome
from dialer.lines.sip.pyvoip import SipLine
from tests.sip.peers import CALLEE, CarrierProcess, Ear, MutePeer, config, request, sdp, until
from tests.sip.peers import OpenLine as Open

PlaceBriefly = Callable[[str], tuple[Ear, Any]]


@pytest.fixture(scope="module")
def brief_line(carrier: CarrierProcess) -> Iterator[SipLine]:
    """A line that takes sessions of one second."""
    line = SipLine(config(carrier.port, session_seconds=2, least_session_seconds=1))
    line.start()
    until(lambda: line.capacity().up)
    yield line
    line.stop()


@pytest.fixture
def place_briefly(brief_line: SipLine, number: Callable[[str], str]) -> PlaceBriefly:
    def placed(name: str) -> tuple[Ear, Any]:
        ear = Ear()
        return ear, brief_line.originate(request(number(name)), ear)

    return placed


def refreshes(carrier: CarrierProcess, call_id: str) -> list[str]:
    return [row.detail for row in carrier.events(call_id) if row.kind == "refreshed"]


class TestRefreshByUs:
    @pytest.mark.parametrize(
        ("callee", "expected"),
        [
            ("session", ["UPDATE 200", "UPDATE 200"]),
            ("session_without_update", ["INVITE 200", "INVITE 200"]),
            ("session_update_refused", ["UPDATE 405", "INVITE 200"]),
        ],
    )
    def test_keeps_a_strict_callee_in_the_call(
        self,
        place_briefly: PlaceBriefly,
        carrier: CarrierProcess,
        callee: str,
        expected: list[str],
    ) -> None:
        ear, handle = place_briefly(callee)

        def offers() -> int:
            return sum(one.startswith("INVITE") for one in refreshes(carrier, handle.call_id))

        until(lambda: len(refreshes(carrier, handle.call_id)) >= 2)
        until(lambda: carrier.kinds(handle.call_id).count("offer_acknowledged") == offers())

        handle.hangup()

        assert ear.result().ended_by == "us"
        assert refreshes(carrier, handle.call_id)[:2] == expected
        kinds = carrier.kinds(handle.call_id)
        assert not {"session_wrong", "session_expired", "ack_wrong", "bye_wrong"} & set(kinds)
        assert kinds.count("offer_acknowledged") == offers()
        assert carrier.call(handle.call_id).cseq == 1

    def test_ends_the_call_when_the_callee_knows_of_none(
        self, place_briefly: PlaceBriefly, carrier: CarrierProcess
    ) -> None:
        ear, handle = place_briefly("session_gone")

        result = ear.result()

        assert (result.outcome, result.ended_by) == (Outcome.ANSWERED, "line")
        assert "481" in result.reason
        assert carrier.kinds(handle.call_id)[-1] == "ended"


class TestRefreshByThem:
    def test_keeps_us_in_the_call_and_its_end_ends_it(
        self, place_briefly: PlaceBriefly, carrier: CarrierProcess
    ) -> None:
        ear, handle = place_briefly("session_of_theirs")

        result = ear.result()

        assert (result.ended_by, result.reason) == (
            "line",
            "The session was not refreshed in time",
        )
        assert result.talk_seconds > 1  # one refresh, and two thirds of an interval
        kinds = carrier.kinds(handle.call_id)
        assert "session_wrong" not in kinds
        assert [r.detail for r in carrier.events(handle.call_id) if r.kind == "reply"][:1] == [
            "UPDATE 200"
        ]

    def test_is_refused_when_it_is_too_brief(self, open_line: Open, mute_peer: MutePeer) -> None:
        open_line(mute_peer.port).originate(request(CALLEE), Ear())
        invite = mute_peer.receive("INVITE")
        mute_peer.accept(invite, body=sdp(4000))
        mute_peer.receive("ACK")

        mute_peer.say(_update(invite, "Session-Expires: 60;refresher=uac"))

        reply = mute_peer.receive("UPDATE")
        assert reply.startswith("SIP/2.0 422 ")
        assert "\r\nMin-SE: 90\r\n" in reply


class TestWish:
    def test_is_made_in_the_invite(self, open_line: Open, mute_peer: MutePeer) -> None:
        open_line(mute_peer.port).originate(request(CALLEE), Ear())

        lines = mute_peer.receive("INVITE").split("\r\n")

        assert {"Supported: timer", "Session-Expires: 1800", "Min-SE: 90"} <= set(lines)

    def test_is_raised_when_it_is_too_brief_under_the_same_permit(
        self,
        open_line: Open,
        carrier: CarrierProcess,
        number: Callable[[str], str],
    ) -> None:
        told: list[InviteSent] = []
        line = open_line(carrier.port, session_seconds=100)
        line.note_invites(told.append)
        ear = Ear()

        handle = line.originate(request(number("session_longer")), ear)
        until(lambda: ear.answered)
        handle.hangup()

        assert ear.result().outcome is Outcome.ANSWERED
        assert len(told) == 1
        assert len([row for row in carrier.calls() if row.call_id == handle.call_id]) == 1

    def test_that_nobody_may_have_ends_the_call(
        self, open_line: Open, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        open_line(mute_peer.port).originate(request(CALLEE), ear)

        mute_peer.answer(mute_peer.receive("INVITE"), "422 Too Small", "Min-SE: 99999999")

        assert ear.result().sip_code == 422


def _update(invite: str, *extra: str) -> str:
    headers = dict(line.split(": ", 1) for line in invite.split("\r\n") if ": " in line)
    lines = [
        "UPDATE sip:x SIP/2.0",
        "Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKupdate",
        f"From: {headers['To']};tag=x",
        f"To: {headers['From']}",
        f"Call-ID: {headers['Call-ID']}",
        "CSeq: 1 UPDATE",
        "Supported: timer",
        *extra,
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])
