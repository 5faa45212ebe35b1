"""Lists of people to call."""

import random
import tracemalloc
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.lists import LEAD_COLUMNS, LeadRow, Reject, check_leads, open_rows
from compliance.lists.repeats import Repeats
from compliance.numbers import NumberClass
from tests.compliance.lists.files import accepted, book_file, leads, refused, text_file


def checked(folder: Path, *numbers: str, mobile_only: bool = True) -> list[LeadRow | Reject]:
    """Check a list that has these in its column of numbers, from line 2 on."""
    table = [["手机号", "姓名"], *([number, "张三"] for number in numbers)]
    return leads(text_file(folder, table), mobile_only=mobile_only)


class TestCheckLeads:
    def test_gives_what_the_list_says_of_a_person(self, tmp_path: Path) -> None:
        table = [
            ["来源", "备注", "姓名", "电话", "客户编号"],
            ["活动", "x", "  张 三 ", "+86 138-0013-8000", "C-1"],
            ["-", "", "", "17000001234", "无"],
        ]

        first, second = leads(text_file(tmp_path, table))

        assert isinstance(first, LeadRow)
        assert isinstance(second, LeadRow)
        assert (first.line, first.number.e164) == (2, "+8613800138000")
        assert (first.name, first.external_ref, first.source) == ("张 三", "C-1", "活动")
        assert (second.name, second.external_ref, second.source) == (None, None, None)
        assert second.number.number_class is NumberClass.MVNO

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            ("", "empty"),
            ("1.38E+10", "scientific"),
            ("138001380", "too_short"),
            ("62345678", "too_short"),
            ("010-62345678", "landline"),
            ("110", "emergency"),
            ("12315", "too_short"),
            ("95588", "service"),
            ("400-123-4567", "called_free"),
            ("700123456789012", "privacy"),
            ("+14155552671", "foreign"),
            ('=HYPERLINK("x")', "formula"),
            ("13800138000 / 13900139000", "several"),
        ],
    )
    def test_refuses(self, tmp_path: Path, cell: str, code: str) -> None:
        outcomes = checked(tmp_path, "13700137000", cell)

        assert accepted(outcomes) == ["+8613700137000"]
        assert refused(outcomes) == [(3, code)]

    def test_says_how_to_keep_numbers_from_scientific_notation(self, tmp_path: Path) -> None:
        (outcome,) = checked(tmp_path, "1.38E+10")

        assert isinstance(outcome, Reject)
        assert "文本" in outcome.zh
        assert "text" in outcome.en

    def test_takes_landlines_where_they_are_asked(self, tmp_path: Path) -> None:
        (outcome,) = checked(tmp_path, "010-62345678", mobile_only=False)

        assert isinstance(outcome, LeadRow)
        assert outcome.number.number_class is NumberClass.FIXED

    def test_takes_the_first_of_repeated_numbers_and_names_its_line(self, tmp_path: Path) -> None:
        outcomes = checked(
            tmp_path, "13800138000", "13900139000", "138-0013-8000", "8613800138000"
        )

        assert refused(outcomes) == [(4, "duplicate"), (5, "duplicate")]
        assert isinstance(outcomes[2], Reject)
        assert "2" in outcomes[2].zh
        assert "line 2" in outcomes[2].en

    def test_takes_the_next_if_the_first_was_refused_for_something_else(
        self, tmp_path: Path
    ) -> None:
        table = [["手机", "姓名"], ["13800138000", "=1+1"], ["13800138000", "张三"]]

        outcomes = leads(text_file(tmp_path, table))

        assert refused(outcomes) == [(2, "formula_text")]
        assert len(accepted(outcomes)) == 1

    def test_takes_three_consecutive_numbers(self, tmp_path: Path) -> None:
        outcomes = checked(tmp_path, "13800138002", "13800138000", "13800138001")

        assert refused(outcomes) == []

    def test_refuses_all_of_four_wherever_they_stand(self, tmp_path: Path) -> None:
        outcomes = checked(
            tmp_path, "13800138003", "13900139000", "13800138000", "13800138001", "13800138002"
        )

        assert refused(outcomes) == [(line, "consecutive") for line in (2, 4, 5, 6)]
        assert accepted(outcomes) == ["+8613900139000"]

    @pytest.mark.parametrize(
        "name", ["=1+1", "+1", "-cmd", "@SUM(A1)", "'=1+1", "＝1+1", "\t=1+1"]
    )
    def test_refuses_names_that_a_spreadsheet_would_run(self, tmp_path: Path, name: str) -> None:
        outcomes = leads(text_file(tmp_path, [["手机", "姓名"], ["13800138000", name]]))

        assert refused(outcomes) == [(2, "formula_text")]

    def test_refuses_rows_whose_cells_have_shifted(self, tmp_path: Path) -> None:
        table = [["手机", "姓名"], ["13800138000", "张", "三"], ["13900139000", "李", " "]]

        assert refused(leads(text_file(tmp_path, table))) == [(2, "columns")]

    def test_refuses_names_longer_than_a_name(self, tmp_path: Path) -> None:
        outcomes = leads(text_file(tmp_path, [["手机", "姓名"], ["13800138000", "张" * 101]]))

        assert refused(outcomes) == [(2, "long_text")]

    def test_gives_the_same_for_a_workbook(self, tmp_path: Path) -> None:
        table = [["手机", "姓名"], ["13800138000", "张"], ["1.38E+10", ""], ["13800138000", "李"]]

        assert leads(book_file(tmp_path, table)) == leads(text_file(tmp_path, table))

    def test_shows_no_number_of_a_refused_row(self, tmp_path: Path) -> None:
        cells = ["13800138000", "13800138000", "010-62345678", "1380013800O", "1380013800012"]

        rejects = [one for one in checked(tmp_path, *cells) if isinstance(one, Reject)]

        assert len(rejects) == 4
        shown = " ".join(f"{one!r} {one.zh} {one.en}" for one in rejects)
        assert not any(cell in shown for cell in (*cells, "62345678"))

    @pytest.mark.long
    def test_needs_little_memory_for_many_rows(self, tmp_path: Path) -> None:
        chance = random.Random(3)
        path = tmp_path / "many.csv"
        with path.open("w") as file:
            file.write("phone\n")
            file.writelines(f"13{chance.randrange(10**9):09d}\n" for _ in range(60_000))

        tracemalloc.start()
        count = sum(1 for _ in leads_of(path))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert count == 60_000
        assert peak < 9 << 20  # bytes; 150 MB for a million rows


def leads_of(path: Path) -> Iterator[LeadRow | Reject]:
    """Check a file without keeping its rows."""
    with open_rows(path, columns=LEAD_COLUMNS) as rows:
        yield from check_leads(rows)


class TestRepeats:
    @given(
        numbers=st.lists(st.integers(8613800000000, 8613800000040), max_size=40),
        max_run=st.integers(1, 5),
    )
    @settings(deadline=None)
    def test_finds_runs_as_counting_does(self, numbers: list[int], max_run: int) -> None:
        repeats = Repeats(array("q", numbers), max_run=max_run)

        for number in numbers:
            length = counted_run(set(numbers), number)
            assert repeats.run_length(number) == (length if length > max_run else 0)

    def test_takes_rows_without_a_number_for_nothing(self) -> None:
        repeats = Repeats(array("q", [0, 0, 0, 0, 0]), max_run=3)

        assert repeats.run_length(0) == 0
        assert repeats.first_line(0) == 0


def counted_run(numbers: set[int], number: int) -> int:
    """Count a number's neighbours one by one."""
    first = last = number
    while first - 1 in numbers:
        first -= 1
    while last + 1 in numbers:
        last += 1
    return last - first + 1
