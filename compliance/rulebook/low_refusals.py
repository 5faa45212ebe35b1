"""Seats that write down far fewer refusals than their peers do: all their calls are checked.

A rate that is high means nothing here, and no two seats are ever put in order: whoever takes
refusals down does the work as it should be done (CN13-REF-05).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatCalls:
    """The answered calls of one seat for one campaign."""

    seat: int
    campaign: int
    answered: int
    refused: int  # of them, those in which the person said no


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstPeers:
    """What a seat's refusals are, and what they would be at the rate of its peers."""

    answered: int
    refused: int
    expected: Fraction  # in the campaigns that it shares with others
    far_below: bool


def against_peers(calls: Iterable[SeatCalls], *, deviations: int) -> Mapping[int, AgainstPeers]:
    """Compare each seat with the others that called for the same campaigns.

    People refuse one campaign more than another, so each campaign is compared by itself; one
    that a seat has to itself says nothing about it. Exact arithmetic: no rounding decides.

    :param deviations: a seat is far below its peers by more than so many standard deviations
    """
    rows = tuple(calls)
    answered, refused = Counter[int](), Counter[int]()
    for row in rows:
        answered[row.campaign] += row.answered
        refused[row.campaign] += row.refused
    seats = sorted({row.seat for row in rows})
    return {
        seat: _compared(
            [row for row in rows if row.seat == seat], answered, refused, deviations=deviations
        )
        for seat in seats
    }


def _compared(
    own: list[SeatCalls], answered: Counter[int], refused: Counter[int], *, deviations: int
) -> AgainstPeers:
    expected = variance = Fraction(0)
    comparable = 0
    for row in own:
        others = answered[row.campaign] - row.answered
        if others == 0:
            continue
        rate = Fraction(refused[row.campaign] - row.refused, others)
        expected += row.answered * rate
        variance += row.answered * rate * (1 - rate)
        comparable += row.refused
    short = expected - comparable
    return AgainstPeers(
        answered=sum(row.answered for row in own),
        refused=sum(row.refused for row in own),
        expected=expected,
        far_below=short > 0 and short**2 > deviations**2 * variance,
    )
