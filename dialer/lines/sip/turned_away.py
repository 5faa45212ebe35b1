"""A carrier that turns one call after the other away: the line pauses, and somebody is told.

Wrong credentials, a barred account or an offer that it never takes do not get better by dialling
on, and each further try is a person whose attempt is spent for nothing.
"""

import threading
from collections.abc import Callable

from dialer.lines.base import LineAlarm, Outcome

TURNED_AWAY = frozenset({Outcome.AUTH_FAILED, Outcome.FORBIDDEN, Outcome.NOT_ACCEPTABLE})
NOTHING_SAID = frozenset({Outcome.LINE_DOWN, Outcome.LOST, Outcome.CANCELED})  # of the account


class TurnedAway:
    """Counts calls that were turned away in a row; any thread may pause and resume."""

    def __init__(self, *, most: int, tell: Callable[[LineAlarm], object]) -> None:
        """Pause after more than `most` in a row."""
        self.paused = False
        self._most = most
        self._tell = tell
        self._in_a_row = 0
        self._changing = threading.Lock()

    def ended(self, outcome: Outcome) -> None:
        """Note how a call ended."""
        with self._changing:
            if outcome in NOTHING_SAID:
                return
            self._in_a_row = self._in_a_row + 1 if outcome in TURNED_AWAY else 0
            alarm = self._in_a_row > self._most and not self.paused
            self.paused = self.paused or alarm
            in_a_row = self._in_a_row
        if alarm:
            self._tell(LineAlarm(outcome=outcome, in_a_row=in_a_row))

    def pause(self) -> None:
        """Take no new call."""
        self.paused = True

    def resume(self) -> None:
        """Take calls again, and count from the start."""
        with self._changing:
            self.paused, self._in_a_row = False, 0
