"""Where the carrier reaches us: behind a NAT, by a configured address, and over IPv6."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialer.lines.base import Outcome
from tests.sip.peers import CALLEE, CarrierProcess, Ear, MutePeer, OpenLine, request, sdp, until

SEEN = ";rport=40123;received=198.51.100.7"


def contact(packet: str) -> str:
    (found,) = re.findall(r"^Contact: <sip:([^>]*)>", packet, re.MULTILINE)
    return str(found).rpartition("@")[2].partition(";")[0]


class TestNat:
    def test_is_learnt_from_answers_and_named_in_contact(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        line = open_line(mute_peer.port, wait=False, keepalive_seconds=5)
        options = mute_peer.receive("OPTIONS")
        mute_peer.answer(options.replace(";rport", SEEN), "200 OK")
        until(lambda: line.capacity().up)

        line.originate(request(CALLEE), Ear())

        invite = mute_peer.receive("INVITE")
        assert contact(options) == f"127.0.0.1:{line.trunk.local_port}"
        assert contact(invite) == "198.51.100.7:40123"
        assert f"SIP/2.0/UDP 127.0.0.1:{line.trunk.local_port};" in invite  # RFC 3581: Via is ours

    def test_that_changes_in_a_call_is_named_inside_it(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        handle = open_line(mute_peer.port).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")

        mute_peer.accept(invite.replace(";rport", SEEN), body=sdp(4000))
        until(lambda: ear.answered)
        handle.hangup()

        assert contact(mute_peer.receive("BYE")) == "198.51.100.7:40123"

    def test_has_the_account_registered_where_the_carrier_sees_us(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        line = open_line(mute_peer.port, wait=False, register=True)

        first = mute_peer.receive("REGISTER")
        mute_peer.answer(first.replace(";rport", SEEN), "200 OK", "Expires: 60")
        second = mute_peer.receive("REGISTER")
        mute_peer.answer(second.replace(";rport", SEEN), "200 OK", "Expires: 60")

        until(lambda: line.capacity().up)
        assert [contact(first), contact(second)] == [
            f"127.0.0.1:{line.trunk.local_port}",
            "198.51.100.7:40123",
        ]

    @pytest.mark.parametrize(
        "said", [";rport", ";rport=0", ";rport=70000;received=x", ";rport=5;received=::1"]
    )
    def test_is_not_learnt_from_what_makes_no_sense(
        self, open_line: OpenLine, mute_peer: MutePeer, said: str
    ) -> None:
        line = open_line(mute_peer.port, wait=False, keepalive_seconds=5)
        mute_peer.answer(mute_peer.receive("OPTIONS").replace(";rport", said), "200 OK")
        until(lambda: line.capacity().up)

        assert line.trunk.contact == f"127.0.0.1:{line.trunk.local_port}"

    def test_that_is_configured_is_named_for_signalling_and_for_audio(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        line = open_line(mute_peer.port, public_host="203.0.113.200")
        line.originate(request(CALLEE), Ear())

        invite = mute_peer.receive("INVITE")

        head, _, body = invite.partition("\r\n\r\n")
        assert contact(invite) == f"203.0.113.200:{line.trunk.local_port}"
        assert "c=IN IP4 203.0.113.200\r\n" in body
        assert "127.0.0.1" not in body
        assert f"Content-Length: {len(body)}" in head


@pytest.fixture
def carrier6(tmp_path: Path) -> Iterator[CarrierProcess]:
    wait = {"behaviour": "answer_wait", "ring_seconds": 0.05, "session_seconds": 1}
    process = CarrierProcess(tmp_path, {"default": wait}, host="::1")
    yield process
    process.stop()


class TestIpv6:
    def test_carries_a_call_with_its_audio_and_its_registration(
        self, open_line: OpenLine, carrier6: CarrierProcess
    ) -> None:
        line = open_line(
            carrier6.port,
            host="::1",
            local_host="::1",
            register=True,
            keepalive_seconds=5,
            least_session_seconds=1,
        )
        ear = Ear()
        handle = line.originate(request(CALLEE), ear)
        until(lambda: ear.answered)
        handle.send_digits("5")
        until(lambda: {"digit", "refreshed"} <= set(carrier6.kinds(handle.call_id)))

        handle.hangup()

        assert (ear.result().outcome, ear.result().ended_by) == (Outcome.ANSWERED, "us")
        kinds = carrier6.kinds(handle.call_id)
        assert kinds[-1] == "ended"
        assert not {"ack_wrong", "bye_wrong", "session_wrong"} & set(kinds)
        assert carrier6.call(handle.call_id).source == f"::1:{line.trunk.local_port}"
        assert carrier6.kinds("-") == []  # nothing malformed
