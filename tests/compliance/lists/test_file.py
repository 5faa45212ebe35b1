"""Text tables as people have them, and files that are none."""

import gzip
import hashlib
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.lists import LEAD_COLUMNS, Kind, ListFileError, Row, open_rows
from tests.compliance.lists.files import (
    DELIMITERS,
    ENCODINGS,
    accepted,
    as_text,
    book_file,
    leads,
    raw_file,
    text_file,
)
from tests.compliance.test_numbers import MOBILES, spellings

NAMES = st.text(
    st.sampled_from("张王李赵钱孙周吴 ,;|\t\"'\n\r·abcXYZ（）。"), min_size=0, max_size=12
).map(lambda name: f"李{name}明")


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    """Draw distinct mobiles, and rows that name them in some spelling."""
    nationals = draw(st.lists(MOBILES, min_size=1, max_size=8, unique=True))
    rows = [[draw(NAMES), draw(spellings(one)), "活动"] for one in nationals]
    return [f"+86{one}" for one in nationals], rows


def rows_of(path: Path) -> list[Row]:
    with open_rows(path, columns=LEAD_COLUMNS) as rows:
        return list(rows)


class TestOpenRows:
    @pytest.mark.parametrize("encoding", ENCODINGS)
    @pytest.mark.parametrize("delimiter", DELIMITERS)
    @pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
    def test_reads(self, tmp_path: Path, encoding: str, delimiter: str, ending: str) -> None:
        table = [["姓名", "手机号"], ["张三", "13800138000"], ["李, 四;\t|", "138-0013-8001"]]

        rows = rows_of(
            text_file(tmp_path, table, encoding=encoding, delimiter=delimiter, ending=ending)
        )

        assert rows == [Row(2, ("张三", "13800138000")), Row(3, ("李, 四;\t|", "138-0013-8001"))]

    @given(
        table=tables(),
        encoding=st.sampled_from(ENCODINGS),
        delimiter=st.sampled_from(DELIMITERS),
        ending=st.sampled_from(["\r\n", "\n"]),
    )
    @settings(deadline=None, max_examples=60)
    def test_finds_every_number_whatever_the_file_looks_like(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        table: tuple[list[str], list[list[str]]],
        encoding: str,
        delimiter: str,
        ending: str,
    ) -> None:
        numbers, rows = table
        text = as_text([["姓名", "手机号", "来源"], *rows], delimiter=delimiter, ending=ending)
        data = text.encode(encoding, errors="ignore")  # GBK lacks the invisible marks
        path = raw_file(tmp_path_factory.mktemp("table"), data)

        assert accepted(leads(path, max_run=8)) == numbers

    def test_keeps_line_numbers_across_line_breaks_in_cells_and_blank_rows(
        self, tmp_path: Path
    ) -> None:
        data = '客户名单\r\n\r\n姓名,手机\r\n"张\r\n三",13800138000\r\n,\r\n李四,13800138001\r\n'

        rows = rows_of(raw_file(tmp_path, data.encode()))

        assert [row.line for row in rows] == [4, 7]

    def test_takes_a_bare_column_of_numbers(self, tmp_path: Path) -> None:
        rows = rows_of(raw_file(tmp_path, b"13800138000\n13900139000\n"))

        assert rows == [Row(1, ("13800138000",)), Row(2, ("13900139000",))]

    def test_refuses_a_table_without_headings(self, tmp_path: Path) -> None:
        path = raw_file(tmp_path, "张三,13800138000\n李四,13900139000\n".encode())

        with pytest.raises(ListFileError) as problem:
            open_rows(path, columns=LEAD_COLUMNS)

        assert "表头" in problem.value.zh
        assert "13800138000" not in str(problem.value)

    def test_hands_out_no_cell_outside_the_wanted_columns(self, tmp_path: Path) -> None:
        table = [["身份证号", "手机", "地址"], ["110101199003078515", "13800138000", "北京"]]

        with open_rows(text_file(tmp_path, table), columns=LEAD_COLUMNS) as rows:
            assert rows.headings.dropped == ("身份证号", "地址")
            assert [row.cells for row in rows] == [("13800138000",)]

    def test_tells_rows_with_too_many_cells(self, tmp_path: Path) -> None:
        data = "姓名,手机\n张三,13800138000,\n李,四,13900139000\n王五\n".encode()

        rows = rows_of(raw_file(tmp_path, data))

        assert [row.surplus for row in rows] == [False, True, False]
        assert rows[2].cells == ("王五", "")

    def test_says_what_it_found(self, tmp_path: Path) -> None:
        path = text_file(tmp_path, [["手机", "姓名"], ["1", "张"]], encoding="gbk", delimiter=";")

        with open_rows(path, columns=LEAD_COLUMNS) as rows:
            assert (rows.kind, rows.encoding, rows.delimiter) == (Kind.TEXT, "gb18030", ";")
            assert rows.row_count == 1
            assert rows.sha256() == hashlib.sha256(path.read_bytes()).hexdigest()

    def test_reads_from_the_top_every_time_even_side_by_side(self, tmp_path: Path) -> None:
        path = raw_file(tmp_path, b"13800138000\n13900139000\n")

        with open_rows(path, columns=LEAD_COLUMNS) as rows:
            assert list(zip(rows, rows, strict=True)) == [(row, row) for row in rows]

    def test_notices_that_the_file_is_changed_meanwhile(self, tmp_path: Path) -> None:
        path = raw_file(tmp_path, b"13800138000\n13900139000\n")

        with open_rows(path, columns=LEAD_COLUMNS) as rows:
            path.write_bytes(b"13800138001\n13900139001\n13700137001\n")
            with pytest.raises(ListFileError):
                list(rows)

    @pytest.mark.long
    def test_holds_a_long_file_in_little_memory(self, tmp_path: Path) -> None:
        path = tmp_path / "long.csv"
        with path.open("w") as file:
            file.write("phone,name\n")
            file.writelines(f"13{n:09d},customer {n}\n" for n in range(0, 3_000_000, 30))

        tracemalloc.start()
        with open_rows(path, columns=LEAD_COLUMNS) as rows:
            count = sum(1 for _ in rows)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert count == 100_000
        assert peak < 20 << 20  # bytes; the rows together are 30 MB


