"""Two lists that the import tests share: all good, and mixed."""

from pathlib import Path

import pytest

from tests.compliance.imports.files import write_text

NUMBERS = ("13800138000", "13911112223", "15012345678", "18600001111")
GOOD = [["姓名", "手机号"], *[[f"王{n}", number] for n, number in enumerate(NUMBERS)]]
MIXED = [
    ["姓名", "手机号"],
    ["张三", "13800138000"],
    ["李四", "1.38E+10"],
    ["王五", "1381"],
    ["赵六", "021-87654321"],
    ["钱七", "13800138000"],
    *[["孙", f"1860000200{n}"] for n in range(4)],
]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_text(tmp_path / "good.csv", GOOD)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    return write_text(tmp_path / "mixed.csv", MIXED)
