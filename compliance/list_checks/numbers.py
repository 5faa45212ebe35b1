"""LST-04: whether numbers were collected from people or counted off from a range."""

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from compliance.list_checks.limits import limits
from compliance.list_checks.stopped import ListStoppedError
from compliance.numbers import Words

WIDEST = 10_000  # gaps up to one block of numbers are counted; wider ones tell nothing

GENERATED = Words(
    "名单像按号段生成：{per_mille}‰ 的号码与前一个相连（上限 {most}‰），间隔最小熵 {bits} 比特"
    "（下限 {least}）。拒收整份名单。",
    "The list looks generated: {per_mille} per mille of its numbers follow upon another (at most "
    "{most}), and the gaps between them have {bits} bits of min-entropy (at least {least}). "
    "None of it is taken.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPattern:
    """What the numbers of a list are like together."""

    count: int  # different numbers
    longest_run: int  # of consecutive numbers
    following: int  # numbers right behind another one of the list
    gap_bits: float  # min-entropy: -log2 of the share that the commonest gap has

    @property
    def per_mille(self) -> int:
        """Return how many of a thousand follow upon another, rounded up."""
        return -(-self.following * 1000 // self.count) if self.count else 0


def number_pattern(numbers: Iterable[int]) -> NumberPattern:
    """Look at the numbers in order; zeros stand for rows without one, and repeats count once."""
    ordered = sorted(numbers)
    seen = array("q", bytes(8 * (WIDEST + 1)))
    count = run = longest = gaps = 0
    if ordered and ordered[-1]:
        count = run = longest = 1
    for one, other in pairwise(ordered):
        gap = other - one
        if not one or not gap:
            continue
        count, gaps = count + 1, gaps + 1
        run = run + 1 if gap == 1 else 1
        longest = max(longest, run)
        if gap <= WIDEST:
            seen[gap] += 1
    commonest = max(seen)
    bits = math.inf if not commonest else -math.log2(commonest / gaps)
    return NumberPattern(count=count, longest_run=longest, following=seen[1], gap_bits=bits)


def refuse_generated(numbers: Iterable[int]) -> NumberPattern:
    """Refuse a whole list whose numbers were counted off; single runs are the rows' own matter.

    :raises ListStoppedError: if they were
    """
    most = limits("CN13-LST-04")
    pattern = number_pattern(numbers)
    if pattern.count < most["judged_from"]:
        return pattern
    shared = pattern.following * 1000 > most["max_sequence_share_per_mille"] * pattern.count
    if shared or pattern.gap_bits < most["min_gap_bits"]:
        words = GENERATED.filled(
            per_mille=pattern.per_mille,
            most=most["max_sequence_share_per_mille"],
            bits=_said(pattern.gap_bits),
            least=most["min_gap_bits"],
        )
        facts = {
            "numbers": pattern.count,
            "following": pattern.following,
            "longest_run": pattern.longest_run,
        }
        raise ListStoppedError(words, cause="LST-04", state="held", facts=facts)
    return pattern


def _said(bits: float) -> str:
    return "∞" if math.isinf(bits) else f"{bits:.1f}"
