"""Reading what a pack states: numbers, codes and times of day."""

from typing import Any

import pytest

from compliance.rulebook.dated import minutes
from compliance.rulebook.local import LocalClock
from compliance.rulebook.opening import spans
from compliance.rulebook.stated import Stated, names, whole


class TestReading:
    def stated(self, **table: Any) -> Stated:
        return Stated(table=table, clock=LocalClock.at_offset(8), used={})

    @pytest.mark.parametrize("value", [-1, True, "1", 1.0, None])
    def test_refuses_what_is_no_whole_number(self, value: Any) -> None:
        with pytest.raises(ValueError, match="whole number"):
            whole(value)

    @pytest.mark.parametrize("value", ["a", None, {"a": 1}, [1]])
    def test_refuses_what_is_no_list_of_codes(self, value: Any) -> None:
        with pytest.raises(ValueError, match="list of codes"):
            names(value)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "9:00-12:00",
            "09:00",
            "12:00-09:00",
            "12:00-12:00",
            "20:00-25:00",
            "09:00-24:01",
            "-1:59-09:00",
            "09:00-10:-5",
            "09:00-+9:30",
            "09:00-10:+5",
            " 9:00-10:00",
            "09:00-10: 5",
            "09:00-10:60",
            "09:00-10:00\n",
            "09:00-１０:00",
        ],
    )
    def test_refuses_what_is_no_window(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"time|invalid"):
            minutes(text)

    def test_reads_a_window_to_the_end_of_the_day(self) -> None:
        assert minutes("09:30-24:00") == (570, 1440)
        assert minutes("08:59-09:00") == (539, 540)

    def test_reads_windows_that_touch(self) -> None:
        assert spans(["09:00-12:00", "12:00-14:00"]) == ((32400, 43200), (43200, 50400))

    def test_refuses_a_table_with_a_key_too_many(self) -> None:
        with pytest.raises(ValueError, match="Expected"):
            self.stated(a=1, b=2).only("a")
