"""How many of its calls a line process may offer: fewer while its media clock runs late."""

LATE_SECONDS = 0.02  # one packet; a callee begins to hear it
LOOKS_A_TURN = 10  # seconds, one look each, that decide together
STEP = 0.1  # of all calls, that come back with every good turn
LOOK_SECONDS = 1.0  # between two looks
LEAST = 1 / 64


class Share:
    """Halves after ten late seconds in a row, and grows by a tenth after ten good ones."""

    def __init__(self) -> None:
        """Begin with everything."""
        self.part = 1.0
        self._late = 0
        self._good = 0

    def look(self, *, late_seconds: float) -> None:
        """Take the worst lateness of one second."""
        if late_seconds > LATE_SECONDS:
            self._late, self._good = self._late + 1, 0
        else:
            self._late, self._good = 0, self._good + 1
        if self._late >= LOOKS_A_TURN:
            self._late, self.part = 0, max(self.part / 2, LEAST)
        elif self._good >= LOOKS_A_TURN:
            self._good, self.part = 0, min(self.part + STEP, 1.0)

    def of(self, calls: int) -> int:
        """Return how many of so many calls may be offered: one at least."""
        return max(1, int(calls * self.part + 1e-9)) if calls > 0 else 0
