"""The line to the seats' phones has no way to a carrier, whatever a phone or a program wants.

CN13-LIC-09: no softphone goes past the permits. CN13-AGT-06: a seat's phone is sent no number.
"""

from collections.abc import Callable, Iterator

import pytest

from dialer.lines.base import Answered, Ended, LineDownError
from dialer.lines.seat.address import SeatAddressError
from dialer.lines.seat.base import Misused, SeatEvent, SeatRequest
from dialer.lines.seat.line import SeatLine
from dialer.lines.sip.reactor import Reactor
from tests.sip.peers import CALLEE, HOST, MutePeer, config, request, sdp, until

Opened = Callable[..., SeatLine]
CARRIERS = ((HOST, 5099), ("localhost", 5062))
ELSEWHERE = (  # Contacts of a carrier, or of a telephone number
    "sip:x@127.0.0.1:5099",
    "sip:x@LocalHost:5062",
    "sip:13800138000@10.0.0.1",
    "sip:%2B86-138-0013-8000;phone-context=cn@10.0.0.1",
    "tel:+8613800138000",
)


@pytest.fixture
def open_seats(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    monkeypatch.setattr("dialer.lines.sip.trunk.STOP_SECONDS", 0.2)
    monkeypatch.setattr("dialer.lines.sip.trunk.UNREGISTER_SECONDS", 0.1)
    reactor = Reactor()
    reactor.start()
    lines: list[SeatLine] = []

    def opened(peer: MutePeer, *carriers: tuple[str, int]) -> SeatLine:
        line = SeatLine(
            config(peer.port, username=None, password=None, rtp_ports=(24_000, 24_100)),
            reactor=reactor,
            carriers=carriers,
        )
        lines.append(line)
        line.start()
        until(lambda: line.wire.up)
        return line

    yield opened
    for line in lines:
        line.stop()
    reactor.stop()


def connect(line: SeatLine, address: str = "s001") -> list[SeatEvent]:
    events: list[SeatEvent] = []
    line.call(SeatRequest(address=address), events.append)
    return events


def how(events: list[SeatEvent]) -> list[str]:
    return [event.how for event in events if isinstance(event, Misused)]


class TestSeatLine:
    def test_invites_a_seat_at_the_registrar_and_names_no_number(
        self, open_seats: Opened, mute_peer: MutePeer
    ) -> None:
        connect(open_seats(mute_peer))

        invite = mute_peer.receive("INVITE")

        assert invite.startswith(f"INVITE sip:s001@{HOST}:{mute_peer.port} SIP/2.0\r\n")
        assert f"To: <sip:s001@{HOST}:{mute_peer.port}>\r\n" in invite
        assert "P-Asserted-Identity" not in invite
        assert "\r\nIdentity:" not in invite

    @pytest.mark.parametrize("address", ["13800138000", "+8613800138000", "a1380013800", "s 1"])
    def test_can_be_asked_for_no_number(self, address: str) -> None:
        with pytest.raises(SeatAddressError):
            SeatRequest(address=address)

    def test_places_no_call_that_a_trunk_places(
        self, open_seats: Opened, mute_peer: MutePeer
    ) -> None:
        line = open_seats(mute_peer)

        with pytest.raises(TypeError):
            line.wire.place(request(CALLEE), lambda _event: None)

        assert mute_peer.heard(seconds=0.2) == []

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("INVITE sip:s001@", "INVITE sip:+8613800138000@"),
            ("To: <sip:s001@", "To: <sip:+8613800138000@"),
            ("INVITE sip:s001@127.0.0.1:{port}", "INVITE sip:s001@127.0.0.9"),
            ("User-Agent:", "P-Asserted-Identity: <sip:95123@x>\r\nUser-Agent:"),
            ("User-Agent:", "Route: <sip:127.0.0.9;lr>\r\nUser-Agent:"),
            ("Call-ID: ", "Call-ID: another-"),
            ("INVITE", "REFER"),
            ("INVITE", "MESSAGE"),
        ],
    )
    def test_lets_nothing_else_leave_by_its_socket(
        self, open_seats: Opened, mute_peer: MutePeer, old: str, new: str
    ) -> None:
        line = open_seats(mute_peer)
        connect(line)
        invite = mute_peer.receive("INVITE")
        assert line.wire.leaving.let(invite.encode()) is not None
        old = old.replace("{port}", str(mute_peer.port))
        assert old in invite

        spoiled = invite.replace(old, new)

        assert line.wire.leaving.let(spoiled.encode()) is None

    def test_sends_nothing_where_a_carrier_is(
        self, open_seats: Opened, mute_peer: MutePeer
    ) -> None:
        line = open_seats(mute_peer, (HOST, mute_peer.port))

        with pytest.raises(LineDownError, match="a carrier is at"):
            connect(line)

        assert not any(word.startswith("INVITE") for word in mute_peer.heard(seconds=0.2))


