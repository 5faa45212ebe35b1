"""Which sockets have something to read: the standard library's selectors without their ceremony.

With hundreds of calls some thousand packets come a second, one event each.
"""

import math
import select
from collections.abc import Callable, Iterator
from typing import Any

Action = Callable[[], object]
EPOLL = hasattr(select, "epoll")  # Linux; elsewhere the slower poll will do
AT_ONCE = 64  # 1 ms of packets: then it is looked whether something is due


class Poll:
    """Maps file descriptors to what is to be done with them."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._actions: dict[int, Action] = {}
        self._poll: Any = select.epoll() if EPOLL else select.poll()

    def add(self, number: int, action: Action) -> None:
        """Watch a file descriptor."""
        self._poll.register(number, select.POLLIN)
        self._actions[number] = action

    def remove(self, number: int) -> None:
        """Watch it no more."""
        del self._actions[number]
        self._poll.unregister(number)

    def ready(self, seconds: float) -> Iterator[Action]:
        """Wait for so long at most; yield then what is to be done, unless it is removed before.

        What is not yielded is the first to be the next time.
        """
        if EPOLL:
            return self._of(self._poll.poll(seconds, AT_ONCE))
        return self._of(self._poll.poll(_ms(seconds)))

    def _of(self, found: list[tuple[int, int]]) -> Iterator[Action]:
        for number, _ in found:
            action = self._actions.get(number)
            if action is not None:
                yield action

    def close(self) -> None:
        """Watch nothing any more."""
        self._actions.clear()
        if EPOLL:
            self._poll.close()


def _ms(seconds: float) -> int:
    return math.ceil(seconds * 1000)
