"""Spans of a day: what lies in two of them, what is left of the day, when the next begins."""

import pytest

from compliance.rulebook.opening import ALL_DAY, DailyHours, Spans, both, moved, outside, text
from compliance.rulebook.timetable import Timetable
from tests.compliance.rulebook.build import make_calendar
from tests.compliance.rulebook.instants import BEIJING, beijing

HOUR, DAY = 3600, 24 * 3600


class TestSpans:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            (((0, 10), (20, 30)), ((10, 20),), ()),
            (((0, 10), (20, 30)), ((9, 21),), ((9, 10), (20, 21))),
            (((0, 10),), ((10, 20),), ()),
            (ALL_DAY, ((5, 6),), ((5, 6),)),
        ],
    )
    def test_have_in_common_what_is_not_empty(
        self, one: Spans, other: Spans, expected: Spans
    ) -> None:
        assert both(one, other) == both(other, one) == expected

    @pytest.mark.parametrize(
        ("closed", "expected"),
        [
            ((), ALL_DAY),
            (ALL_DAY, ()),
            (((0, HOUR),), ((HOUR, DAY),)),
            (((22 * HOUR, DAY),), ((0, 22 * HOUR),)),
            (((0, 1), (1, 2), (3, DAY)), ((2, 3),)),
        ],
    )
    def test_leave_the_rest_of_the_day(self, closed: Spans, expected: Spans) -> None:
        assert outside(closed) == expected

    def test_that_are_moved_stay_within_the_day(self) -> None:
        open_ = ((0, 10), (HOUR, 2 * HOUR), (22 * HOUR, DAY))

        assert moved(open_, later=2 * HOUR, shorter=10) == ((3 * HOUR, 4 * HOUR - 10),)

    def test_are_written_to_the_minute(self) -> None:
        assert text(((9 * HOUR + 1800, 12 * HOUR + 60),)) == "09:30-12:01"
        assert text(((HOUR - 1, HOUR), (HOUR + 59, DAY))) == "00:59-01:00, 01:00-24:00"


class TestNextOpening:
    HOURS = DailyHours(clock=BEIJING, open={"P3": ((9 * HOUR, 12 * HOUR), (14 * HOUR, 20 * HOUR))})

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("2026-03-11 08:59:59", "2026-03-11 09:00"),
            ("2026-03-11 09:00:00", "2026-03-11 14:00"),
            ("2026-03-11 13:59:59", "2026-03-11 14:00"),
            ("2026-03-11 14:00:00", "2026-03-12 09:00"),
        ],
    )
    def test_lies_after_the_instant(self, at: str, expected: str) -> None:
        assert self.HOURS.next_opening("P3", beijing(at)) == beijing(expected)


class TestTimetable:
    DAYS = "wo" + "w" * 8  # from 11 March 2026 on

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("2026-03-11 08:59:59", "2026-03-11 09:00"),
            ("2026-03-11 09:00:00", "2026-03-11 14:00"),
            ("2026-03-11 14:00:00", "2026-03-13 09:00"),  # over a day that never opens
            ("2026-03-12 00:00:00", "2026-03-13 09:00"),
            ("2026-03-20 14:00:00", "2026-03-21 00:00"),  # the end of what is known
        ],
    )
    def test_opens_next_after_the_instant(self, at: str, expected: str) -> None:
        hours = {"P3": ((9 * HOUR, 12 * HOUR), (14 * HOUR, 20 * HOUR))}
        table = Timetable(clock=BEIJING, open={"w": hours, "o": {"P3": ()}})
        calendar = make_calendar(at=beijing("2026-03-11 00:00"), days=self.DAYS)

        assert table.next_opening("P3", beijing(at), calendar) == beijing(expected)