CHINESE = "姓名,手机\n" + "张三丰,13800138000\n" * 3


class TestBadFile:
    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "empty"),
            (b"\xef\xbb\xbf", "empty"),
            (b"\n\n , \n", "empty"),
            ("姓名,手机\n".encode(), "no rows"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), ".xls"),
            (b"<html><table><tr><td>13800138000", "web page"),
            (b'<?xml version="1.0"?><Workbook>', "web page"),
            (b"%PDF-1.7\n", "neither"),
            (gzip.compress(CHINESE.encode()), "neither"),
            (b"phone\n138\x00001\n", "neither"),
            ("phone\n13800138000\n".encode("utf-16-le"), "neither"),  # no byte order mark
            (CHINESE.encode()[: -len("张三丰,13800138000\n".encode()) + 2], "cut off"),
            (CHINESE.encode("utf-16")[:-1], "cut off"),
            (CHINESE.encode() + b"\xff\xfe,13900139000\n", "damaged near line 5"),
            (CHINESE.encode("gbk") + b"\xff\xff,13900139000\n", "damaged near line 5"),
            (CHINESE.encode() + '"李四,13900139000\n王五,13700137000\n'.encode(), "near line 5"),
            (CHINESE.encode() + b'"a"b,13900139000\n', "near line 5"),
            (b"phone\n" + b"1" * (2 << 20), "too long"),
            (b"PK\x03\x04" + b"13800138000\n" * 20, "workbook is damaged"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_is_refused_before_anything_is_read(
        self, tmp_path: Path, data: bytes, says: str
    ) -> None:
        with pytest.raises(ListFileError) as problem:
            open_rows(raw_file(tmp_path, data), columns=LEAD_COLUMNS)

        assert says in problem.value.en

    @pytest.mark.parametrize("name", ["missing.csv", "."])
    def test_may_be_missing_or_a_folder(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ListFileError) as problem:
            open_rows(tmp_path / name, columns=LEAD_COLUMNS)

        assert "cannot be read" in problem.value.en

    @given(data=st.binary(min_size=1, max_size=400))
    @settings(deadline=None, max_examples=300)
    def test_never_breaks_the_reader(
        self, tmp_path_factory: pytest.TempPathFactory, data: bytes
    ) -> None:
        path = raw_file(tmp_path_factory.mktemp("noise"), data)

        try:
            leads(path)
        except ListFileError as problem:
            assert problem.zh != problem.en  # noqa: PT017  either outcome is right

    def test_is_gb18030_even_if_only_names_are_chinese(self, tmp_path: Path) -> None:
        path = raw_file(tmp_path, "phone,name\n13800138000,欧阳娜娜\n".encode("gbk"))

        assert rows_of(path)[0].cells == ("13800138000", "欧阳娜娜")

    def test_is_told_from_a_book(self, tmp_path: Path) -> None:
        path = book_file(tmp_path, [["手机"], [13800138000]])

        with open_rows(path, columns=LEAD_COLUMNS) as rows:
            assert rows.kind is Kind.WORKBOOK
