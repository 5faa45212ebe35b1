"""Each number that the pack gives a purpose: a moment before it, at it and after it.

The numbers stand here a second time, so that nobody changes one in the pack alone.
"""

from datetime import timedelta
from typing import Any

import pytest

from compliance.rulebook.facts import PURPOSES, AttemptFacts
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_attempt, make_consent, make_facts
from tests.compliance.rulebook.filings import make_channels
from tests.compliance.rulebook.instants import WORKDAY_MORNING, beijing

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
MOMENT = timedelta(microseconds=1)
WORKDAY, SATURDAY = "2026-03-11", "2026-03-14"
ENVELOPE = dict.fromkeys(PURPOSES, ("08:00", "21:00")) | {"P5": ("08:00", "22:00")}
WINDOWS = {
    "P1": ("09:00", "20:00"),
    "P2": ("08:00", "21:00"),
    "P3": ("09:00", "20:00"),
    "P4": ("08:30", "20:00"),
    "P5": ("08:00", "20:00"),
    "P6": ("09:00", "19:00"),
    "P7": ("08:00", "21:00"),
}
HOURS = [
    *(("CN13-TIM-01", WORKDAY, purpose, *hours) for purpose, hours in ENVELOPE.items()),
    *(("CN13-TIM-02", WORKDAY, purpose, *hours) for purpose, hours in WINDOWS.items()),
    ("CN13-TIM-01.insurance", WORKDAY, "P1", "09:00", "21:00"),
    ("CN13-TIM-02.ningxia", WORKDAY, "P5", "08:00", "20:00"),
    ("CN13-TIM-04", SATURDAY, "P5", "09:00", "18:00"),
    ("CN13-TIM-04.ningxia", SATURDAY, "P5", "09:00", "18:00"),
]
CAPS = {
    "P1": {1: 2, 7: 3, 30: 4},
    "P2": {1: 2, 30: 10},
    "P3": {1: 2, 30: 6},
    "P4": {1: 3, 30: 10},
    "P5": {1: 6},
    "P6": {1: 1, 30: 2},
    "P7": {1: 3, 30: 10},
}
RESTS = {  # days after calls that were turned away, cut short, not answered
    "P1": (90, 30, 30),
    "P2": (0, 0, 30),
    "P3": (90, 30, 30),
    "P4": (90, 30, 30),
    "P5": (90, 30, 0),
    "P6": (90, 30, 30),
    "P7": (0, 0, 0),
}
AGES = {"P1": 180, "P2": 1, "P3": 180, "P6": 180}
ORDINARY = [
    "AH", "BJ", "CQ", "FJ", "GD", "GS", "GX", "GZ", "HA", "HB", "HE", "HI", "HL", "HN", "JL",
    "JS", "JX", "LN", "NM", "NX", "QH", "SC", "SD", "SH", "SN", "SX", "TJ", "XZ", "YN", "ZJ",
]  # fmt: skip
LAWFUL = [
    "finance_loan", "finance_wealth", "card", "securities", "insurance", "realestate",
    "medical", "healthfood", "hr", "tourism", "education", "collection", "telecom", "retail",
    "other",
]  # fmt: skip


def tried(purpose: str, *ago: timedelta, **changes: Any) -> dict[str, Any]:
    """Return the facts that somebody was called so long ago."""
    made: tuple[AttemptFacts, ...] = tuple(
        make_attempt(at=WORKDAY_MORNING - each, **changes) for each in ago
    )
    return {"purpose": purpose, "attempts": made}


def verdicts(rule: str, *facts: dict[str, Any]) -> list[str]:
    """Return what a rule answers to each of some facts."""
    return [ask(rule, make_facts(**each)).verdict.value for each in facts]


class TestHours:
    @pytest.mark.parametrize(("rule", "day", "purpose", "opens", "closes"), HOURS)
    def test_open_and_close_to_the_second(
        self, rule: str, day: str, purpose: str, opens: str, closes: str
    ) -> None:
        first, last = beijing(f"{day} {opens}"), beijing(f"{day} {closes}")
        moments = (first - SECOND, first, last - SECOND, last)

        found = verdicts(
            rule,
            *({"at": at, "purpose": purpose, "callee__provinces": ("CN-NX",)} for at in moments),
        )

        assert found == ["defer", "allow", "allow", "defer"]

    @pytest.mark.parametrize("purpose", ["P2", "P4", "P7"])
    def test_of_a_day_off_are_a_workdays_for_some(self, purpose: str) -> None:
        first = beijing(f"{SATURDAY} 00:00")

        moments: list[dict[str, Any]] = [
            {"at": at, "purpose": purpose} for at in (first, first + DAY - SECOND)
        ]

        assert verdicts("CN13-TIM-04", *moments) == ["allow", "allow"]