class TestPhone:
    def test_that_asks_for_a_transfer_is_refused_and_told(
        self, open_seats: Opened, mute_peer: MutePeer
    ) -> None:
        events = connect(open_seats(mute_peer))
        invite = mute_peer.receive("INVITE")
        mute_peer.accept(invite, body=sdp(40_000))
        mute_peer.receive("ACK")
        until(lambda: Answered() in events)

        mute_peer.say(refer(invite, port=mute_peer.port))

        assert mute_peer.receive("REFER").startswith("SIP/2.0 403 ")
        until(lambda: how(events) == ["transfer"])

    def test_that_sends_the_call_elsewhere_is_not_followed(
        self, open_seats: Opened, mute_peer: MutePeer
    ) -> None:
        events = connect(open_seats(mute_peer))
        invite = mute_peer.receive("INVITE")

        mute_peer.answer(invite, "302 Moved", "Contact: <sip:+8613800138000@127.0.0.1:5099>")

        until(lambda: any(isinstance(event, Ended) for event in events))
        assert how(events) == ["redirect"]
        later = mute_peer.heard(seconds=0.3)
        assert [word for word in later if not word.startswith("ACK")] == []

    @pytest.mark.parametrize("contact", ELSEWHERE)
    def test_that_answers_from_a_carriers_place_is_taken_down_unheard(
        self, open_seats: Opened, mute_peer: MutePeer, contact: str
    ) -> None:
        events = connect(open_seats(mute_peer, *CARRIERS))
        invite = mute_peer.receive("INVITE")

        mute_peer.answer(invite, "200 OK", f"Contact: <{contact}>", body=sdp(40_000))
        bye = mute_peer.receive("BYE")

        assert bye.startswith("BYE ")
        assert how(events) == ["carrier"]
        assert Answered() not in events

    @pytest.mark.parametrize("contact", ELSEWHERE)
    @pytest.mark.parametrize("status", ["180 Ringing", "183 Session Progress"])
    def test_that_rings_at_a_carriers_place_is_canceled_before_anybody_picks_up(
        self, open_seats: Opened, mute_peer: MutePeer, contact: str, status: str
    ) -> None:
        events = connect(open_seats(mute_peer, *CARRIERS))
        invite = mute_peer.receive("INVITE")

        for _ in range(2):  # the same told again is no second incident
            mute_peer.answer(invite, status, f"Contact: <{contact}>")
        cancel = mute_peer.receive("CANCEL")
        mute_peer.answer(cancel, "200 OK")
        mute_peer.answer(invite, "487 Request Terminated")

        assert cancel.startswith("CANCEL sip:s001@")
        until(lambda: any(isinstance(event, Ended) for event in events))
        assert how(events) == ["carrier"]
        assert Answered() not in events

    @pytest.mark.parametrize(
        "contact",
        [
            "sip:s001@127.0.0.1:5098",
            "sip:s001-0x55d0c0b12340@127.0.0.1",  # as baresip names itself
            "sip:127.0.0.1:5070",  # as a PBX may
            "sip:s001@pbx.example",
        ],
    )
    def test_that_rings_where_no_carrier_is_may_be_picked_up(
        self, open_seats: Opened, mute_peer: MutePeer, contact: str
    ) -> None:
        events = connect(open_seats(mute_peer, *CARRIERS))
        invite = mute_peer.receive("INVITE")

        mute_peer.answer(invite, "180 Ringing", f"Contact: <{contact}>")
        mute_peer.accept(invite, body=sdp(40_000))

        until(lambda: Answered() in events)
        assert how(events) == []


def refer(invite: str, *, port: int) -> str:
    """Write a phone's wish to be put through to somebody else."""
    fields = dict(line.split(": ", 1) for line in invite.split("\r\n") if ": " in line)
    lines = [
        f"REFER {fields['Contact'].strip('<>')} SIP/2.0",
        f"Via: SIP/2.0/UDP {HOST}:{port};branch=z9hG4bKrefer",
        "Max-Forwards: 70",
        f"From: {fields['To']};tag=x",
        f"To: {fields['From']}",
        f"Call-ID: {fields['Call-ID']}",
        "CSeq: 1 REFER",
        f"Contact: <sip:s001@{HOST}:{port}>",
        "Refer-To: <sip:+8613800138000@127.0.0.1:5099>",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])
