"""Workbooks, whole and broken."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from compliance.lists import LEAD_COLUMNS, ListFileError, Row, open_rows
from compliance.lists.workbook import as_text
from tests.compliance.lists.files import accepted, book_file, leads, refused

GOOD: list[list[object]] = [
    ["姓名", "手机"],
    ["张三", 13800138000],
    ["李四", 13900139000.0],
    ["王五", "+86 137-0013-7000"],
]


def repacked(path: Path, *, change: str, data: bytes) -> Path:
    """Pack a workbook again with one part replaced."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, data if part.filename == change else old.read(part))
    path.write_bytes(packed.getvalue())
    return path


class TestWorkbook:
    def test_gives_numbers_as_they_were_typed(self, tmp_path: Path) -> None:
        outcomes = leads(book_file(tmp_path, GOOD))

        assert accepted(outcomes) == ["+8613800138000", "+8613900139000", "+8613700137000"]

    def test_counts_rows_as_excel_does(self, tmp_path: Path) -> None:
        path = book_file(tmp_path, [["名单"], [], ["手机"], [], [13800138000], ["a\nb"]])

        with open_rows(path, columns=LEAD_COLUMNS) as rows:
            assert list(rows) == [Row(5, ("13800138000",)), Row(6, ("a\nb",))]
            assert rows.sheet == "Sheet"

    def test_takes_the_first_sheet_with_headings(self, tmp_path: Path) -> None:
        path = book_file(tmp_path, [["说明"], ["请填写下一页"]], GOOD, [["手机"], [13600136000]])

        assert len(accepted(leads(path))) == 3

    def test_leaves_out_hidden_sheets(self, tmp_path: Path) -> None:
        path = book_file(tmp_path, [["手机"], [13600136000]], GOOD)
        book = load_workbook(path)
        book.worksheets[0].sheet_state = "hidden"
        book.active = 1
        book.save(path)

        assert len(accepted(leads(path))) == 3

    def test_does_not_believe_what_a_sheet_says_of_its_size(self, tmp_path: Path) -> None:
        path = book_file(tmp_path, GOOD)
        part = "xl/worksheets/sheet1.xml"
        with zipfile.ZipFile(path) as book:
            data = book.read(part).replace(b'<dimension ref="A1:B4"', b'<dimension ref="A1"')

        assert len(accepted(leads(repacked(path, change=part, data=data)))) == 3

    def test_refuses_formulas_row_by_row(self, tmp_path: Path) -> None:
        path = book_file(tmp_path, [["手机", "姓名"], ["=A3+1", "张"], [13800138000, "=B2"]])

        assert refused(leads(path)) == [(2, "formula"), (3, "formula_text")]

    def test_survives_a_number_formatted_as_a_date(self, tmp_path: Path) -> None:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet["A1"], sheet["A2"], sheet["A3"] = "手机", 13800138000, "13900139000"
        sheet["A2"].number_format = "yyyy-mm-dd"
        path = tmp_path / "list.xlsx"
        book.save(path)

        assert refused(leads(path)) == [(2, "unreadable")]

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, ""),
            (13800138000, "13800138000"),
            (13800138000.0, "13800138000"),
            (1.5, "1.5"),
            (datetime(2026, 11, 2), "2026-11-02"),
            (datetime(2026, 11, 2, 9, 30), "2026-11-02 09:30:00"),
            (date(2026, 11, 2), "2026-11-02"),
            (True, "True"),
        ],
    )
    def test_writes_cells_as_text(self, value: object, text: str) -> None:
        assert as_text(value) == text


class TestBrokenWorkbook:
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
    def test_is_refused_when_cut_off(self, tmp_path: Path, share: float) -> None:
        path = book_file(tmp_path, GOOD)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

        with pytest.raises(ListFileError):
            open_rows(path, columns=LEAD_COLUMNS)

    def test_is_refused_wherever_a_byte_of_its_sheet_is_wrong(self, tmp_path: Path) -> None:
        path = book_file(tmp_path, GOOD)
        data = path.read_bytes()
        start = data.index(b"xl/worksheets/sheet1.xml") + 60
        for at in range(start, start + 100, 7):
            path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
            with pytest.raises(ListFileError):
                open_rows(path, columns=LEAD_COLUMNS)

    @pytest.mark.parametrize(
        "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"]
    )
    @pytest.mark.parametrize("data", [b"", b"<a><b></a>", b"not xml", b"<a/>"])
    def test_is_refused_when_a_part_is_not_what_it_should_be(
        self, tmp_path: Path, part: str, data: bytes
    ) -> None:
        path = repacked(book_file(tmp_path, GOOD), change=part, data=data)

        with pytest.raises(ListFileError):
            open_rows(path, columns=LEAD_COLUMNS)

    def test_is_refused_when_a_part_has_a_document_type(self, tmp_path: Path) -> None:
        path = book_file(tmp_path, GOOD)
        part = "xl/worksheets/sheet1.xml"
        with zipfile.ZipFile(path) as book:
            sheet = book.read(part)
        data = b'<!DOCTYPE worksheet [<!ENTITY many "1380013800">]>' + sheet

        with pytest.raises(ListFileError):
            open_rows(repacked(path, change=part, data=data), columns=LEAD_COLUMNS)

    def test_is_refused_when_it_unpacks_to_a_thousand_times_its_size(self, tmp_path: Path) -> None:
        bomb = b"<worksheet>" + b" " * (40 << 20) + b"</worksheet>"
        path = repacked(book_file(tmp_path, GOOD), change="xl/worksheets/sheet1.xml", data=bomb)

        with pytest.raises(ListFileError) as problem:
            open_rows(path, columns=LEAD_COLUMNS)

        assert "unpacks" in problem.value.en

    def test_is_refused_when_it_is_another_kind_of_archive(self, tmp_path: Path) -> None:
        path = tmp_path / "list.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("word/document.xml", "<document/>")

        with pytest.raises(ListFileError):
            open_rows(path, columns=LEAD_COLUMNS)
