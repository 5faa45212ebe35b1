"""`python -m benchmarks.lines_caller`: the driver's side of the lines' benchmarks, alone.

A process of its own, so that its processor time and its memory are the driver's. Prints JSON.
"""

import argparse
import json
import os
import statistics
import struct
import sys
import tempfile
import threading
import time
import warnings
import wave
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

warnings.simplefilter("ignore", DeprecationWarning)

from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402

from compliance.passport_form import Passport, read, write  # noqa: E402
from dialer.line_process.precedence import take_precedence  # noqa: E402
from dialer.lines.base import Answered, CallRequest, Ended, LineEvent  # noqa: E402
from dialer.lines.sip.config import TrunkConfig  # noqa: E402
from dialer.lines.sip.line import SipHandle  # noqa: E402
from dialer.lines.sip.pyvoip import SipLine  # noqa: E402
from dialer.lines.sip.reactor import Reactor  # noqa: E402
from dialer.lines.sip.sweep import Sweep  # noqa: E402

PATIENCE_SECONDS = 30.0
PROMPT_SECONDS = 100
PASSPORTS = 500
PACKETS_A_SECOND = 50  # of each voice
TRUNK, CALLER = "bench", "01012345678"
KEY = ec.generate_private_key(ec.SECP256R1())


class WatchedReactor(Reactor):
    """Keeps how late every group of packets was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.lateness: list[float] = []

    def note_lateness(self, seconds: float) -> None:
        """Keep it."""
        self.lateness.append(seconds)
        super().note_lateness(seconds)


class Listener:
    """Counts the answers and the ends of all calls."""

    def __init__(self) -> None:
        self.handles: list[SipHandle] = []
        self.answered = self.ended = self.talked = 0


class Hanging:
    """Takes one call's events; hangs up at the answer if so asked."""

    def __init__(self, listener: Listener, *, hang_up: bool) -> None:
        self.listener, self.hang_up = listener, hang_up
        self.handle: SipHandle | None = None
        self.answered = False

    def __call__(self, event: LineEvent) -> None:
        """Count."""
        if isinstance(event, Answered):
            self.listener.answered += 1
            self.answered = True
            self.end_call()
        elif isinstance(event, Ended):
            self.listener.ended += 1
            self.listener.talked += event.result.sip_code == 200

    def placed(self, handle: SipHandle) -> None:
        """Take the handle, which may come after the answer."""
        self.handle = handle
        self.listener.handles.append(handle)
        self.end_call()

    def end_call(self) -> None:
        """Hang up, if it is time; a second time changes nothing."""
        if self.hang_up and self.answered and self.handle is not None:
            self.handle.hangup()


