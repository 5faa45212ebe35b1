"""What is due when: to the instant for audio, and in bundles of ten milliseconds for all else.

A call sets some ten timers, of which most are cancelled and none minds a few milliseconds. One by
one each would have woken the thread, also when nothing was left to do.
"""

import heapq
import itertools
import math
import time
from collections.abc import Callable, Iterator

Action = Callable[[], object]
BUNDLES_A_SECOND = 100


class Timer:
    """Something to do at an instant of the monotonic clock."""

    __slots__ = ("_action",)

    def __init__(self, action: Action) -> None:
        self._action: Action | None = action

    @property
    def waits(self) -> bool:
        """Whether it is neither cancelled nor done."""
        return self._action is not None

    def cancel(self) -> None:
        """Forget the action; a timer that has fired is none the worse."""
        self._action = None

    def fire(self) -> None:
        """Do it, once."""
        action, self._action = self._action, None
        if action is not None:
            action()


class Timers:
    """Those of one reactor, on its thread."""

    def __init__(self) -> None:
        """Begin with none."""
        self._exact: list[tuple[float, int, Timer]] = []  # tuples are compared by the interpreter
        self._order = itertools.count()
        self._bundles: dict[int, list[Timer]] = {}
        self._ends: list[int] = []  # of the bundles, in hundredths of a second

    def at(self, when: float, action: Action) -> Timer:
        """Have it done at an instant."""
        timer = Timer(action)
        heapq.heappush(self._exact, (when, next(self._order), timer))
        return timer

    def after(self, seconds: float, action: Action) -> Timer:
        """Have it done after so many seconds and at most ten milliseconds."""
        end = int((time.monotonic() + seconds) * BUNDLES_A_SECOND) + 1
        bundle = self._bundles.get(end)
        if bundle is None:
            bundle = self._bundles[end] = []
            heapq.heappush(self._ends, end)
        timer = Timer(action)
        bundle.append(timer)
        return timer

    def next_at(self, *, bundles: bool) -> float:
        """Return when something is due next; `bundles` or not, if they need not be waited for."""
        exact = self._exact
        while exact and not exact[0][2].waits:
            heapq.heappop(exact)
        when = exact[0][0] if exact else math.inf
        if bundles and self._ends:
            when = min(when, self._ends[0] / BUNDLES_A_SECOND)
        return when

    def due(self, now: float) -> Iterator[Timer]:
        """Yield what is due, the exact ones first."""
        exact, ends = self._exact, self._ends
        while exact and exact[0][0] <= now:
            yield heapq.heappop(exact)[2]
        while ends and ends[0] <= now * BUNDLES_A_SECOND:
            for timer in self._bundles.pop(heapq.heappop(ends)):
                if timer.waits:
                    yield timer
