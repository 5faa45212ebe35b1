"""Ends the process when its reactor no longer comes round: its calls are dead, a new one is not.

Nothing that runs on the reactor can notice that the reactor hangs; so a second thread looks.
"""

import faulthandler
import logging
import os
import threading
import time
from collections.abc import Callable

from dialer.lines.sip.reactor import Reactor

logger = logging.getLogger(__name__)

STALL_SECONDS = 5.0
LOOK_SECONDS = 0.5
STALLED = 70  # exit code: EX_SOFTWARE of sysexits.h; the supervisor starts the process again


class Watchdog(threading.Thread):
    """Looks at the reactor's beat twice a second."""

    def __init__(
        self,
        *,
        reactor: Reactor,
        stall_seconds: float = STALL_SECONDS,
        end: Callable[[int], object] = os._exit,  # at once: whatever could be waited for hangs
    ) -> None:
        """Watch from `start` to `stop`."""
        super().__init__(name="sip-watchdog", daemon=True)
        self._reactor = reactor
        self._stall_seconds = stall_seconds
        self._end = end
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Watch no more."""
        self._stopping.set()

    def run(self) -> None:
        """Count the seconds in which we were awake and the reactor was not.

        A machine that slept, or a process that was stopped, is not a reactor that hangs: of the
        time between two looks only a look's length counts.
        """
        pause = min(LOOK_SECONDS, self._stall_seconds / 4)
        seen, stalled, looked_at = self._reactor.beat_at, 0.0, time.monotonic()
        while not self._stopping.wait(pause):
            now = time.monotonic()
            stalled += min(now - looked_at, 2 * pause)
            looked_at = now
            if self._reactor.beat_at != seen:
                seen, stalled = self._reactor.beat_at, 0.0
            if stalled > self._stall_seconds:
                logger.critical("The reactor has stood still for %.1f s: the end.", stalled)
                faulthandler.dump_traceback()
                self._end(STALLED)
                return