class TestCaps:
    @pytest.mark.parametrize(
        ("purpose", "days", "most"),
        [(purpose, *cap) for purpose, caps in CAPS.items() for cap in caps.items()],
    )
    def test_are_full_at_so_many_calls_inside_the_window(
        self, purpose: str, days: int, most: int
    ) -> None:
        self.fills("CN13-FRQ-01", purpose, days, most, provinces=("CN-BJ",))

    def test_are_lower_for_collection_in_ningxia(self) -> None:
        self.fills("CN13-FRQ-01.ningxia", "P5", 1, 3, provinces=("CN-GS", "CN-NX"))

    @staticmethod
    def fills(
        rule: str, purpose: str, days: int, most: int, *, provinces: tuple[str, ...]
    ) -> None:
        window = days * DAY
        # As old as the window allows, and so outside every shorter one: this very cap is full.
        inside = [window - (n + 1) * MOMENT for n in range(most)]
        facts = [
            tried(purpose, *ago) | {"callee__provinces": provinces}
            for ago in (inside[1:], inside, [window, *inside[1:]])
        ]

        assert verdicts(rule, *facts) == ["allow", "defer", "allow"]


class TestRests:
    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_last_so_many_days_after_calls_turned_away(self, purpose: str) -> None:
        rest = RESTS[purpose][0] * DAY
        facts = (
            [
                tried(purpose, rest + wait, rest + wait + HOUR, rejected=True)
                for wait in (-MOMENT, 0 * DAY)
            ]
            if rest
            else [tried(purpose, MOMENT, HOUR, rejected=True)]
        )

        assert verdicts("CN13-REF-06", *facts) == (["defer", "allow"] if rest else ["allow"])

    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_last_so_many_days_after_a_call_cut_short(self, purpose: str) -> None:
        rest = RESTS[purpose][1] * DAY
        waits = (rest - MOMENT, rest) if rest else (MOMENT,)
        facts = [tried(purpose, wait, answered=True, conversation=False) for wait in waits]

        assert verdicts("CN13-REF-06", *facts) == (["defer", "allow"] if rest else ["allow"])

    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_last_so_many_days_after_three_calls_in_vain(self, purpose: str) -> None:
        rest = RESTS[purpose][2] * DAY
        waits = (rest - MOMENT, rest) if rest else (MOMENT,)
        facts = [tried(purpose, wait, wait + HOUR, wait + 2 * HOUR) for wait in waits]

        found = verdicts("CN13-FRQ-05", *facts)

        assert found == (["defer", "allow"] if rest else ["not_applicable"])


class TestAges:
    @pytest.mark.parametrize(("purpose", "days"), AGES.items())
    def test_of_consents_end_them(self, purpose: str, days: int) -> None:
        facts: list[dict[str, Any]] = [
            {
                "purpose": purpose,
                "consents": (make_consent(purpose=purpose, given_at=WORKDAY_MORNING - age),),
            }
            for age in (days * DAY, days * DAY + MOMENT)
        ]

        assert verdicts("CN13-CON-06", *facts) == ["allow", "refuse"]

    def test_of_a_number_nobody_checked_hold_it(self) -> None:
        def demand(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-NUM-12"]["params"][0]["checked_purposes"] = ["P3"]

        book = other_book(demand)
        old = (make_consent(given_at=WORKDAY_MORNING - 400 * DAY),)
        answers = [
            reason(
                "CN13-NUM-12",
                make_facts(consents=old, callee__checked_at=WORKDAY_MORNING - age),
                book=book,
            )
            for age in (90 * DAY, 90 * DAY + MOMENT)
        ]

        assert answers == ["allow", "holder_unchecked"]


class TestNames:
    @pytest.mark.parametrize("missing", ["key_9", "letter", "web"])
    def test_of_the_channels_of_a_no_are_each_required(self, missing: str) -> None:
        tests = tuple(test for test in make_channels() if test.channel != missing)

        facts = make_facts(filing__channels=tests)

        assert reason("CN13-CON-10", facts) == "channel_untested"

    @pytest.mark.parametrize("industry", [*LAWFUL, "lottery", ""])
    def test_of_industries_are_the_lawful_ones(self, industry: str) -> None:
        answer = reason("CN13-IND-12", make_facts(filing__industry=industry))

        assert answer == ("allow" if industry in LAWFUL else "industry_unknown")

    @pytest.mark.parametrize("province", [*ORDINARY, "XJ", "*"])
    def test_of_provinces_tell_whose_morning_is_later(self, province: str) -> None:
        facts = make_facts(
            at=beijing(f"{WORKDAY} 09:30"), callee__provinces=("CN-BJ", f"CN-{province}")
        )

        answer = reason("CN13-TIM-05", facts)

        assert (answer == "allow") == (province in ORDINARY)

    @pytest.mark.parametrize("day", range(5, 12))
    def test_of_quiet_days_are_those_of_the_examination(self, day: int) -> None:
        at = beijing(f"2027-06-{day:02d} 10:00")

        answer = reason("CN13-TIM-10", make_facts(at=at, callee__provinces=("CN-GD",)))

        assert (answer == "allow") == (day not in range(7, 11))

    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_of_purposes_free_a_machine_of_separate_consent(self, purpose: str) -> None:
        facts = make_facts(
            purpose=purpose, filing__robot=True, consents=(make_consent(purpose=purpose),)
        )

        answer = reason("CN13-CON-09", facts)

        assert answer == ("not_separate" if purpose in ("P1", "P2", "P3") else "allow")
