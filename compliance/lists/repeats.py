"""Numbers that stand in a list more than once, and numbers that count on from one another."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

NONE = 0  # in the array: the row has no number


class Repeats:
    """What a whole list's numbers show that no single row can; 8 bytes a row and little more."""

    def __init__(self, numbers: "array[int]", *, max_run: int) -> None:
        """Look for repeated numbers, and for more than `max_run` consecutive ones."""
        ordered = sorted(numbers)  # with its integers 40 bytes a row, and gone again at once
        self._repeated = {one: NONE for one, other in pairwise(ordered) if one == other and one}
        runs = list(_runs(ordered, max_run))
        self._starts = [start for start, _ in runs]
        self._ends = [end for _, end in runs]

    def run_length(self, number: int) -> int:
        """Return how many consecutive numbers there are with this one, 0 if not too many."""
        at = bisect_right(self._starts, number) - 1
        if at < 0 or number > self._ends[at]:
            return 0
        return self._ends[at] - self._starts[at] + 1

    def first_line(self, number: int) -> int:
        """Return the line on which the number was accepted already, 0 if on none."""
        return self._repeated.get(number, NONE)

    def accepted(self, number: int, line: int) -> None:
        """Remember where a number was accepted, if it comes again."""
        if number in self._repeated:
            self._repeated[number] = line


def _runs(ordered: list[int], max_run: int) -> Iterator[tuple[int, int]]:
    """Find first and last number of every run that is longer than `max_run`."""
    start = last = NONE
    for number in ordered:
        if number > last + 1 or start == NONE:
            if last - start >= max_run and start:
                yield start, last
            start = number
        last = number
    if last - start >= max_run and start:
        yield start, last
