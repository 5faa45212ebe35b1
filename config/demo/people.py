"""The people of the sample: who they are in each campaign, and how their phone behaves."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")
CAMPAIGNS = 3


class Fate(StrEnum):
    """What the sample has in store for a lead before anything is dialled."""

    CALLABLE = "callable"
    NO_CONSENT = "no_consent"
    REFUSED = "refused"
    AT_CAP = "at_cap"
    ELSEWHERE = "elsewhere"  # in Xinjiang, where the working day has not begun


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLead:
    """One lead of the sample."""

    campaign: int  # 0, 1 or 2
    number: str  # as a list would hold it: eleven digits
    name: str
    fate: Fate
    behaviour: str  # dialer.lines.carrier's word for what the phone does
    ring_seconds: float
    talk_seconds: float


# Shares of a hundred. Every campaign has some of each.
FATES = [
    (Fate.CALLABLE, 66),
    (Fate.NO_CONSENT, 12),
    (Fate.REFUSED, 9),
    (Fate.AT_CAP, 6),
    (Fate.ELSEWHERE, 7),
]
BEHAVIOURS = [
    ("answer", 52),
    ("key9", 10),
    ("early_hangup", 8),
    ("unavailable", 9),
    ("busy", 9),
    ("declined", 6),
    ("not_found", 4),
    ("no_answer", 2),  # rings until we cancel
]
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
# Prefixes of mobile numbers, by where they were issued (compliance.numbers.localities).
PREFIXES = ["1381000", "1391000", "1361100", "1380171", "1391800", "1390207", "1380288", "1370571"]
XINJIANG = ["1399990", "1390991", "1369990"]


def sample_leads(*, count: int, seed: int) -> list[SampleLead]:
    """Return `count` leads, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - a sample, not a secret
    numbers = spread_numbers(dice)
    xinjiang = spread_numbers(dice, prefixes=XINJIANG)
    leads = []
    for position in range(count):
        fate = _pick(dice, FATES)
        leads.append(
            SampleLead(
                campaign=position % CAMPAIGNS,
                number=next(xinjiang if fate is Fate.ELSEWHERE else numbers),
                name=f"{dice.choice(SURNAMES)}{dice.choice(['女士', '先生'])}",
                fate=fate,
                behaviour=_pick(dice, BEHAVIOURS),
                ring_seconds=round(dice.uniform(0.2, 1.0), 2),
                talk_seconds=round(dice.uniform(0.8, 3.0), 2),
            )
        )
    return leads


def spread_numbers(dice: random.Random, *, prefixes: Sequence[str] = PREFIXES) -> Iterator[str]:
    """Yield numbers that no two leads share and that never run in sequence."""
    seen: set[int] = set()
    while True:
        number = int(f"{dice.choice(prefixes)}{dice.randrange(10_000):04d}")
        if not seen & {number - 1, number, number + 1}:
            seen.add(number)
            yield str(number)


def _pick(dice: random.Random, shares: Sequence[tuple[T, int]]) -> T:
    values, weights = zip(*shares, strict=True)
    chosen: T = dice.choices(values, weights)[0]
    return chosen
