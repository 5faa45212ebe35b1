"""`python -m benchmarks.lines_talker --host H`: the voices at the other end of the calls.

One socket for all of them. Whoever sends to it is answered every 20 ms, with the instant inside
the packet; when such an instant comes back over a bridge, its age is the one-way delay. Ends when
its standard input does, and prints what it found as JSON.
"""

import argparse
import json
import random
import selectors
import socket
import statistics
import struct
import sys
import time

from dialer.line_process.precedence import take_precedence

HEAD = struct.Struct("!BBHII4sq")  # RTP, then a mark and nanoseconds of the monotonic clock
MARK = b"YUNH"
REST = b"\xff" * (160 - 12)
GROUPS, STEP_SECONDS = 4, 0.005
WINDOW_SECONDS = 10.0


class Voice:
    """One voice."""

    def __init__(self) -> None:
        self.number = random.randrange(2**16)
        self.stamp = random.randrange(2**32)
        self.ssrc = random.randrange(2**32)

    def next_packet(self) -> bytes:
        """Write 20 ms."""
        self.number = (self.number + 1) & 0xFFFF
        self.stamp = (self.stamp + 160) & 0xFFFFFFFF
        now = time.monotonic_ns()
        return HEAD.pack(0x80, 0, self.number, self.stamp, self.ssrc, MARK, now) + REST


class Talker:
    """All voices and what they heard."""

    def __init__(self, host: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 23)
        self.socket.bind((host, 0))
        self.socket.settimeout(0)
        self.groups: list[dict[tuple[str, int], Voice]] = [{} for _ in range(GROUPS)]
        self.known: set[tuple[str, int]] = set()
        self.began = time.monotonic()
        self.windows: dict[int, list[float]] = {}  # of the delays, in ms
        self.heard = self.sent = 0

    def hear(self) -> None:
        """Take what has come."""
        for _ in range(4096):
            try:
                packet, source = self.socket.recvfrom(2048)
            except BlockingIOError:
                return
            self.heard += 1
            if source not in self.known:
                self.known.add(source)
                min(self.groups, key=len)[source] = Voice()
            if packet[12:16] == MARK:
                self._note(HEAD.unpack_from(packet)[-1])

    def _note(self, sent: int) -> None:
        now = time.monotonic_ns()
        window = int((now / 1e9 - self.began) / WINDOW_SECONDS)
        self.windows.setdefault(window, []).append((now - sent) / 1e6)

    def say(self, turn: int) -> None:
        """Let one group of voices speak."""
        for address, voice in self.groups[turn % GROUPS].items():
            self.socket.sendto(voice.next_packet(), address)
            self.sent += 1

    def findings(self) -> dict[str, object]:
        """Return delays in ms, all together and window by window, but not the first and last."""
        windows = [self.windows[at] for at in sorted(self.windows)]
        steady = windows[1:-1] or windows
        delays = [delay for window in steady for delay in window]
        cuts = statistics.quantiles(delays, n=100, method="inclusive") if len(delays) > 1 else []
        return {
            "voices": len(self.known),
            "sent": self.sent,
            "heard": self.heard,
            "passed_on": len(delays),
            "p50": cuts[49] if cuts else 0.0,
            "p99": cuts[98] if cuts else 0.0,
            "most": max(delays, default=0.0),
            "medians": [statistics.median(window) for window in steady if window],
        }


def main() -> None:
    """Talk until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    take_precedence()  # it stands for other people's machines, which wait for nobody here
    talker = Talker(parser.parse_args().host)
    print(talker.socket.getsockname()[1], flush=True)
    selector = selectors.DefaultSelector()
    selector.register(talker.socket, selectors.EVENT_READ)
    selector.register(sys.stdin, selectors.EVENT_READ)
    due, turn = time.monotonic(), 0
    while True:
        ready = selector.select(max(0.0, due - time.monotonic()))
        if any(key.fileobj is sys.stdin for key, _ in ready):
            break
        talker.hear()
        if time.monotonic() >= due:
            due, turn = due + STEP_SECONDS, turn + 1
            talker.say(turn)
    print(json.dumps(talker.findings()))


if __name__ == "__main__":
    main()
