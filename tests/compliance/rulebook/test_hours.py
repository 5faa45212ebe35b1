"""Calling hours: each rule's edges, and the exact instant at which each one opens again."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from compliance.rulebook.decision import Verdict
from compliance.rulebook.facts import PURPOSES
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_calendar, make_facts
from tests.compliance.rulebook.instants import beijing

HOURS = ["CN13-TIM-01", "CN13-TIM-02", "CN13-TIM-03", "CN13-TIM-04", "CN13-TIM-05", "CN13-TIM-09"]
WEEK = beijing("2026-03-09 00:00")  # a Monday
MOMENT = timedelta(microseconds=1)
a_week = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=7)).map(
    lambda since: WEEK + since
)
purposes = st.sampled_from(PURPOSES)


def objecting(at: str, purpose: str = "P3", **changes: Any) -> list[str]:
    facts = make_facts(at=beijing(at), purpose=purpose, **changes)
    return [rule for rule in HOURS if reason(rule, facts) != "allow"]


class TestEachRule:
    @pytest.mark.parametrize(
        ("at", "purpose", "expected"),
        [
            # Wednesday
            ("2026-03-11 07:59:59.999999", "P2", ["CN13-TIM-01", "CN13-TIM-02"]),
            ("2026-03-11 08:00", "P2", []),
            ("2026-03-11 07:59:59.999999", "P5", ["CN13-TIM-01", "CN13-TIM-02"]),
            ("2026-03-11 08:00", "P5", []),
            ("2026-03-11 08:00", "P3", ["CN13-TIM-02"]),
            ("2026-03-11 08:59:59.999999", "P3", ["CN13-TIM-02"]),
            ("2026-03-11 09:00", "P3", []),
            ("2026-03-11 08:29:59.999999", "P4", ["CN13-TIM-02"]),
            ("2026-03-11 08:30", "P4", []),
            ("2026-03-11 11:57:59.999999", "P3", []),
            ("2026-03-11 11:58", "P3", ["CN13-TIM-09"]),
            ("2026-03-11 11:59:59.999999", "P3", ["CN13-TIM-09"]),
            ("2026-03-11 12:00", "P3", ["CN13-TIM-03"]),
            ("2026-03-11 12:00", "P2", []),  # an answer to the person's own request
            ("2026-03-11 13:59:59.999999", "P5", ["CN13-TIM-03"]),
            ("2026-03-11 14:00", "P3", []),
            ("2026-03-11 18:57:59.999999", "P6", []),
            ("2026-03-11 18:58", "P6", ["CN13-TIM-09"]),
            ("2026-03-11 19:00", "P6", ["CN13-TIM-02"]),
            ("2026-03-11 19:57:59.999999", "P3", []),
            ("2026-03-11 19:58", "P3", ["CN13-TIM-09"]),
            ("2026-03-11 20:00", "P3", ["CN13-TIM-02"]),
            ("2026-03-11 20:57:59.999999", "P2", []),
            ("2026-03-11 20:58", "P2", ["CN13-TIM-09"]),
            ("2026-03-11 21:00", "P2", ["CN13-TIM-01", "CN13-TIM-02"]),
            ("2026-03-11 21:00", "P5", ["CN13-TIM-02"]),  # its envelope reaches to 22:00
            ("2026-03-11 22:00", "P5", ["CN13-TIM-01", "CN13-TIM-02"]),
            ("2026-03-11 03:00", "P7", ["CN13-TIM-01", "CN13-TIM-02"]),  # no order is on record
            # Saturday
            ("2026-03-14 10:00", "P1", ["CN13-TIM-04"]),
            ("2026-03-14 10:00", "P3", ["CN13-TIM-04"]),
            ("2026-03-14 10:00", "P6", ["CN13-TIM-04"]),
            ("2026-03-14 10:00", "P2", []),
            ("2026-03-14 10:00", "P4", []),
            ("2026-03-14 08:59:59.999999", "P5", ["CN13-TIM-04"]),
            ("2026-03-14 09:00", "P5", []),
            ("2026-03-14 17:58", "P5", ["CN13-TIM-09"]),
            ("2026-03-14 18:00", "P5", ["CN13-TIM-04"]),
        ],
    )
    def test_objects_for_its_own_reason_only(
        self, at: str, purpose: str, expected: list[str]
    ) -> None:
        assert objecting(at, purpose) == expected

    def test_refuses_a_purpose_that_the_book_does_not_know(self) -> None:
        facts = make_facts(purpose="P8", callee__provinces=("CN-XJ",))

        assert {reason(rule, facts) for rule in HOURS} == {"purpose_unknown"}

    def test_tells_the_hours(self) -> None:
        noon = ask("CN13-TIM-03", make_facts(at=beijing("2026-03-11 12:30")))
        saturday = ask("CN13-TIM-04", make_facts(at=beijing("2026-03-14 08:00"), purpose="P5"))

        assert noon.values == (("hours", "00:00-12:00, 14:00-24:00"),)
        assert saturday.values == (("hours", "09:00-18:00"),)

    def test_refuses_for_good_a_purpose_whose_windows_a_pack_closed(self) -> None:
        def close(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-TIM-02"]["params"][0]["P3"] = []

        answer = ask("CN13-TIM-02", make_facts(), book=other_book(close))

        assert (answer.verdict, answer.retry_at) == (Verdict.REFUSE, None)


class TestDayKind:
    def test_lets_a_make_up_sunday_through(self) -> None:
        sunday = beijing("2026-03-15 10:00")

        assert objecting("2026-03-15 10:00") == ["CN13-TIM-04"]
        assert objecting("2026-03-15 10:00", calendar=make_calendar(at=sunday, days="wo")) == []

    @pytest.mark.parametrize("purpose", PURPOSES)
    @pytest.mark.parametrize("days", ["", "x"])
    def test_refuses_a_day_whose_kind_is_unknown(self, days: str, purpose: str) -> None:
        calendar = make_calendar(days="w")
        facts = make_facts(
            purpose=purpose,
            calendar=type(calendar)(version="", first_day=calendar.first_day, days=days, quiet=()),
        )

        assert reason("CN13-TIM-04", facts) == "calendar_unknown"
        assert reason("CN13-TIM-09", facts) == "calendar_unknown"

    @pytest.mark.parametrize(
        ("purpose", "at", "expected"),
        [
            ("P1", "2026-03-11 10:00", "day_unannounced"),
            ("P3", "2026-03-11 10:00", "day_unannounced"),
            ("P6", "2026-03-11 10:00", "day_unannounced"),
            ("P2", "2026-03-11 10:00", "allow"),
            ("P5", "2026-03-11 08:59:59", "day_off_hours"),
            ("P5", "2026-03-11 09:00", "allow"),
            ("P5", "2026-03-11 18:00", "day_off_hours"),
        ],
    )
    def test_counts_a_day_without_a_notice_as_a_day_off(
        self, purpose: str, at: str, expected: str
    ) -> None:
        facts = make_facts(at=beijing(at), purpose=purpose, calendar=make_calendar(days="???w"))

        assert reason("CN13-TIM-04", facts) == expected

    @pytest.mark.parametrize("day", ["2026-03-10 10:00", "2026-03-13 10:00"])
    def test_refuses_a_day_outside_the_calendar(self, day: str) -> None:
        facts = make_facts(at=beijing(day), calendar=make_calendar(days="ww"))

        assert reason("CN13-TIM-04", facts) == "calendar_unknown"

    def test_refuses_without_a_calendar(self) -> None:
        facts = make_facts(calendar=None, callee__provinces=("CN-XJ",))

        assert [reason(rule, facts) for rule in HOURS[3:]] == ["calendar_unknown"] * 3

    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            ("ow", "2026-03-12 00:00"),
            ("ooow", "2026-03-14 00:00"),
            ("ooo", "2026-03-14 00:00"),  # the end of what the calendar tells
            ("oo?w", "2026-03-14 00:00"),  # a day that no notice covers is a day off
            ("?", "2026-03-12 00:00"),
            ("oxw", None),  # an opening behind a day that cannot be judged is not promised
        ],
    )
    def test_looks_for_the_next_workday(self, days: str, expected: str | None) -> None:
        answer = ask("CN13-TIM-04", make_facts(calendar=make_calendar(days=days)))

        assert answer.retry_at == (None if expected is None else beijing(expected))
        assert answer.verdict is (Verdict.DEFER if expected else Verdict.REFUSE)


class TestLocality:
    @pytest.mark.parametrize(
        ("at", "purpose", "verdict"),
        [
            ("2026-03-11 10:59:59.999999", "P3", Verdict.DEFER),
            ("2026-03-11 11:00", "P3", Verdict.ALLOW),
            ("2026-03-11 13:57:59.999999", "P3", Verdict.ALLOW),  # noon is TIM-03's
            ("2026-03-11 13:58", "P3", Verdict.DEFER),
            ("2026-03-11 15:59:59.999999", "P3", Verdict.DEFER),  # the noon rest over there
            ("2026-03-11 16:00", "P3", Verdict.ALLOW),
            ("2026-03-11 19:00", "P3", Verdict.ALLOW),
            ("2026-03-11 09:59:59.999999", "P2", Verdict.DEFER),
            ("2026-03-11 10:00", "P2", Verdict.ALLOW),
            ("2026-03-14 10:59:59.999999", "P5", Verdict.DEFER),  # a Saturday
            ("2026-03-14 11:00", "P5", Verdict.ALLOW),
        ],
    )
    @pytest.mark.parametrize("provinces", [("CN-XJ",), ("CN-*",), ("CN-BJ", "CN-XJ")])
    def test_keeps_later_hours_where_the_callee_may_be_in_the_far_west(
        self, at: str, purpose: str, verdict: Verdict, provinces: tuple[str, ...]
    ) -> None:
        facts = make_facts(at=beijing(at), purpose=purpose, callee__provinces=provinces)

        assert ask("CN13-TIM-05", facts).verdict is verdict

    def test_does_not_call_there_on_a_day_off(self) -> None:
        facts = make_facts(at=beijing("2026-03-14 12:00"), callee__provinces=("CN-XJ",))

        answer = ask("CN13-TIM-05", facts)

        assert answer.reason == "local_day_off"
        assert answer.retry_at == beijing("2026-03-16 11:00")

    @pytest.mark.parametrize("provinces", [(), ("",), ("CN-BJ", "US-CA"), ("CN-XJ", "unknown")])
    def test_refuses_when_a_locality_is_unknown(self, provinces: tuple[str, ...]) -> None:
        assert reason("CN13-TIM-05", make_facts(callee__provinces=provinces)) == (
            "locality_unknown"
        )

    def test_refuses_when_the_next_opening_lies_beyond_the_known_days(self) -> None:
        facts = make_facts(
            at=beijing("2026-03-11 23:00"),
            callee__provinces=("CN-XJ",),
            calendar=make_calendar(days="wx"),
        )

        assert reason("CN13-TIM-05", facts) == "calendar_unknown"

    def test_does_not_call_there_in_a_year_without_a_notice(self) -> None:
        facts = make_facts(callee__provinces=("CN-XJ",), calendar=make_calendar(days="???w"))

        answer = ask("CN13-TIM-05", facts)

        assert answer.reason == "day_unannounced"
        assert answer.retry_at == beijing("2026-03-14 11:00")

    def test_cannot_be_switched_off_by_calling_a_late_province_ordinary(self) -> None:
        def both_ways(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-TIM-05"]["params"][0]["ordinary"].append("CN-XJ")

        with pytest.raises(ValueError, match="not on both"):
            other_book(both_ways)
