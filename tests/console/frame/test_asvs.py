"""The assessment names tests and files that are there, and no requirement twice."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([0-9.–]+) \| .+ \| (\w+|n/a) \| (.+) \|$", re.MULTILINE)


class TestAssessment:
    def test_says_of_each_requirement_once_where_it_stands_and_why(self) -> None:
        rows = ROW.findall(TEXT)

        assert len(rows) > 130
        assert len({number for number, _, _ in rows}) == len(rows)
        assert {state for _, state, _ in rows} == {"met", "partly", "unmet", "n/a"}
        assert TEXT.count("\n| ") == len(rows) + TEXT.count("| 条款 |")

    def test_names_files_and_tests_that_are_there(self) -> None:
        named = re.findall(r"`([^`]+)`", TEXT)
        files = [one for one in named if re.fullmatch(r"[\w./-]+/[\w./-]+", one)]
        tests = {one for one in named if one.startswith("test_")}
        source = "".join(
            file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py")
        )

        assert [one for one in files if not (ROOT / one).exists()] == []
        assert [one for one in tests if f"def {one}(" not in source] == []
