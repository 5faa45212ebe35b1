"""The loopback carrier as a witness: it misses no call, counts none twice, believes nobody."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sip.peers import CALLER, HOST, ROOT, CarrierProcess, MutePeer, sdp, until

CALLEE = "+8613800138000"
SCRIPT = {"default": {"behaviour": "answer_wait", "ring_seconds": 0.0}}


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[CarrierProcess]:
    process = CarrierProcess(tmp_path, SCRIPT)
    yield process
    process.stop()


def invite(call: int, *, source: int, extra: str = "") -> str:
    body = sdp(4000)
    lines = [
        f"INVITE sip:{CALLEE}@{HOST} SIP/2.0",
        f"Via: SIP/2.0/UDP {HOST}:{source};branch=z9hG4bK{call}",
        "Max-Forwards: 70",
        f"From: <sip:{CALLER}@{HOST}>;tag=from{call}",
        f"To: <sip:{CALLEE}@{HOST}>",
        f"Call-ID: call-{call}",
        "CSeq: 1 INVITE",
        f"Contact: <sip:me@{HOST}:{source}>",
        f"P-Asserted-Identity: <sip:{CALLER}@{HOST}>",
        "Content-Type: application/sdp",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", body]) + extra


def ack(call: int, *, source: int, tag: str, contact: str) -> str:
    lines = [
        f"ACK {contact} SIP/2.0",
        f"Via: SIP/2.0/UDP {HOST}:{source};branch=z9hG4bKack{call}",
        "Max-Forwards: 70",
        f"From: <sip:{CALLER}@{HOST}>;tag=from{call}",
        f"To: <sip:{CALLEE}@{HOST}>;tag={tag}",
        f"Call-ID: call-{call}",
        "CSeq: 1 ACK",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])


class TestRecords:
    def test_hold_one_row_for_a_call_however_often_its_invite_comes(
        self, carrier: CarrierProcess, mute_peer: MutePeer
    ) -> None:
        mute_peer.source = (HOST, carrier.port)

        for _ in range(3):
            mute_peer.say(invite(1, source=mute_peer.port))
            mute_peer.receive("INVITE")

        (row,) = carrier.calls()
        assert (row.from_number, row.pai_number, row.to_number) == (CALLER, CALLER, CALLEE)
        assert row.source == f"{HOST}:{mute_peer.port}"

    def test_hold_every_call_that_was_answered_although_the_carrier_is_killed(
        self, carrier: CarrierProcess, mute_peer: MutePeer
    ) -> None:
        mute_peer.source = (HOST, carrier.port)
        answered = set()
        for call in range(200):
            mute_peer.say(invite(call, source=mute_peer.port))
        for _ in range(100):
            text = mute_peer.receive("INVITE")
            answered.add(text.split("Call-ID: ")[1].split("\r\n")[0])

        carrier.kill()
        rows = carrier.calls()
        carrier.start()
        mute_peer.say(invite(0, source=mute_peer.port))
        mute_peer.say(invite(900, source=mute_peer.port))
        until(lambda: "call-900" in {row.call_id for row in carrier.calls()})

        assert answered <= {row.call_id for row in rows}
        assert [row.call_id for row in carrier.calls()].count("call-0") == 1
        assert len(carrier.calls()) == len(rows) + 1

    def test_leave_out_a_row_that_was_cut_off(self, carrier: CarrierProcess) -> None:
        with carrier.records.open("a") as file:
            file.write("2026-01-01T00:00:00+00:00,half")

        assert carrier.calls() == []
        carrier.kill()
        carrier.start()

        assert carrier.calls() == []

    def test_name_an_acknowledgement_with_a_wrong_tag(
        self, carrier: CarrierProcess, mute_peer: MutePeer
    ) -> None:
        mute_peer.source = (HOST, carrier.port)
        mute_peer.say(invite(7, source=mute_peer.port))
        until(lambda: carrier.kinds("call-7") == ["answered"])
        final = _final(mute_peer)
        contact = final.split("Contact: <")[1].split(">")[0]
        tag = final.split("To: ")[1].split("\r\n")[0].split(";tag=")[1]

        mute_peer.say(ack(7, source=mute_peer.port, tag="random", contact=contact))
        until(lambda: "ack_wrong" in carrier.kinds("call-7"))
        repeated = _final(mute_peer)
        mute_peer.say(ack(7, source=mute_peer.port, tag=tag, contact=contact))

        until(lambda: "acknowledged" in carrier.kinds("call-7"))
        assert repeated == final

    def test_name_a_message_that_breaks_the_rules(
        self, carrier: CarrierProcess, mute_peer: MutePeer
    ) -> None:
        mute_peer.source = (HOST, carrier.port)

        mute_peer.say(invite(8, source=mute_peer.port, extra="x"))

        until(lambda: carrier.kinds("-") == ["malformed"])
        assert carrier.calls() == []


class TestCarrier:
    @pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])  # noqa: S104
    def test_serves_this_machine_only(self, tmp_path: Path, host: str) -> None:
        command = [sys.executable, "-m", "dialer.lines.carrier", "--host", host, "--port", "0"]
        command += ["--records", str(tmp_path / "calls.csv")]

        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

        assert done.returncode == 1
        assert "loopback addresses only" in done.stderr

    def test_says_what_is_wrong_with_its_script(self, tmp_path: Path) -> None:
        script = tmp_path / "script.json"
        script.write_text('{"default": {"behaviour": "sings"}}')
        command = [sys.executable, "-m", "dialer.lines.carrier", "--port", "0"]
        command += ["--records", str(tmp_path / "calls.csv"), "--script", str(script)]

        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

        assert done.returncode == 1
        assert "'sings'" in done.stderr


def _final(peer: MutePeer) -> str:
    while not (text := peer.receive("INVITE")).startswith("SIP/2.0 200"):
        pass
    return text
