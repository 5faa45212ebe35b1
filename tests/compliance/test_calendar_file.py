"""The file of a year's days, as a person hands it in."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.days_file import DaysFileError, read_year


def stated(
    *, year: int = 2027, off: list[str] | None = None, work: list[str] | None = None
) -> str:
    """Write a year's file; the days are what a test needs, not what will be announced."""
    days = off or [f"{year}-05-{day:02d}" for day in range(1, 14)]
    return (
        f'year = {year}\nnotice_number = "国办发明电〔{year - 1}〕0号"\n'
        f'notice_sha256 = "{"0a" * 32}"\n'
        f"off = [{', '.join(days)}]\nwork = [{', '.join(work or [])}]\n"
    )


class TestFile:
    def test_states_every_day_of_the_year(self) -> None:
        year = read_year(stated(work=["2027-05-15"]).encode())

        assert len(year.days) == 365
        assert year.days[:4] == "woow"  # 1 January 2027 is a Friday, and no day off by this file
        assert year.days[date(2027, 5, 15).timetuple().tm_yday - 1] == "w"
        assert year.days[date(2027, 5, 13).timetuple().tm_yday - 1] == "o"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "year = 2027",
            "not toml",
            stated() + "more = 1\n",
            stated().replace("0a" * 32, "0A" * 32),
            stated().replace("国办发明电〔2026〕0号", " "),
            stated(year=2019),
            stated().replace("year = 2027", "year = true"),
            stated(off=["2026-05-01"]),
            stated(off=["2027-05-01"] * 13),
            stated(work=["2027-05-12"]),  # off and on
            stated(work=["2027-05-17"]),  # a Monday needs no making up
            stated(off=[f"2027-05-{day:02d}" for day in range(1, 13)]),  # fewer than the law's
            stated().replace("off = [", 'off = ["2027-05-30", '),
        ],
    )
    def test_is_refused_unless_it_is_what_a_notice_says(self, text: str) -> None:
        with pytest.raises(DaysFileError):
            read_year(text.encode())

    @given(content=st.binary(max_size=200))
    def test_of_any_bytes_is_a_year_or_a_sentence(self, content: bytes) -> None:
        with pytest.raises(DaysFileError):
            read_year(content)

    def test_has_a_digest_of_all_that_it_states(self) -> None:
        one, other = stated(), stated(work=["2027-05-15"])

        assert read_year(one.encode()).sha256 == read_year(one.encode()).sha256
        assert read_year(one.encode()).sha256 != read_year(other.encode()).sha256
