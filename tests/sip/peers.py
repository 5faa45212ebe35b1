"""The other ends of the wire: the loopback carrier as a process, and a bare UDP socket."""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)

from compliance import clock
from compliance.passport_form import Passport, write
from dialer.lines.base import Answered, CallRequest, CallResult, Digit, Ended, LineEvent, Progress
from dialer.lines.carrier import records
from dialer.lines.carrier.records import EventRecord, InviteRecord
from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.pyvoip import SipLine

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PATIENCE_SECONDS = 15.0
CALLER = "01012345678"
CALLEE = "+8613800138000"
PASSPORT_KEY = generate_private_key(SECP256R1())  # of whoever asks the gate


def until(condition: Callable[[], Any], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition, and fail when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.005)


class CarrierProcess:
    """One loopback carrier in its own process."""

    def __init__(
        self, folder: Path, script: dict[str, Any], *, loss: float = 0.0, host: str = HOST
    ) -> None:
        self.records = folder / "calls.csv"
        self._script = folder / "script.json"
        self._script.write_text(json.dumps(script), encoding="utf-8")
        self._loss = loss
        self._host = host
        self.port = 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "dialer.lines.carrier", "--port", str(self.port)]
        command += ["--records", str(self.records), "--script", str(self._script)]
        command += ["--loss", str(self._loss), "--host", self._host]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said.startswith("carrier listening on"), said
        self.port = int(said.rsplit(":", 1)[1])

    def stop(self) -> None:
        self.process.terminate()
        self._reap()

    def kill(self) -> None:
        self.process.kill()
        self._reap()

    def _reap(self) -> None:
        self.process.wait(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def calls(self) -> list[InviteRecord]:
        return records.read(self.records)

    def call(self, call_id: str) -> InviteRecord:
        (found,) = [row for row in self.calls() if row.call_id == call_id]
        return found

    def events(self, call_id: str) -> list[EventRecord]:
        return [row for row in records.read_events(self.records) if row.call_id == call_id]

    def kinds(self, call_id: str) -> list[str]:
        return [row.kind for row in self.events(call_id)]


class PhonesProcess:
    """The practice phones in a process of their own."""

    def __init__(self, folder: Path, script: dict[str, Any] | None = None) -> None:
        self.records = folder / "phones.csv"
        self._script = folder / "phones.json"
        phone = {"behaviour": "answer_wait", "provisional": [180], "ring_seconds": 0.0}
        self._script.write_text(json.dumps({"default": phone, **(script or {})}))
        self.port = 0
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "dialer.lines.seat.practice_phones",
            "--port",
            str(self.port),
        ]
        command += ["--records", str(self.records), "--script", str(self._script)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said.startswith("phones listening on"), said
        self.port = int(said.rsplit(":", 1)[1])

    def legs(self) -> list[InviteRecord]:
        return records.read(self.records)

    def events(self, call_id: str) -> list[EventRecord]:
        return [row for row in records.read_events(self.records) if row.call_id == call_id]

    def stop(self, *, kill: bool = False) -> None:
        self.process.kill() if kill else self.process.terminate()
        self.process.wait(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()


class Ear:
    """Hears the events of one call."""

    def __init__(self) -> None:
        self.events: list[LineEvent] = []
        self.over = threading.Event()

    def __call__(self, event: LineEvent) -> None:
        self.events.append(event)
        if isinstance(event, Ended):
            self.over.set()

    def result(self, *, seconds: float = PATIENCE_SECONDS) -> CallResult:
        assert self.over.wait(seconds), f"The call did not end: {self.events}"
        return self.results[0]

    @property
    def results(self) -> list[CallResult]:
        return [event.result for event in self.events if isinstance(event, Ended)]

    @property
    def answered(self) -> bool:
        return Answered() in self.events

    @property
    def codes(self) -> list[int]:
        return [event.code for event in self.events if isinstance(event, Progress)]

    @property
    def digits(self) -> str:
        return "".join(event.digit for event in self.events if isinstance(event, Digit))


def config(port: int, **changes: Any) -> TrunkConfig:
    given: dict[str, Any] = {
        "code": "test",
        "host": HOST,
        "port": port,
        "local_host": HOST,
        "edge_key": PASSPORT_KEY.public_key(),
        "username": "line",
        "password": "password",
        "keepalive_seconds": 0.0,
    }
    return TrunkConfig(**{**given, **changes})


def identity(
    callee: str = CALLEE,
    *,
    permit_id: str,
    caller: str = CALLER,
    age: float = 0.0,
    key: EllipticCurvePrivateKey = PASSPORT_KEY,
    trunk: str = "test",
    now: datetime | None = None,
) -> str:
    """Return the passport of a permit that was issued so many seconds ago."""
    issued_at = (now or clock.host_now()) - timedelta(seconds=age)
    passport = Passport(
        permit=permit_id,
        rulebook="0" * 64,
        trunk=trunk,
        orig=caller.removeprefix("+"),
        dest=callee.removeprefix("+"),
        issued_at=issued_at.replace(microsecond=0),
    )
    return write(passport, key=key)


def request(callee: str, **changes: Any) -> CallRequest:
    """Return a call under a permit of its own, with its passport."""
    given = {"permit_id": str(uuid4()), "callee": callee, "caller_number": CALLER, **changes}
    if "identity" not in given:
        given["identity"] = identity(
            callee, permit_id=given["permit_id"], caller=given["caller_number"]
        )
    return CallRequest(**given)


class MutePeer:
    """A UDP socket that says only what the test makes it say."""

    def __init__(self, *, host: str = HOST) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.settimeout(PATIENCE_SECONDS)
        self.port: int = self.socket.getsockname()[1]
        self.source = (HOST, 0)

    def receive(self, method: str) -> str:
        """Return the next packet of that method (or answer to it), skipping the others."""
        while True:
            data, self.source = self.socket.recvfrom(65_535)
            text = data.decode()
            if re.search(rf"^CSeq: [0-9]+ {method}\r$", text, re.MULTILINE):
                return text

    def heard(self, *, seconds: float) -> list[str]:
        """Return the start lines of all that comes in so many seconds."""
        lines = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                lines.append(self.socket.recv(65_535).decode().split("\r\n")[0])
            except TimeoutError:
                break
        self.socket.settimeout(PATIENCE_SECONDS)
        return lines

    def answer(
        self, packet: str, status: str, *extra: str, tag: str = "x", body: str = ""
    ) -> None:
        """Answer a request."""
        echoed = ("Via: ", "From: ", "Call-ID: ", "CSeq: ")
        kept = [line for line in packet.split("\r\n") if line.startswith(echoed)]
        (to,) = re.findall(r"^To: [^\r]*", packet, re.MULTILINE)
        to = to if ";tag=" in to else f"{to};tag={tag}"
        lines = [f"SIP/2.0 {status}", *kept, to, *extra, f"Content-Length: {len(body)}", "", body]
        self.say("\r\n".join(lines))

    def accept(self, invite: str, *, body: str) -> None:
        """Answer an INVITE with 200."""
        self.answer(invite, "200 OK", f"Contact: <sip:callee@{HOST}:{self.port}>", body=body)

    def say(self, text: str) -> None:
        """Send anything at all."""
        self.socket.sendto(text.encode(), self.source)

    def close(self) -> None:
        self.socket.close()


def sdp(port: int, *, formats: str = "0 101", host: str = HOST) -> str:
    lines = ["v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0"]
    lines += [f"m=audio {port} RTP/AVP {formats}", "a=rtpmap:101 telephone-event/8000", ""]
    return "\r\n".join(lines)


Place = Callable[..., tuple[Ear, Any]]
OpenLine = Callable[..., SipLine]
