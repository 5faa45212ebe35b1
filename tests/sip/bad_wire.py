"""A stretch of wire that loses, delays and disorders datagrams, from a seed."""

import heapq
import itertools
import random
import selectors
import socket
import threading
import time

Address = tuple[str, int]


class BadWire:
    """Passes datagrams between one line and its carrier; `host` is where the line finds it."""

    def __init__(
        self,
        *,
        carrier: Address,
        host: str = "127.0.0.9",
        loss: float = 0.0,  # share of the datagrams, 0..1, in each direction
        delay_seconds: float = 0.0,
        jitter_seconds: float = 0.0,  # more than 0 also disorders them
        drop_first: int = 0,  # so many of the line's first datagrams never arrive
        seed: int = 5,
    ) -> None:
        self.lost = self.passed = 0
        self.host = host
        self._carrier, self._loss = carrier, loss
        self._delay, self._jitter, self._drop_first = delay_seconds, jitter_seconds, drop_first
        self._random = random.Random(seed)
        self._line: Address | None = None
        self._near, self._far = _socket(host), _socket(carrier[0])
        self.port: int = self._near.getsockname()[1]
        self._waiting: list[tuple[float, int, socket.socket, Address, bytes]] = []
        self._order = itertools.count()
        self._selector = selectors.DefaultSelector()
        for sock in (self._near, self._far):
            self._selector.register(sock, selectors.EVENT_READ)
        self._running = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._running = False
        self._thread.join(5)
        self._near.close()
        self._far.close()
        self._selector.close()

    def _run(self) -> None:
        while self._running:
            for key, _ in self._selector.select(self._wait_seconds()):
                self._take(key.fileobj)
            while self._waiting and self._waiting[0][0] <= time.monotonic():
                _, _, sock, target, data = heapq.heappop(self._waiting)
                sock.sendto(data, target)

    def _wait_seconds(self) -> float:
        if not self._waiting:
            return 0.1
        return min(0.1, max(0.0, self._waiting[0][0] - time.monotonic()))

    def _take(self, sock: object) -> None:
        if sock is self._near:
            data, self._line = self._near.recvfrom(65_535)
            out, target = self._far, self._carrier
            if self._drop_first > 0:
                self._drop_first -= 1
                self.lost += 1
                return
        else:
            data, _ = self._far.recvfrom(65_535)
            if self._line is None:
                return
            out, target = self._near, self._line
        if self._random.random() < self._loss:
            self.lost += 1
            return
        self.passed += 1
        at = time.monotonic() + self._delay + self._random.random() * self._jitter
        heapq.heappush(self._waiting, (at, next(self._order), out, target, data))


def _socket(host: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((host, 0))
    return sock
