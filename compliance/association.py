"""Does one thing depend on another? Pearson's test on the pairs that were seen."""

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_EXPECTED = 5  # in every cell, for the distribution in closed form to hold
SHUFFLES = 2000
ENOUGH = 50  # shuffles at least as telling: the chance is known well enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """What the test says of the pairs."""

    pairs: int
    firsts: int  # different ones
    seconds: int
    statistic: float
    chance: float  # of a statistic as high, if nothing depends on anything: 0..1

    @property
    def per_million(self) -> int:
        """Return the chance in whole millionths, rounded up."""
        return math.ceil(self.chance * 1_000_000)


def association(pairs: Sequence[tuple[str, str]]) -> Association:
    """Test whether the second of each pair depends on the first.

    Where cells are too thin for the closed form, the seconds are dealt anew many times over: so
    a hundred numbers with five calls each are seen through as well. The same pairs always give
    the same answer.
    """
    firsts, seconds = (Counter(pair[place] for pair in pairs) for place in (0, 1))
    choice = len(firsts) > 1 and len(seconds) > 1
    statistic = _statistic(pairs, firsts, seconds) if choice else 0.0
    return Association(
        pairs=len(pairs),
        firsts=len(firsts),
        seconds=len(seconds),
        statistic=statistic,
        chance=_chance(pairs, firsts, seconds, statistic) if choice else 1.0,
    )


def _statistic(
    pairs: Sequence[tuple[str, str]], firsts: Counter[str], seconds: Counter[str]
) -> float:
    """Return Pearson's sum of (seen - expected)² / expected over all cells."""
    cells = Counter(pairs)
    seen = math.fsum(n * n / (firsts[one] * seconds[two]) for (one, two), n in cells.items())
    return len(pairs) * (seen - 1)


def _chance(
    pairs: Sequence[tuple[str, str]],
    firsts: Counter[str],
    seconds: Counter[str],
    statistic: float,
) -> float:
    thinnest = min(firsts.values()) * min(seconds.values()) / len(pairs)
    if thinnest >= LEAST_EXPECTED:
        return tail(statistic, (len(firsts) - 1) * (len(seconds) - 1))
    ordered = sorted(pairs)
    left, right = [one for one, _ in ordered], [two for _, two in ordered]
    dealer = random.Random(len(pairs))  # noqa: S311 - a test of chance, not a secret
    as_high, dealt = 0, 0
    while dealt < SHUFFLES and as_high < ENOUGH:
        dealer.shuffle(right)
        dealt += 1
        anew = _statistic(list(zip(left, right, strict=True)), firsts, seconds)
        as_high += anew >= statistic - 1e-9
    return (as_high + 1) / (dealt + 1)


def tail(statistic: float, freedom: int) -> float:
    """Return how often chi squared with `freedom` degrees exceeds `statistic`.

    Abramowitz and Stegun 26.4.4 and 26.4.5: for whole degrees of freedom the sum is finite.
    """
    half = max(statistic, 0.0) / 2
    if half == 0:
        return 1.0
    odd = freedom % 2
    powers = [k + odd / 2 for k in range((freedom - odd) // 2)]
    # By logarithms: neither powers nor factorials leave what a float can hold.
    steps = [math.exp(k * math.log(half) - math.lgamma(k + 1) - half) for k in powers]
    return min(1.0, math.fsum(steps) + (math.erfc(math.sqrt(half)) if odd else 0.0))
