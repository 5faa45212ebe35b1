"""Names that nobody can guess, for calls, their ends and their transactions.

Asked for one by one, the system is asked six times a call, and each time another thread may take
the interpreter meanwhile; so a page of chance is fetched at a time.
"""

import os
import threading

PAGE_BYTES = 4096


class Chance:
    """Bytes of the system's generator, each given away once; any thread may ask."""

    def __init__(self) -> None:
        """Fetch nothing yet."""
        self._page = b""
        self._at = 0
        self._lock = threading.Lock()

    def take(self, count: int) -> bytes:
        """Return so many bytes, at most a page."""
        with self._lock:
            start, self._at = self._at, self._at + count
            if self._at > len(self._page):
                self._page, start, self._at = os.urandom(PAGE_BYTES), 0, count
            return self._page[start : self._at]


_CHANCE = Chance()
take = _CHANCE.take


def word(count: int) -> str:
    """Return so many bytes, two hexadecimal digits each."""
    return take(count).hex()
