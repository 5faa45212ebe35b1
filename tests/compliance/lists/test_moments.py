"""Dates and instants as people and spreadsheets write them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.lists.moments import Moment, MomentError, read_day, read_moment

HALF_PAST_NINE = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)  # in Beijing


class TestReadMoment:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-02 09:30", "2026/11/2 9:30", "2026.11.02 09:30:00", "2026年11月2日 9:30",
            "2026年11月2日9时30分", "2026年11月2日 9点30分0秒", "2026-11-02T09:30:00.000",
            "20261102 0930", "20261102093000", " 2026-11-02 09:30 ",
        ],
    )  # fmt: skip
    def test_takes_beijing_time_where_no_zone_is_written(self, text: str) -> None:
        assert read_moment(text) == Moment(HALF_PAST_NINE, zone_assumed=True)

    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-02T09:30:00+08:00", "2026-11-02T01:30:00Z", "2026-11-02 01:30 UTC",
            "2026-11-02 09:30 +0800", "2026-11-01T20:30-05:00", "2026-11-02 09:30 UTC+08",
        ],
    )  # fmt: skip
    def test_takes_the_zone_that_is_written(self, text: str) -> None:
        assert read_moment(text) == Moment(HALF_PAST_NINE, zone_assumed=False)

    def test_takes_the_first_instant_of_a_day_without_a_time(self) -> None:
        assert read_moment("2026-11-02").at == datetime(2026, 11, 1, 16, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text",
        [
            "", "x", "2026", "2026-11", "2026-13-01", "2026-02-30", "02/11/2026", "2/11/26",
            "1999-12-31", "0000-01-01", "2026-11-02 24:00", "2026-11-02 9:60", "46328",
            "2026-11-02 9:30 PM", "2026-11-02 下午3:30", "2026-11-02T09:30+99:99",
            "2026-11-02 09:30 x", "２０２６-11-02", "46328.4",
        ],
    )  # fmt: skip
    def test_refuses(self, text: str) -> None:
        with pytest.raises(MomentError):
            read_moment(text)

    @given(
        at=st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1)),
        minutes=st.integers(-14 * 60, 14 * 60),
    )
    def test_reads_back_every_iso_instant(self, at: datetime, minutes: int) -> None:
        instant = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))

        assert read_moment(instant.isoformat()).at == instant

    @given(text=st.text(st.sampled_from("0123456789-/:T+Z 年月日时分秒."), max_size=30))
    def test_answers_or_refuses_and_never_breaks(self, text: str) -> None:
        try:
            moment = read_moment(text)
        except MomentError:
            return
        assert moment.at.tzinfo is UTC


class TestReadDay:
    @pytest.mark.parametrize(
        "text", ["2027-05-01", "2027/5/1", "2027年5月1日", "20270501", "2027-05-01 00:00:00"]
    )
    def test_reads(self, text: str) -> None:
        assert read_day(text) == date(2027, 5, 1)

    @pytest.mark.parametrize("text", ["2027-05-01 09:00", "2027-02-29", "永久", ""])
    def test_refuses(self, text: str) -> None:
        with pytest.raises(MomentError):
            read_day(text)


class TestUsualMoments:
    """What most lists write is read quickly, and as every other text is."""

    @given(
        parts=st.tuples(
            st.integers(1990, 2100),
            st.integers(0, 13),
            st.integers(0, 32),
            st.integers(0, 25),
            st.integers(0, 61),
            st.none() | st.integers(0, 61),
        ),
        between=st.sampled_from([" ", "T"]),
    )
    def test_are_read_like_all_others(
        self, parts: tuple[int, int, int, int, int, int | None], between: str
    ) -> None:
        year, month, day, hour, minute, second = parts
        clock = f"{hour:02d}:{minute:02d}" + ("" if second is None else f":{second:02d}")
        text = f"{year}-{month:02d}-{day:02d}{between}{clock}"

        assert read(text) == read(f"{text} ") == read(text.replace(between, f"{between} "))


def read(text: str) -> Moment | None:
    try:
        return read_moment(text)
    except MomentError:
        return None
