"""The numbers of a rule one by one, as a form shows and takes them."""

from datetime import date

import pytest

from compliance.rulebook.leaves import Leaf, LeafError, leaves, read_leaf, text_of, with_leaves

TABLE = {
    "since": date(2020, 9, 1),
    "most": 3,
    "weekdays": {"from": "09:00", "since": "12:00"},
    "robots": False,
}


class TestLeaves:
    def test_are_named_by_their_paths_and_the_first_day_is_none_of_them(self) -> None:
        assert leaves(TABLE) == {
            "most": 3,
            "weekdays.from": "09:00",
            "weekdays.since": "12:00",
            "robots": False,
        }

    def test_are_put_in_the_place_of_those_that_were_there(self) -> None:
        changed = with_leaves(TABLE, {"most": 2, "weekdays.from": "10:00"})

        assert changed == TABLE | {"most": 2, "weekdays": {"from": "10:00", "since": "12:00"}}
        assert TABLE["most"] == 3


class TestText:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (True, "true"),
            (False, "false"),
            (-12, "-12"),
            ("09:00", "09:00"),
            (["SAT", "SUN"], "SAT, SUN"),
            ([], ""),
        ],
    )
    def test_is_read_as_the_value_that_it_was_written_from(self, value: Leaf, text: str) -> None:
        assert text_of(value) == text
        assert read_leaf(f" {text} ", like=value) == value

    def test_takes_every_sign_that_people_put_between_two(self) -> None:
        assert read_leaf("P1、P2，P3;P4 P5", like=["P1"]) == ["P1", "P2", "P3", "P4", "P5"]

    @pytest.mark.parametrize(
        ("text", "like"), [("yes", True), ("1", False), ("3.5", 3), ("", 3), ("٣", 3)]
    )
    def test_of_another_kind_is_refused(self, text: str, like: Leaf) -> None:
        with pytest.raises(LeafError):
            read_leaf(text, like=like)
