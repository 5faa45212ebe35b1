"""A trunk whose calls come and go for minutes or an hour: what it holds must not grow.

The loopback carrier is a process of its own; what is measured is the line alone, in this one.
"""

import os
import statistics
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks.report import Comparison, at_most
from benchmarks.soak_calls import NUMBERS, PORTS, carrier, config, request
from dialer.line_process.precedence import take_precedence
from dialer.lines.base import Ended, LineEvent, LineFullError, Outcome
from dialer.lines.sip import dialogs, edge, invites, server
from dialer.lines.sip.pyvoip import SipLine
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.sweep import EVERY_LOOKS, LOOK_SECONDS, Sweep
from dialer.lines.sip.transaction import LINGER_SECONDS

CALLS_PER_SECOND = 8.0
REMEMBERED = 200  # calls of which something is kept, here; else it is 10,000, in half an hour
GROWTH = 1.05  # of memory, from the end of the warm-up to the end of the run


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the process holds at one instant."""

    seconds: float  # since the start
    rss_kib: int
    files: int
    threads: int
    ports: int  # open for audio
    live: int
    late_ms: float


@dataclass(slots=True)
class Soak:
    """Calls that were placed, how they ended, and what was seen meanwhile."""

    placed: int = 0
    refused: int = 0  # for want of a place
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    ended_twice: int = 0


def measure(*, minutes: float) -> list[Comparison]:
    """Place calls for so many minutes, wait until all is over, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        process, port = carrier(Path(folder))
        try:
            return _measured(port, minutes * 60)
        finally:
            process.terminate()
            process.wait(timeout=10)


def _measured(port: int, seconds: float) -> list[Comparison]:
    _remember_little()
    take_precedence()  # as `run_lines` does; nobody but its sweep looks for garbage
    reactor = Reactor()
    sweep = Sweep(reactor=reactor)
    line = SipLine(config(port), reactor=reactor)
    soak = Soak()
    sweep.start()
    reactor.start()
    line.start()
    while not line.capacity().up:
        time.sleep(0.05)
    first = _sample(line, 0.0)
    _keep_calling(line, soak, seconds)
    _wait_over(line)
    last = _sample(line, seconds)
    line.stop()
    reactor.stop()
    sweep.stop()
    return _compared(soak, first, last)


def _keep_calling(line: SipLine, soak: Soak, seconds: float) -> None:
    began = time.monotonic()
    numbers = list(NUMBERS)
    while (passed := time.monotonic() - began) < seconds:
        _call(line, soak, numbers[soak.placed % len(numbers)])
        if int(passed) >= len(soak.samples):
            soak.samples.append(_sample(line, passed))
        due = began + (soak.placed + soak.refused) / CALLS_PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))


def _call(line: SipLine, soak: Soak, number: str) -> None:
    over = threading.Event()

    def heard(event: LineEvent) -> None:
        if isinstance(event, Ended):
            soak.ended_twice += over.is_set()
            over.set()
            soak.outcomes[event.result.outcome] += 1

    try:
        line.originate(request(number), heard)
    except LineFullError:
        soak.refused += 1
    else:
        soak.placed += 1


def _wait_over(line: SipLine) -> None:
    """Wait until every call is over and the line has had the time to forget it."""
    line.drain(timeout_seconds=30)
    time.sleep(LINGER_SECONDS + 2)


def _sample(line: SipLine, seconds: float) -> Sample:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    capacity = line.capacity()
    return Sample(
        seconds=seconds,
        rss_kib=pages * os.sysconf("SC_PAGE_SIZE") // 1024,
        files=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        threads=threading.active_count(),
        ports=_open_ports(),
        live=capacity.live,
        late_ms=capacity.late_ms,
    )


def _compared(soak: Soak, first: Sample, last: Sample) -> list[Comparison]:
    warm = _warm(soak.samples)
    third = max(1, len(warm) // 3)
    early, late = (
        statistics.median(one.rss_kib for one in part) for part in (warm[:third], warm[-third:])
    )
    told = ", ".join(f"{name} {count}" for name, count in soak.outcomes.most_common())
    notes = (
        f"{soak.placed} calls: {told}",
        f"{soak.placed - soak.outcomes.total()} without an end, {soak.ended_twice} with two",
        f"at most {max(one.live for one in soak.samples)} at once",
        f"the media clock {max(one.late_ms for one in soak.samples):.0f} ms late at worst",
        f"memory {first.rss_kib} KiB before, {last.rss_kib} KiB after",
    )
    exact = at_most(1.0)
    return [
        Comparison(
            name="lines_soak, memory",
            ours="KiB in the last third",
            peer="KiB in the first third after the warm-up",
            rounds=[(late, early)],
            must=at_most(GROWTH),
            notes=notes,
        ),
        Comparison(
            name="lines_soak, file descriptors",
            ours="when all calls are over",
            peer="before the first call",
            rounds=[(last.files, first.files)],
            must=exact,
        ),
        Comparison(
            name="lines_soak, RTP ports",
            ours="open when all calls are over, and one",
            peer="open before the first call, and one",
            rounds=[(1 + last.ports, 1 + first.ports)],
            must=exact,
        ),
        Comparison(
            name="lines_soak, threads",
            ours="when all calls are over",
            peer="before the first call",
            rounds=[(last.threads, first.threads)],
            must=exact,
        ),
        Comparison(
            name="lines_soak, ends",
            ours="calls without exactly one end, and one",
            peer="one",
            rounds=[(1 + abs(soak.placed - soak.outcomes.total()) + soak.ended_twice, 1)],
            must=exact,
        ),
    ]


def _warm(samples: list[Sample]) -> list[Sample]:
    """Leave out the beginning: the first calls are remembered half a minute, and two sweeps."""
    warm_up = min(LINGER_SECONDS + 2 * EVERY_LOOKS * LOOK_SECONDS, samples[-1].seconds / 3)
    return [one for one in samples if one.seconds >= warm_up]


def _remember_little() -> None:
    """Reach at once what the line holds at most: only what grows beyond it is a leak."""
    invites.KEPT = dialogs.KEPT = server.KEPT = edge.MANY = REMEMBERED
    edge.REMEMBERED = timedelta(seconds=15)


def _open_ports() -> int:
    """Return how many RTP ports this process has open, as the kernel knows."""
    ours = {str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.is_symlink()}
    rows = Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]
    found = [row.split() for row in rows]
    mine = (one[1] for one in found if f"socket:[{one[9]}]" in ours)
    return sum(PORTS[0] <= int(address.rpartition(":")[2], 16) <= PORTS[1] for address in mine)
