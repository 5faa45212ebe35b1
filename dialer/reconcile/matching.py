"""Match two counts of the same calls one to one; values in, values out.

By Call-ID where both sides know it, else by callee, number shown and time.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One call as somebody counted it; numbers are spelled as `same_number` spells them."""

    at: datetime
    callee: str
    caller: str
    call_id: str = ""  # "": whoever counted does not know it
    trunk: str = ""  # code; "": whoever counted does not know it
    disguised: bool = False  # its headers name more than one callee or caller

    @property
    def numbers(self) -> tuple[str, str] | None:
        """Return both numbers, or nothing where they are not known for sure."""
        return None if self.disguised or not self.callee else (self.callee, self.caller)


Pairs = dict[int, int]  # places in the first count, and in the second


def matched(ours: Sequence[Seen], theirs: Sequence[Seen], *, tolerance: timedelta) -> Pairs:
    """Return which call is which; none is used twice.

    Where some calls are known to both by their Call-ID, two other Call-IDs are two calls.
    """
    pairs = _by_call_id(ours, theirs)
    left = [i for i in range(len(ours)) if i not in pairs]
    taken = set(pairs.values())
    right = [j for j in range(len(theirs)) if j not in taken]
    if not pairs:
        return by_time(ours, theirs, left, right, tolerance=tolerance)
    named = [j for j in right if theirs[j].call_id]
    nameless_ours = [i for i in left if not ours[i].call_id]
    pairs |= by_time(ours, theirs, nameless_ours, named, tolerance=tolerance)
    left = [i for i in left if i not in pairs]
    nameless = [j for j in right if not theirs[j].call_id]
    return pairs | by_time(ours, theirs, left, nameless, tolerance=tolerance)


def by_time(
    ours: Sequence[Seen],
    theirs: Sequence[Seen],
    left: Iterable[int],
    right: Iterable[int],
    *,
    tolerance: timedelta,
) -> Pairs:
    """Match as many as can be, of equal numbers and at most `tolerance` apart.

    With one tolerance for all, taking the earliest that fits leaves the most for the rest.
    """
    pairs: Pairs = {}
    waiting = _by_numbers(theirs, right)
    for numbers, places in _by_numbers(ours, left).items():
        others = iter(waiting.get(numbers, ()))
        j = next(others, None)
        for i in places:
            while j is not None and theirs[j].at < ours[i].at - tolerance:
                j = next(others, None)
            if j is not None and theirs[j].at <= ours[i].at + tolerance:
                pairs[i] = j
                j = next(others, None)
    return pairs


def _by_call_id(ours: Sequence[Seen], theirs: Sequence[Seen]) -> Pairs:
    known: dict[tuple[str, tuple[str, str]], list[int]] = defaultdict(list)
    for j in reversed(range(len(theirs))):
        numbers = theirs[j].numbers
        if theirs[j].call_id and numbers:
            known[theirs[j].call_id, numbers].append(j)
    pairs: Pairs = {}
    for i, one in enumerate(ours):
        if one.call_id and one.numbers and (found := known.get((one.call_id, one.numbers))):
            pairs[i] = found.pop()
    return pairs


def _by_numbers(seen: Sequence[Seen], places: Iterable[int]) -> dict[tuple[str, str], list[int]]:
    """Return the places of each pair of numbers, in the order of time."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place in sorted(places, key=lambda place: (seen[place].at, place)):
        numbers = seen[place].numbers
        if numbers is not None:
            found[numbers].append(place)
    return found
