from pathlib import Path

import pytest

from tests.compliance.imports.files import write_text, write_workbook
from tests.compliance.imports.house import House
from tests.dialer.imports.run import run_import, stored_leads

TABLE = [
    ["客户编号", "备注", "姓名", "联系电话"],
    ["K1", "x", "张三", "+86 138-0013-8000"],
    ["K2", "x", "欧阳修", "0086 139 1111 2223"],
    ["", "x", "", "１５０１２３４５６７８"],
    ["K4", "x", "Ann Lee", "18600001111.0"],
]
LEADS = [
    ("+8613800138000", "张三", "K1"),
    ("+8613911112223", "欧阳修", "K2"),
    ("+8615012345678", "", ""),
    ("+8618600001111", "Ann Lee", "K4"),
]


class TestAListOfLeads:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_arrives_whole_in_every_encoding(
        self, house: House, tmp_path: Path, encoding: str, delimiter: str
    ) -> None:
        path = write_text(tmp_path / "名单.csv", TABLE, encoding=encoding, delimiter=delimiter)

        done = run_import(path)

        assert stored_leads() == LEADS
        assert (done["rows"], done["added"], done["rejected"]) == (4, 4, 0)

    def test_arrives_whole_as_a_workbook(self, house: House, tmp_path: Path) -> None:
        table: list[list[object]] = [[*row] for row in TABLE[:4]]
        table.append(["K4", "x", "Ann Lee", 18600001111.0])

        run_import(write_workbook(tmp_path / "list.xlsx", table))

        assert stored_leads() == LEADS

    def test_may_be_a_bare_column_of_numbers(self, house: House, tmp_path: Path) -> None:
        path = tmp_path / "numbers.txt"
        path.write_text("13800138000\n13911112223\n")

        run_import(path)

        assert [number for number, _, _ in stored_leads()] == ["+8613800138000", "+8613911112223"]

    def test_names_the_columns_that_nobody_may_import(self, house: House, tmp_path: Path) -> None:
        path = write_text(
            tmp_path / "a.csv", [["手机号", "身份证号", "月收入"], ["13800138000", "1", "2"]]
        )

        done = run_import(path)

        assert done["columns_dropped"] == "身份证号、月收入"
