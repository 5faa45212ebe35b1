"""Floors: no pack is looser."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from compliance.rulebook.bound import PackError
from compliance.rulebook.dated import FloorError, check_floor
from tests.compliance.rulebook.asking import other_book
from tests.compliance.rulebook.test_book import PACK

FLOORS = [
    (rule_id, path, kind, limit)
    for rule_id, row in PACK["rules"].items()
    for path, bound in row.get("floor", {}).items()
    for kind, limit in bound.items()
]


LOOSER: dict[str, Callable[[Any], Any]] = {
    "at_most": lambda limit: limit + 1,
    "at_least": lambda limit: limit - 1,
    "equals": lambda limit: not limit if isinstance(limit, bool) else f"not {limit}",
    "subset_of": lambda limit: [*limit, "anything"],
    "superset_of": lambda limit: limit[1:],
    "within": lambda limit: ["00:00-24:00"],
}


def put(table: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    for key in way:
        table = table[key]
    table[last] = value


class TestFloors:
    def test_are_there_for_every_kind(self) -> None:
        assert {kind for _, _, kind, _ in FLOORS} == set(LOOSER)

    @pytest.mark.parametrize(("rule_id", "path", "kind", "limit"), FLOORS)
    def test_refuse_a_pack_that_is_looser(
        self, rule_id: str, path: str, kind: str, limit: Any
    ) -> None:
        def loosen(pack: dict[str, Any]) -> None:
            for table in pack["rules"][rule_id]["params"]:
                put(table, path, LOOSER[kind](limit))

        with pytest.raises(PackError, match="is looser than"):
            other_book(loosen)

    @pytest.mark.parametrize(("rule_id", "path", "kind", "limit"), FLOORS)
    def test_refuse_a_pack_that_leaves_the_number_out(
        self, rule_id: str, path: str, kind: str, limit: Any
    ) -> None:
        def leave_out(pack: dict[str, Any]) -> None:
            put(pack["rules"][rule_id]["params"][0], path, None)

        # A rule that borrows the number may be the first to miss it.
        with pytest.raises(PackError, match=r"is looser than|None is not a"):
            other_book(leave_out)

    @pytest.mark.parametrize(
        ("value", "bound"),
        [
            (True, {"at_most": 1}),
            (True, {"at_least": 0}),
            (1, {"equals": True}),
            (["09:00-22:00"], {"within": ["09:00-12:00", "12:00-21:00"]}),
            ({"a": 1}, {"subset_of": ["b"]}),
        ],
    )
    def test_are_not_fooled_by_another_type(self, value: Any, bound: dict[str, Any]) -> None:
        with pytest.raises(FloorError):
            check_floor("r", {"a": value}, {"a": bound})

    def test_let_a_stricter_number_pass(self) -> None:
        table = {"a": {"b": 2}, "w": ["10:00-11:00"], "s": ["x"]}
        floor = {
            "a.b": {"at_most": 3},
            "w": {"within": ["09:00-12:00"]},
            "s": {"subset_of": ["x", "y"]},
        }

        check_floor("r", table, floor)

    def test_refuse_a_path_into_nothing(self) -> None:
        with pytest.raises(FloorError):
            check_floor("r", {"a": 3}, {"a.b.c": {"at_most": 3}})

    def test_hold_in_every_edition(self) -> None:
        def loosen_later(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-TIM-11"]["params"].append(
                {"since": date(2027, 1, 1), "skew_ms": 5000}
            )

        with pytest.raises(PackError, match="is looser than"):
            other_book(loosen_later)
