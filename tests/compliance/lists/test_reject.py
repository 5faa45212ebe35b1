"""Reject files: written, corrected, imported again."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.lists import (
    LEAD_COLUMNS,
    Reject,
    RejectWriter,
    cells,
    check_leads,
    leads,
    open_rows,
)
from compliance.lists import consents as consents_module
from compliance.lists import problems as file_problems
from compliance.lists.reject import guarded
from compliance.numbers import Words
from compliance.numbers.normalise import plain_text
from tests.compliance.lists.files import accepted, refused, text_file
from tests.compliance.lists.files import leads as check

TABLE = [
    ["身份证号", "手机号（必填）", "姓名", "来源"],
    ["110101199003078515", "13800138000", "张三", "活动"],
    ["110101199003078516", "+86138001380", "李四", "活动"],
    ["110101199003078517", "1.38E+10", '王"五,', "活动"],
    ["110101199003078518", "008613900139000123", "赵六", "=1+1"],
]


def reject_file(folder: Path, source: Path) -> Path:
    """Write the rejects of a list into a file."""
    path = folder / "rejects.csv"
    with (
        open_rows(source, columns=LEAD_COLUMNS) as rows,
        path.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = RejectWriter(stream, rows.headings)
        for outcome in check_leads(rows):
            if isinstance(outcome, Reject):
                writer.write(outcome)
    return path


class TestRejectWriter:
    def test_writes_the_cells_the_line_and_the_reason(self, tmp_path: Path) -> None:
        path = reject_file(tmp_path, text_file(tmp_path, TABLE))

        data = path.read_bytes()
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        assert data.startswith(b"\xef\xbb\xbf")
        assert rows[0] == ["手机号（必填）", "姓名", "来源", "行号/line", "原因", "reason"]
        assert rows[1][:4] == ["'+86138001380", "李四", "活动", "3"]
        assert rows[2][:4] == ["1.38E+10", '王"五,', "活动", "4"]
        assert all(re.search(r"[\u4e00-\u9fff]", row[4]) for row in rows[1:])
        assert all(re.fullmatch(r"[^\u4e00-\u9fff]+", row[5]) for row in rows[1:])

    def test_keeps_out_what_may_not_be_stored(self, tmp_path: Path) -> None:
        path = reject_file(tmp_path, text_file(tmp_path, TABLE))

        assert "11010119900307851" not in path.read_text(encoding="utf-8")

    def test_can_be_corrected_and_imported_again(self, tmp_path: Path) -> None:
        path = reject_file(tmp_path, text_file(tmp_path, TABLE))
        text = path.read_text(encoding="utf-8-sig")
        corrected = text.replace("'+86138001380", "'+8613800138001").replace(
            "1.38E+10", "13700137000"
        )
        corrected = corrected.replace("'008613900139000123", "'008613900139000")
        path.write_text(corrected.replace("'=1+1", "活动"), encoding="utf-8-sig")

        outcomes = check(path)

        assert accepted(outcomes) == ["+8613800138001", "+8613700137000", "+8613900139000"]

    def test_gives_the_same_refusals_if_nobody_corrects_it(self, tmp_path: Path) -> None:
        source = text_file(tmp_path, TABLE)
        first = [code for _, code in refused(check(source))]

        again = reject_file(tmp_path, source)

        assert [code for _, code in refused(check(again))] == first
        with open_rows(again, columns=LEAD_COLUMNS) as rows:
            assert rows.headings.dropped == ()

    @given(
        cell=st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=20)
    )
    def test_guards_cells_so_that_reading_gives_them_back(self, cell: str) -> None:
        written = guarded(cell)

        assert not written.startswith(("=", "+", "-", "@"))
        assert plain_text(written) in (plain_text(cell), cell_as_text(cell))


def cell_as_text(cell: str) -> str:
    """Say what an unguarded cell holds when nothing is undone but width and marks."""
    return plain_text(f"'{cell}")


class TestReasons:
    @pytest.mark.parametrize(
        "module", [file_problems, leads, cells], ids=lambda module: module.__name__
    )
    def test_exist_in_both_languages(self, module: object) -> None:
        reasons = [words for words in vars(module).values() if isinstance(words, Words)]

        assert reasons
        assert all(both(words) for words in reasons)

    def test_of_consents_exist_in_both_languages(self) -> None:
        assert all(both(words) for words in consents_module.PROBLEMS.values())


def both(words: Words) -> bool:
    """Tell whether a sentence has the same places to fill in both languages, and no mixture."""
    places = [set(re.findall(r"{(\w+?)(?:_zh|_en)?}", text)) for text in (words.zh, words.en)]
    return places[0] == places[1] and not re.search(r"[\u4e00-\u9fff]", words.en)
