"""Every documented abuse has a scenario of its name, and a control that is not only planned."""

import ast
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from compliance.coverage import coverage_rows

HERE = Path(__file__).parent
ABUSES = tomllib.loads((HERE / "abuses.toml").read_text(encoding="utf-8"))["abuse"]
STATUS = {row.id: row.status for row in coverage_rows()}


def scenarios() -> dict[str, set[int]]:
    """Return the classes of this folder that hold tests, with the cases of their files."""
    found: dict[str, set[int]] = defaultdict(set)
    for path in sorted(HERE.glob("test_case_*.py")):
        case = int(path.stem.split("_")[2])
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and _tests(node):
                found[node.name].add(case)
    return found


def _tests(node: ast.ClassDef) -> bool:
    return any(getattr(item, "name", "").startswith("test_") for item in node.body)


class TestAbuses:
    @pytest.mark.parametrize("abuse", ABUSES, ids=lambda abuse: abuse["name"])
    def test_have_a_scenario_of_their_name(self, abuse: dict[str, object]) -> None:
        assert scenarios().get(f"Test{abuse['name']}") == {abuse["case"]}

    @pytest.mark.parametrize("abuse", ABUSES, ids=lambda abuse: abuse["name"])
    def test_meet_a_control_that_exists(self, abuse: dict[str, list[str]]) -> None:
        assert set(abuse["controls"]) <= STATUS.keys()
        assert {STATUS[control] for control in abuse["controls"]} - {"open"} or "absent" in abuse

    def test_are_all_that_is_told(self) -> None:
        assert scenarios().keys() == {f"Test{abuse['name']}" for abuse in ABUSES}
        assert len(ABUSES) == 31
