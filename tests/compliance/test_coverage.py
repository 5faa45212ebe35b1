"""What we say about the catalogue: complete, true of the code, and on the page."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from compliance.books import read_pack
from compliance.coverage import (
    FAMILIES,
    CoverageError,
    Row,
    coverage_rows,
    open_rows,
    page,
)
from compliance.management.commands.coverage_doc import DOC

ROOT = Path(__file__).resolve().parents[2]
ROWS = coverage_rows()
OPEN_AT_MOST = 4  # it only ever goes down
PAGE = page(ROWS)
PROPERTY = re.compile(r"^ *@given\(|^class .*RuleBasedStateMachine", re.MULTILINE)
EXHAUSTIVE = {  # enforced ids without a property, and why their tests need none
    "CN13-AGT-05": "It looks at every page that an agent may open, through a whole call.",
    "CN13-AGT-06": "It looks at everything that an agent's browser receives.",
    "CN13-SEC-07": "It looks at every field, setting, name and library that there is.",
}


def names_of(row: Row) -> set[str]:
    """Return what a test may call the row: its id, its short id, a module that does it."""
    return {row.id, row.id.removeprefix("CN13-"), *(module.split(".")[-1] for module in row.by)}


class TestCatalogue:
    def test_has_every_id_once_in_its_families(self) -> None:
        counts = {family: sum(row.family == family for row in ROWS) for family in FAMILIES}

        assert len(ROWS) == len({row.id for row in ROWS}) == 151
        assert counts == {
            "LIC": 10, "NUM": 13, "LST": 12, "CON": 11, "REF": 11, "TIM": 11, "FRQ": 9, "DIA": 13,
            "SCR": 11, "AGT": 10, "IND": 12, "CMP": 6, "GOV": 9, "REC": 6, "SEC": 7,
        }  # fmt: skip
        for family, count in counts.items():
            numbers = [row.id for row in ROWS if row.family == family]
            assert numbers == [f"CN13-{family}-{place:02}" for place in range(1, count + 1)]

    def test_says_its_titles_in_both_languages(self) -> None:
        for row in ROWS:
            assert re.search(r"[\u4e00-\u9fff]", row.title_zh), row.id
            assert not re.search(r"[\u4e00-\u9fff]", row.title_en), row.id
            assert set(row.basis) <= set("abcd")
            assert row.basis
            assert set(row.stages) <= {"REG", "IMP", "PRE", "DUR", "AFT", "RPT"}
            assert row.stages

    def test_has_a_row_for_each_rule_of_the_pack(self) -> None:
        known = {row.id for row in ROWS}

        for rule_id in read_pack("cn13")["rules"]:
            assert rule_id.split(".")[0] in known

    def test_leaves_fewer_and_fewer_ids_open(self) -> None:
        assert len(open_rows(ROWS)) <= OPEN_AT_MOST


def has_property(row: Row) -> bool:
    """Return whether one of the tests that the row names lets Hypothesis look for a hole."""
    return any(PROPERTY.search((ROOT / test).read_text(encoding="utf-8")) for test in row.tests)


class TestRows:
    def test_name_modules_that_exist(self) -> None:
        for module in {module for row in ROWS for module in row.by}:
            if ".management." in module or ".migrations." in module:
                assert find_spec(module), module
            else:
                import_module(module)

    def test_name_tests_that_speak_of_them(self) -> None:
        for row in ROWS:
            for test in row.tests if row.by else ():
                text = (ROOT / test).read_text(encoding="utf-8")
                assert any(name in text for name in names_of(row)), f"{test}: not of {row.id}"


class TestEnforcedRow:
    def test_is_a_rule_of_the_book_or_has_a_property_or_is_tested_in_full(self) -> None:
        in_the_book = {rule_id.split(".")[0] for rule_id in read_pack("cn13")["rules"]}
        others = [row for row in ROWS if row.status == "enforced" and row.id not in in_the_book]

        without = {row.id for row in others if not has_property(row)}

        assert without == EXHAUSTIVE.keys()
        assert len(others) > 20

    def test_of_the_book_stands_under_the_properties_of_all_its_rules(self) -> None:
        for name in ("test_monotone", "test_properties", "test_codec", "test_line_rules"):
            text = (ROOT / f"tests/compliance/rulebook/{name}.py").read_text(encoding="utf-8")
            assert PROPERTY.search(text), name


class TestPage:
    def test_lists_every_id(self) -> None:
        assert [row.id for row in ROWS if f"\n| {row.id} |" not in PAGE] == []

    def test_is_current(self) -> None:
        assert DOC.read_text(encoding="utf-8") == PAGE, "run: python3 manage.py coverage_doc"


HEAD = '[CN13-LIC-01]\ntitle_zh = "证"\ntitle_en = "L"\nbasis = "a"\nstages = ["PRE"]\n'


class TestCoverageRows:
    def rows(self, tmp_path: Path, **texts: str) -> tuple[Row, ...]:
        (tmp_path / "ids.toml").write_text(HEAD)
        for name, text in texts.items():
            (tmp_path / f"{name}.toml").write_text(text)
        return coverage_rows(tmp_path)

    def test_call_an_id_that_nobody_wrote_about_open(self, tmp_path: Path) -> None:
        (row,) = self.rows(tmp_path)

        assert row.status == "open"
        assert open_rows((row,)) == (row,)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('[CN13-LIC-99]\nstatus = "open"\nwhy_zh = "x"\nwhy_en = "x"', "no .'CN13-LIC-99'"),
            ('[CN13-LIC-01]\nstatus = "done"', "no status"),
            ('[CN13-LIC-01]\nstatus = "enforced"\nby = ["compliance.gate"]', "tested where"),
            ('[CN13-LIC-01]\nstatus = "enforced"\ntests = ["tests/world.py"]', "by what"),
            ('[CN13-LIC-01]\nstatus = "adapter"\nwhy_zh = "x"', "both languages"),
            ('[CN13-LIC-01]\nstatus = "recorded"\nwhy_en = "x"', "both languages"),
            ('[CN13-LIC-01]\nstatus = "open"\nwhy_zh = "x"\nwhy_en = "x"\nby_whom = 1', "by_whom"),
        ],
    )
    def test_refuse_what_cannot_be_said(self, tmp_path: Path, text: str, said: str) -> None:
        with pytest.raises(CoverageError, match=said):
            self.rows(tmp_path, lic=text)

    def test_refuse_an_id_that_is_stated_twice(self, tmp_path: Path) -> None:
        text = '[CN13-LIC-01]\nstatus = "open"\nwhy_zh = "x"\nwhy_en = "x"'

        with pytest.raises(CoverageError, match="twice"):
            self.rows(tmp_path, lic=text, more=text)
