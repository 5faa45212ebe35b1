"""The timers of one call at the loopback carrier: what is to happen, and what is sent again."""

import asyncio
from collections.abc import Callable

T1, T2 = 0.5, 4.0  # seconds, RFC 3261 17.1.1.1 and 17.1.2.2
PATIENCE_SECONDS = 32.0  # 64*T1, RFC 3261 13.3.1.4: a 200 without its ACK ends the call


class CalleeTimers:
    """Of one call; they stop with it."""

    def __init__(self, *, send: Callable[[bytes], None]) -> None:
        """Wait for nothing yet."""
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._waiting: list[asyncio.TimerHandle] = []

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do it after so many seconds, if the call is still there."""
        self._waiting.append(self._loop.call_later(seconds, action))

    def resend(self, data: bytes, wanted: Callable[[], bool], unheard: Callable[[], None]) -> None:
        """Send what was sent once again and again, while it is wanted."""
        until = self._loop.time() + PATIENCE_SECONDS

        def again(pause: float) -> None:
            if not wanted():
                return
            if self._loop.time() >= until:
                unheard()
                return
            self._send(data)
            longer = min(pause * 2, T2)
            self.later(longer, lambda: again(longer))

        self.later(T1, lambda: again(T1))

    def stop(self) -> None:
        """Forget all of it."""
        for timer in self._waiting:
            timer.cancel()
        self._waiting.clear()
