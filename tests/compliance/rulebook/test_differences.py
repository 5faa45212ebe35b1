"""What a newer edition of a pack says otherwise, as a reviewer is shown it."""

from datetime import date
from typing import Any

from compliance.rulebook.differences import Difference, differences

FIRST, LATER = date(2020, 9, 1), date(2026, 1, 1)


def row(*tables: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title_zh": "次数", "title_en": "Frequency", "params": list(tables), **more}


def pack(version: str = "1", **rules: dict[str, Any]) -> dict[str, Any]:
    return {"version": version, "rules": rules}


def number(since: date, before: Any, after: Any, direction: str = "") -> Difference:
    return Difference(
        rule="A", path="most", since=since, before=before, after=after, direction=direction
    )


class TestDifferences:
    def test_are_none_between_an_edition_and_itself(self) -> None:
        one = pack(A=row({"since": FIRST, "most": 3}))

        assert differences(one, one) == []

    def test_name_what_the_whole_pack_says(self) -> None:
        assert differences(pack("1"), pack("2")) == [
            Difference(rule="", path="version", since=None, before="1", after="2")
        ]

    def test_name_a_rule_that_came_and_one_that_went(self) -> None:
        titles = ("次数", "Frequency")

        assert differences(pack(A=row()), pack(B=row())) == [
            Difference(rule="B", path="", since=None, before=None, after=titles),
            Difference(rule="A", path="", since=None, before=titles, after=None),
        ]

    def test_name_another_word_of_a_rule(self) -> None:
        assert differences(pack(A=row(source="old")), pack(A=row(source="new"))) == [
            Difference(rule="A", path="source", since=None, before="old", after="new")
        ]

    def test_name_a_number_once_from_the_day_on(self) -> None:
        old = pack(A=row({"since": FIRST, "most": 3}, {"since": LATER, "most": 3}))
        new = pack(A=row({"since": FIRST, "most": 2}, {"since": LATER, "most": 2}))

        assert differences(old, new) == [number(FIRST, 3, 2)]

    def test_name_a_number_of_a_later_day_alone(self) -> None:
        old = pack(A=row({"since": FIRST, "most": 3}))
        new = pack(A=row({"since": FIRST, "most": 3}, {"since": LATER, "most": 1}))

        assert differences(old, new) == [number(LATER, 3, 1)]

    def test_name_a_number_that_begins(self) -> None:
        floor = {"most": {"at_most": 5}}

        assert differences(
            pack(A=row(floor=floor)), pack(A=row({"since": FIRST, "most": 3}, floor=floor))
        ) == [number(FIRST, None, 3)]


class TestDirection:
    def told(self, floor: dict[str, Any], before: Any, after: Any) -> str:
        old = pack(A=row({"since": FIRST, "most": before}, floor={"most": floor}))
        new = pack(A=row({"since": FIRST, "most": after}, floor={"most": floor}))
        (found,) = differences(old, new)
        return found.direction

    def test_goes_by_the_kind_of_the_floor(self) -> None:
        assert self.told({"at_most": 5}, 3, 2) == "tighter"
        assert self.told({"at_most": 5}, 2, 3) == "looser"
        assert self.told({"at_least": 1}, 2, 3) == "tighter"

    def test_is_not_told_where_no_floor_tells(self) -> None:
        assert self.told({}, 3, 2) == ""
        assert self.told({"equals": 3}, 3, 2) == ""

    def test_is_not_told_of_what_is_neither(self) -> None:
        assert self.told({"superset_of": ["a"]}, ["a", "b"], ["a", "c"]) == ""