def main() -> None:
    """Place the calls."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True, help="calls a second")
    parser.add_argument("--seconds", type=float, default=0.0, help="to watch; 0 = only set up")
    parser.add_argument("--bridged", type=float, default=1.0, help="share of the calls, 0..1")
    options = parser.parse_args()
    take_precedence()  # as `run_lines` does, and the sweep too
    reactor = WatchedReactor()
    sweep = Sweep(reactor=reactor)
    line = SipLine(_config(options), reactor=reactor)
    sweep.start()
    reactor.start()
    line.start()
    _until(lambda: line.capacity().up)
    found = _set_up(line, options) if not options.seconds else _hold(line, reactor, options)
    line.stop()
    reactor.stop()
    sweep.stop()
    print(json.dumps(found))


def _config(options: argparse.Namespace) -> TrunkConfig:
    return TrunkConfig(
        code=TRUNK,
        host=options.host,
        port=options.port,
        local_host="127.0.9.9",
        edge_key=KEY.public_key(),
        max_calls=10_000,
        rtp_ports=(20_000, 40_000),
        keepalive_seconds=0,
    )


def _request(place: int) -> CallRequest:
    """Sign a permit, which at work another process does; it is good for ten seconds."""
    permit, callee = str(uuid4()), f"13{place:09d}"
    passport = Passport(
        permit=permit,
        rulebook="0" * 64,
        trunk=TRUNK,
        orig=CALLER,
        dest=f"86{callee}",
        issued_at=datetime.now(UTC).replace(microsecond=0),
    )
    return CallRequest(
        permit_id=permit,
        callee=f"+86{callee}",
        caller_number=CALLER,
        identity=write(passport, key=KEY),
        max_talk_seconds=7200,
    )


def _place(
    line: SipLine, requests: Iterable[CallRequest], rate: float, *, hang_up: bool
) -> Listener:
    listener = Listener()
    began = time.monotonic()
    for place, request in enumerate(requests):
        time.sleep(max(0.0, began + place / rate - time.monotonic()))
        hanging = Hanging(listener, hang_up=hang_up)
        hanging.placed(line.originate(request, hanging))
    return listener


def _set_up(line: SipLine, options: argparse.Namespace) -> dict[str, float]:
    """Place calls that end as soon as they are answered; tell the processor time of each."""
    requests = [_request(place) for place in range(options.calls)]
    before = time.process_time()
    listener = _place(line, requests, options.rate, hang_up=True)
    _until(lambda: listener.ended == options.calls)
    spent = time.process_time() - before
    return {
        "cpu_ms": spent * 1000 / options.calls,
        "passport_ms": _passport_ms(),
        "lost": options.calls - listener.talked,
    }


def _passport_ms() -> float:
    """Return the processor time of checking one passport, which SIPp has nothing like."""
    identity, now, key = _request(0).identity, datetime.now(UTC), KEY.public_key()
    before = time.process_time()
    for _ in range(PASSPORTS):
        read(identity, key=key, now=now)
    return (time.process_time() - before) * 1000 / PASSPORTS


def _hold(line: SipLine, reactor: WatchedReactor, options: argparse.Namespace) -> dict[str, float]:
    """Keep calls up, bridged by twos or listening to a prompt, and watch them."""
    requests = map(_request, range(options.calls))
    before_kib, threads = _kib(), threading.active_count()
    listener = _place(line, requests, options.rate, hang_up=False)
    _until(lambda: listener.answered + listener.ended >= options.calls)
    handles = listener.handles
    bridged = int(options.calls * options.bridged) // 2 * 2
    for one, two in zip(handles[0:bridged:2], handles[1:bridged:2], strict=True):
        one.bridge(two)
    prompt = str(_prompt(Path(tempfile.mkdtemp())))
    for one in handles[bridged:]:
        one.play(prompt)
    time.sleep(2.0)
    reactor.lateness.clear()
    cpu, began, heard = time.process_time(), time.monotonic(), _heard(handles)
    time.sleep(options.seconds)
    seconds = time.monotonic() - began
    share = (time.process_time() - cpu) / seconds
    heard = (_heard(handles) - heard) / (seconds * PACKETS_A_SECOND * options.calls)
    lateness = sorted(reactor.lateness)
    kib = (_kib() - before_kib) / options.calls
    up = options.calls - listener.ended
    more_threads = threading.active_count() - threads
    for one in handles:
        one.hangup()
    _until(lambda: listener.ended == options.calls)
    return {
        "up": up,
        "cpu": share,
        "heard": heard,
        "late_p99_ms": lateness[int(len(lateness) * 0.99)] * 1000,
        "late_median_ms": statistics.median(lateness) * 1000,
        "late_most_ms": lateness[-1] * 1000,
        "kib": kib,
        "threads": more_threads,
    }


def _heard(handles: list[SipHandle]) -> float:
    return float(sum(one.booking.leg.session.heard_packets for one in handles if one.booking.leg))


def _prompt(folder: Path) -> Path:
    path = folder / "prompt.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack("<h", 4000) * 8000 * PROMPT_SECONDS)
    return path


def _kib() -> float:
    resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(resident) * os.sysconf("SC_PAGE_SIZE") / 1024


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            sys.exit("The calls did not come about in time.")
        time.sleep(0.01)


if __name__ == "__main__":
    main()
