"""A carrier in a network of its own, behind a bad wire: run in a network namespace, as root.

`unshare --net python -m tests.sip.far_away FOLDER` makes a second namespace for SIPp and a wire
between the two: a pair of veth devices with netem where the kernel has it, otherwise two TUN
devices and a process that loses and delays every IP packet. It prints one JSON object.
"""

import fcntl
import heapq
import itertools
import json
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import django

from config.child import die_with_parent
from dialer.line_process.precedence import take_precedence

NEAR, FAR = "10.99.0.1", "10.99.0.2"
LOSS, DELAY, JITTER = 0.05, 0.08, 0.02  # share of the packets; seconds, one way
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SIPP_PORT = 5070


def run(*words: str, check: bool = True) -> bool:
    """Run a command; return whether it did what it should."""
    return subprocess.run(words, check=check, capture_output=True).returncode == 0


class FarNetwork:
    """A second namespace, kept by a process that sleeps."""

    def __init__(self) -> None:
        self._keeper = subprocess.Popen(
            ["unshare", "--net", "sleep", "60"], stdout=subprocess.DEVNULL
        )
        mine = Path("/proc/self/ns/net").readlink()
        deadline = time.monotonic() + 5
        while Path(f"/proc/{self._keeper.pid}/ns/net").readlink() == mine:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        self.pid = str(self._keeper.pid)

    def inside(self, *words: str) -> Sequence[str]:
        """Return the command that runs another one there."""
        return ["nsenter", "--target", self.pid, "--net", *words]

    def close(self) -> None:
        self._keeper.kill()
        self._keeper.wait()


def connect(far: FarNetwork) -> str:
    """Put a wire between here and there; return what it is made of."""
    run("ip", "link", "set", "lo", "up")
    run(*far.inside("ip", "link", "set", "lo", "up"))
    made_of = "veth and netem" if _by_netem(far) else "TUN and a process"
    if made_of != "veth and netem":
        _by_tun(far)
    for device, address, where in (("near", NEAR, ()), ("far", FAR, tuple(far.inside()))):
        run(*where, "ip", "address", "add", f"{address}/30", "dev", device)
        run(*where, "ip", "link", "set", device, "up")
    return made_of


def _by_netem(far: FarNetwork) -> bool:
    run("ip", "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", far.pid)
    bad = ["netem", "delay", f"{DELAY * 1000:.0f}ms", f"{JITTER * 1000:.0f}ms", "loss"]
    bad.append(f"{LOSS * 100:.0f}%")
    here = run("tc", "qdisc", "add", "dev", "near", "root", *bad, check=False)
    if here and run(*far.inside("tc", "qdisc", "add", "dev", "far", "root", *bad), check=False):
        return True
    run("ip", "link", "delete", "near")
    return False


def _by_tun(far: FarNetwork) -> None:
    near_end, far_end = _tun("near"), _tun("far")
    run("ip", "link", "set", "far", "netns", far.pid)
    tie = die_with_parent(signal.SIGKILL)
    if os.fork() == 0:  # a thread would take turns with the line's own
        tie()
        _carry(near_end, far_end)


def _tun(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def _carry(near: int, far: int) -> None:
    """Pass IP packets on, late, and some of them not at all."""
    chance = random.Random(7)
    waiting: list[tuple[float, int, int, bytes]] = []
    order = itertools.count()
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 1.0
        for end in select.select([near, far], [], [], pause)[0]:
            packet = os.read(end, 65_535)
            if chance.random() >= LOSS:
                at = time.monotonic() + DELAY + chance.uniform(-JITTER, JITTER)
                other = far if end == near else near
                heapq.heappush(waiting, (at, next(order), other, packet))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, other, packet = heapq.heappop(waiting)
            os.write(other, packet)


def main(folder: Path) -> None:
    """Hold calls with a carrier far away, and tell how they went."""
    from dialer.lines.sip.pyvoip import SipLine  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from tests.sip.conversation import Conversation, all_over  # noqa: PLC0415 - after the setup
    from tests.sip.peers import config, until  # noqa: PLC0415
    from tests.sip.sipp.process import SippProcess  # noqa: PLC0415
    from tests.sip.sipp.scenario import written  # noqa: PLC0415
    from tests.sip.sipp.table import ROWS  # noqa: PLC0415

    take_precedence()  # as `run_lines` does; the wire and the carrier inherit it
    far = FarNetwork()
    made_of = connect(far)
    names = ("strict_ack", "code_486", "early_media", "code_503")  # each is ended by us
    sipp = SippProcess(
        folder, written([ROWS[name] for name in names]), host=FAR, port=SIPP_PORT,
        inside=far.inside(),
    )  # fmt: skip
    line = SipLine(config(SIPP_PORT, host=FAR, local_host=NEAR, keepalive_seconds=1.0))
    line.start()
    until(lambda: line.capacity().up)
    held = [Conversation(ROWS[name], line, sipp) for name in names * 10]
    with suppress(AssertionError):
        until(lambda: all_over(held), seconds=60)
    told = [[one.row.name, *(result.outcome for result in one.ear.results)] for one in held]
    print(json.dumps({"wire": made_of, "calls": told}))  # noqa: T201
    line.stop()
    sipp.stop()
    far.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
