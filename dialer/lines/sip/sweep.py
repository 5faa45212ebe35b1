"""When a line process looks for garbage: once in a while, and never for what it was started with.

Left to itself the interpreter looks whenever enough objects were made, through everything that it
holds: with 400 calls it stood still for 35 ms, and each group of packets that was due was late.
"""

import gc
from collections.abc import Callable

from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.timers import Timer

LOOK_SECONDS = 1.0
EVERY_LOOKS = 60  # a minute: what ended calls leave behind is no more than that by then
MANY = 300_000  # containers more than after the last sweep: do not wait for the minute


class Sweep:
    """Looks for garbage on the reactor's thread, from `start` to `stop`; one a process."""

    def __init__(self, *, reactor: Reactor, collect: Callable[[], object] = gc.collect) -> None:
        """Change nothing yet."""
        self._reactor = reactor
        self._collect = collect
        self._looks = 0
        self._timer: Timer | None = None

    def start(self) -> None:
        """Set apart what is there, which lives as long as the process, and look by ourselves."""
        gc.collect()
        gc.freeze()
        gc.disable()
        self._reactor.call_soon(self._again)

    def stop(self) -> None:
        """Leave it to the interpreter again; when the reactor stands still."""
        if self._timer is not None:
            self._timer.cancel()
        gc.enable()
        gc.unfreeze()

    def _again(self) -> None:
        self._timer = self._reactor.call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._again()
        self._looks += 1
        if self._looks >= EVERY_LOOKS or gc.get_count()[0] > MANY:
            self._looks = 0
            self._collect()
