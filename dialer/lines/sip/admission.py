"""How many calls a trunk may carry and how many it may start each second."""

import threading
import time

from dialer.lines.base import LineFullError

SOON_SECONDS = 1.0  # what may start by then is offered now: pacing asks about as often


class Admission:
    """The places of one trunk; any thread may ask."""

    def __init__(self, *, max_calls: int, calls_per_second: float | None) -> None:
        self.max_calls = max_calls
        self.live = 0
        self._rate = calls_per_second
        self._tokens = max(calls_per_second or 0.0, 1.0)
        self._filled_at = time.monotonic()
        self._changed = threading.Condition()

    def enter(self) -> None:
        """Take a place.

        :raises LineFullError: if there is none, or if too many calls started this second
        """
        with self._changed:
            if self.live >= self.max_calls:
                raise LineFullError(f"All {self.max_calls} places of the line are taken.")
            self._take_token()
            self.live += 1

    def leave(self) -> None:
        """Give a place back."""
        with self._changed:
            self.live -= 1
            self._changed.notify_all()

    def give_back(self) -> None:
        """Give back a place whose call never began: it has not started this second either."""
        with self._changed:
            if self._rate is not None:
                self._tokens = min(self._tokens + 1, max(self._rate, 1.0))
            self.leave()

    def offered(self, *, most: int) -> int:
        """Return how many calls there may be soon: those that are up, and what may yet start."""
        with self._changed:
            if self._rate is None:
                return most
            self._fill()
            startable = min(self._tokens + self._rate * SOON_SECONDS, max(self._rate, 1.0))
            return min(most, self.live + int(startable))

    def wait_empty(self, *, timeout_seconds: float) -> bool:
        """Wait until no call is left. Return False if the time is over first."""
        with self._changed:
            return self._changed.wait_for(lambda: self.live == 0, timeout=timeout_seconds)

    def _take_token(self) -> None:
        if self._rate is None:
            return
        self._fill()
        if self._tokens < 1:
            raise LineFullError(f"The line starts at most {self._rate:g} calls per second.")
        self._tokens -= 1

    def _fill(self) -> None:
        if self._rate is None:
            return
        now = time.monotonic()
        filled = self._tokens + (now - self._filled_at) * self._rate
        self._tokens, self._filled_at = min(filled, max(self._rate, 1.0)), now
