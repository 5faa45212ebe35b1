"""Ten thousand malformed packets from the carrier's own address: calls that are up stay up."""

import gc
import logging
import os
import socket
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialer.lines.base import CallHandle, Outcome
from dialer.lines.sip.pyvoip import SipLine
from tests.sip.mangled import mangled
from tests.sip.peers import HOST, CarrierProcess, Ear, OpenLine, request, sdp, until

pytestmark = pytest.mark.apt

PACKETS, SEED = 10_000, 20_261_122
FEW = 200  # after which the line is looked at
LEAST_PAUSE = 0.0004  # seconds between two packets: the reactor has to hear every one
WAITS, LEAVES, RINGS = "+8613800139001", "+8613800139002", "+8613800139003"
SCRIPT = {
    "numbers": {
        WAITS: {"behaviour": "answer_wait", "ring_seconds": 0.0},
        LEAVES: {"behaviour": "answer", "ring_seconds": 0.0, "talk_seconds": 60},
        RINGS: {"behaviour": "no_answer"},
    }
}
KIB = 1024
ROOM_KIB = 4 * KIB  # what allocators keep to themselves
LATE_MS = 100.0  # how late the audio of a call may be while somebody floods the line


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[CarrierProcess]:
    process = CarrierProcess(tmp_path, SCRIPT)
    yield process
    process.stop()


@pytest.fixture
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget repeated requests after a second, not 32: what is kept must not be seen as lost."""
    monkeypatch.setattr("dialer.lines.sip.server.LINGER_SECONDS", 1.0)


def rss_kib() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // KIB


class TestTenThousandMalformedPackets:
    def test_harm_no_call_and_leave_nothing_behind(
        self,
        carrier: CarrierProcess,
        open_line: OpenLine,
        caplog: pytest.LogCaptureFixture,
        short_memory: None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        line = open_line(carrier.port, max_calls=20)
        talking = [_call(line, WAITS) for _ in range(4)] + [_call(line, LEAVES) for _ in range(2)]
        ringing = [_call(line, RINGS, ring_seconds=100) for _ in range(2)]
        until(lambda: all(ear.answered for ear, _ in talking))
        until(lambda: all(ear.codes for ear, _ in ringing))
        valid = [
            one
            for ear, handle in talking + ringing
            for one in _valid(line, handle.call_id, up=ear.answered)
        ]
        packets = list(mangled(valid, count=PACKETS, seed=SEED))
        _flood(line, packets[:2000])
        before = rss_kib()
        late: list[float] = []  # seconds, each time that audio was due
        monkeypatch.setattr(line.reactor, "note_lateness", late.append)
        cost_ms: list[float] = []
        caplog.clear()

        for start in range(2000, PACKETS, FEW):
            began = time.process_time()
            _flood(line, packets[start : start + FEW])
            cost_ms.append(1000 * (time.process_time() - began))
        time.sleep(1.2)  # short_memory
        after = rss_kib()

        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
        assert [ear.events for ear, _ in talking + ringing if ear.results] == []
        assert line.capacity().live == len(talking) + len(ringing)
        # A busy machine may keep the line waiting now and then: that costs no processor time.
        assert max(cost_ms) - statistics.median(cost_ms) < LATE_MS
        assert 1000 * sorted(late)[int(len(late) * 0.95)] < LATE_MS
        assert after - before < ROOM_KIB
        for _, handle in talking[:4] + ringing:
            handle.hangup()
        outcomes = [ear.result().outcome for ear, _ in talking[:4] + ringing]
        assert outcomes == [Outcome.ANSWERED] * 4 + [Outcome.CANCELED] * 2
        one_more, _ = _call(line, WAITS)
        until(lambda: one_more.answered)


def _call(line: SipLine, number: str, **changes: int) -> tuple[Ear, CallHandle]:
    ear = Ear()
    return ear, line.originate(request(number, **changes), ear)


def _flood(line: SipLine, packets: list[bytes]) -> None:
    """Send them from the carrier's address, no faster than the line reads them."""
    target = (HOST, line.trunk.local_port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((HOST, 0))
        sender.settimeout(0)
        for packet in packets:
            sender.sendto(packet, target)
            time.sleep(LEAST_PAUSE)
            _read_away(sender)


def _read_away(sender: socket.socket) -> None:
    while True:
        try:
            sender.recv(65_535)
        except BlockingIOError:
            return


def _valid(line: SipLine, call_id: str, *, up: bool) -> list[bytes]:
    """Return valid packets about a call that is up; none of them may end it."""
    dialog = line.trunk._legs._by_id[call_id].dialog
    ours, theirs = dialog.from_header, f"{dialog.to_header};tag={dialog.remote_tag or 'none'}"
    carrier = f"{HOST}:{line.trunk.config.port}"
    body = sdp(40_000)

    def packet(start: str, cseq: str, sender: str, receiver: str) -> bytes:
        lines = [
            start,
            f"Via: SIP/2.0/UDP {carrier};branch=z9hG4bKfuzz;rport",
            "Max-Forwards: 70",
            f"Record-Route: <sip:{HOST};lr>, <sip:{HOST}:5061;lr>",
            f"From: {sender}",
            f"To: {receiver}",
            f"Call-ID: {call_id}",
            f"CSeq: {cseq}",
            f"Contact: <sip:callee@{carrier}>",
            'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=MD5',
            "Reason: Q.850;cause=16",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", body]).encode()

    def asks(method: str, *, inside: bool) -> bytes:
        stray = "" if inside else "x"  # a tag that is nobody's
        start = f"{method} {dialog.contact} SIP/2.0"
        return packet(start, f"7 {method}", theirs + stray, ours + stray)

    def answers(code: int, cseq: str) -> bytes:
        return packet(f"SIP/2.0 {code} Whatever", cseq, ours, theirs)

    harmless = ("INFO", "NOTIFY", "OPTIONS", "UPDATE", "MESSAGE", "CANCEL")
    stray = ("INVITE", "BYE", "ACK", "REFER", "PRACK")
    codes = (100, 180, 183, 200, 302, 401, 407, 486, 487, 503, 603)
    if not up:  # a digit more or less, and an answer that rings is one that picks up
        theirs = f"{theirs}x"
        ours = f"{ours}x"
    return [
        *(asks(method, inside=True) for method in harmless),
        *(asks(method, inside=False) for method in stray),
        *(answers(code, "1 INVITE") for code in codes),
        *(answers(code, "2 BYE") for code in (200, 401, 481)),
    ]
