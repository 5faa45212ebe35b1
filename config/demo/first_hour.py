"""What somebody needs for a first hour with the demo: a list as people have it, and consents.

docs/first-hour.md says what to do with the two files; a test does it.
"""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from config.demo.lists import CONSENT_HEADINGS, SPELLINGS, consent_row
from config.demo.people import SURNAMES, spread_numbers
from config.demo.plans import PLANS

ROWS, BAD, CONSENTS = 5000, 1200, 190
SHARE = 19  # of the good rows one in so many has a consent
HEADINGS = ("客户姓名", "手机号码", "登记时间")
SEED = 12
# Long enough for whoever sits at a desk for the first time to read the card and to press.
PHONE = {"behaviour": "answer", "ring_seconds": 2.0, "talk_seconds": 25.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstHour:
    """The two files, and whose phones answer."""

    leads: Path
    consents: Path
    agreed: Sequence[str]  # numbers as a list holds them: eleven digits


def first_hour_write(*, folder: Path, taken: frozenset[str], now: datetime) -> FirstHour:
    """Write a list of which a quarter is bad, and the consents of one in twenty of the others.

    :param taken: numbers that the sample itself has
    """
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    free = (number for number in spread_numbers(dice) if number not in taken)
    numbers = list(islice(free, ROWS - BAD))
    # Those whom a desk's card, which shows seven digits, tells apart.
    apart = {(number[:3], number[-4:]): number for number in numbers[::SHARE]}
    agreed = list(apart.values())[:CONSENTS]
    made = FirstHour(
        leads=folder / "leads.csv", consents=folder / "consents.csv", agreed=tuple(agreed)
    )
    _write(made.leads, [HEADINGS, *_lead_rows(numbers, dice)])
    plan = PLANS[0]
    _write(made.consents, [CONSENT_HEADINGS, *(consent_row(n, plan, now) for n in agreed)])
    return made


def _lead_rows(numbers: Sequence[str], dice: random.Random) -> list[tuple[str, str, str]]:
    """Mix good rows with bad ones; a repeated number stands behind the first of its kind."""
    good = [SPELLINGS[at % len(SPELLINGS)](number) for at, number in enumerate(numbers)]
    cells = good + [_bad(at, numbers) for at in range(BAD)]
    places = list(range(len(cells)))
    dice.shuffle(places)
    mixed = [cells[place] for place in places]
    return [
        (f"{dice.choice(SURNAMES)}{dice.choice(['女士', '先生'])}", cell, "2026/3/2")
        for cell in mixed
    ]


def _bad(at: int, numbers: Sequence[str]) -> str:
    """Return what real lists hold in the place of a number, each kind as often."""
    number = numbers[at]
    kinds = (
        "1.38E+10",  # a spreadsheet's doing
        number[:-2],
        "",
        f"010-6553{at:04d}",  # a landline: this campaign calls mobile phones
        f"{number}/{numbers[-1 - at]}",
        f"+852 9{at:03d} 4567",
        "95588",
        number,  # twice on the list
    )
    return kinds[at % len(kinds)]


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)
