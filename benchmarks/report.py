"""What a benchmark found: rounds of two figures, their ratio, its spread, and the verdict."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

PASS, MISS, FAIL = "PASS", "MISS", "FAIL"  # FAIL: the figure that must be met is not met


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A figure to meet: at most or at least so much."""

    limit: float
    at_most: bool

    def met_by(self, ratio: float) -> bool:
        """Tell whether the ratio keeps the bound."""
        return ratio <= self.limit if self.at_most else ratio >= self.limit

    def __str__(self) -> str:
        return f"≤ {shown(self.limit)}" if self.at_most else f"≥ {self.limit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Ours beside a peer or a physical limit, over rounds in which the two took turns."""

    name: str
    ours: str  # what was measured, with its unit
    peer: str
    rounds: Sequence[tuple[float, float]]  # (ours, peer)
    goal: Bound | None = None  # None: told for information
    must: Bound | None = None
    notes: Sequence[str] = field(default=())

    @property
    def ratios(self) -> list[float]:
        """Ours over the peer's, round by round."""
        return [ours / peer for ours, peer in self.rounds]

    @property
    def ratio(self) -> float:
        """The median over the rounds, which is what is judged."""
        return statistics.median(self.ratios)

    @property
    def verdict(self) -> str:
        """PASS, MISS of the goal only, or FAIL; empty if nothing is judged."""
        if self.must is not None and not self.must.met_by(self.ratio):
            return FAIL
        if self.goal is None:
            return ""
        return PASS if self.goal.met_by(self.ratio) else MISS

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "name": self.name,
            "ours": self.ours,
            "peer": self.peer,
            "rounds": [list(pair) for pair in self.rounds],
            "ratio": self.ratio,
            "ratio_least": min(self.ratios),
            "ratio_most": max(self.ratios),
            "goal": str(self.goal or ""),
            "must": str(self.must or ""),
            "verdict": self.verdict,
            "notes": list(self.notes),
        }

    def lines(self) -> list[str]:
        """Return what a person reads."""
        ours = statistics.median(one for one, _ in self.rounds)
        peer = statistics.median(one for _, one in self.rounds)
        spread = " / ".join(shown(x) for x in (min(self.ratios), self.ratio, max(self.ratios)))
        bounds = [f"goal {self.goal}"] if self.goal else ["for information"]
        bounds += [f"must {self.must}"] if self.must else []
        return [
            f"{self.name}: {shown(self.ratio)}   {', '.join(bounds)}   {self.verdict}".rstrip(),
            f"    ratio, least / median / most of {len(self.rounds)} rounds: {spread}",
            f"    {self.ours}: median {ours:,.1f}",
            f"    {self.peer}: median {peer:,.1f}",
            *(f"    {note}" for note in self.notes),
        ]


def at_most(limit: float) -> Bound:
    """Bound a ratio that is better the smaller it is."""
    return Bound(limit=limit, at_most=True)


def at_least(limit: float) -> Bound:
    """Bound a ratio that is better the greater it is."""
    return Bound(limit=limit, at_most=False)


def shown(ratio: float) -> str:
    """Write a small ratio as people say it, too: 0.028 (1/36)."""
    return f"{ratio:.3f} (1/{1 / ratio:.0f})" if ratio < 0.2 else f"{ratio:.2f}"


def p50(seconds: Sequence[float]) -> float:
    """Return the median in microseconds."""
    return statistics.median(seconds) * 1e6


def p99(seconds: Sequence[float]) -> float:
    """Return the 99th percentile in microseconds."""
    return statistics.quantiles(seconds, n=100, method="inclusive")[98] * 1e6
