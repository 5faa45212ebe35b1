"""CN13-REC-03: floors and ceilings of what is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.bound import PackError
from compliance.rulebook.retention import (
    CEILINGS,
    FLOORS,
    RetentionClass,
    read_retention,
    recording_class,
)
from tests.compliance.rulebook.asking import other_book

LEAST = {
    "recording": 30,
    "recording_collection": 730,
    "recording_insurance": 1825,
    "call_record": 1095,
    "decision": 1095,
    "consent": 1095,
    "assessment": 1095,
    "personal_field": 1095,
    "complaint": 1095,
    "refusal": 36500,
}
MOST = {
    "list": 180,
    "recording": 1095,
    "recording_collection": 1095,
    "recording_insurance": 4015,
    "personal_field": 1095,
}
NOW = datetime(2026, 3, 11, tzinfo=UTC)


def its(**days: Any) -> RetentionClass:
    plain = {"floor_days": 30, "keep_days": 180, "ceiling_days": 1095}
    return RetentionClass(name="recording", title_zh="录音", title_en="R", **(plain | days))


class TestShippedPack:
    def test_keeps_every_class_between_floor_and_ceiling(self) -> None:
        classes = book().retention

        assert FLOORS.keys() | CEILINGS.keys() <= classes.keys()
        for one in classes.values():
            assert one.keep_days >= one.floor_days >= FLOORS.get(one.name, 0)

    def test_never_lets_a_refusal_go(self) -> None:
        assert book().retention["refusal"].ceiling_days is None
        assert book().retention["refusal"].floor_days >= 36500


class TestFloors:
    @pytest.mark.parametrize(
        ("name", "key", "value", "said"),
        [
            ("recording", "floor_days", 29, "below its floor"),
            ("decision", "floor_days", 1094, "below its floor"),
            ("consent", "keep_days", 1094, "between"),
            ("refusal", "floor_days", 3650, "below its floor"),
            ("list", "keep_days", 181, "between"),
            ("list", "ceiling_days", 179, "between"),
            ("recording", "keep_days", 1096, "between"),
            ("recording", "keep_days", -1, "whole number"),
            ("recording", "cites", [], "cites nothing"),
            ("recording", "cites", ["hearsay"], "not there"),
            ("recording", "for_ever", True, "nobody reads"),
        ],
    )
    def test_hold_in_the_engine(self, name: str, key: str, value: object, said: str) -> None:
        with pytest.raises(PackError, match=said):
            other_book(lambda pack: pack["retention"][name].update({key: value}))

    @pytest.mark.parametrize(("name", "least"), LEAST.items())
    def test_are_these_to_the_day(self, name: str, least: int) -> None:
        def of(days: int) -> Callable[[dict[str, Any]], None]:
            def change(pack: dict[str, Any]) -> None:
                pack["retention"][name] |= {"floor_days": days, "keep_days": days}

            return change

        assert other_book(of(least)).retention[name].keep_days == least
        with pytest.raises(PackError, match="below its floor"):
            other_book(of(least - 1))

    @pytest.mark.parametrize(("name", "most"), MOST.items())
    def test_leave_room_up_to_a_ceiling_that_no_pack_lifts(self, name: str, most: int) -> None:
        def of(days: int) -> Callable[[dict[str, Any]], None]:
            def change(pack: dict[str, Any]) -> None:
                pack["retention"][name] |= {"keep_days": days, "ceiling_days": days}

            return change

        assert other_book(of(most)).retention[name].keep_days == most
        with pytest.raises(PackError, match="between"):
            other_book(of(most + 1))

    def test_may_be_none_where_the_engine_has_none(self) -> None:
        def none(pack: dict[str, Any]) -> None:
            pack["retention"]["list"] |= {"floor_days": 0, "keep_days": 0}

        kept = other_book(none).retention["list"]

        assert kept.deletable_before(NOW) == kept.protected_after(NOW) == NOW

    def test_may_all_stand_on_the_only_citation(self) -> None:
        row = {"title_zh": "类", "title_en": "class", "cites": ["law"]}
        stated = {
            name: row | {"floor_days": days, "keep_days": days} for name, days in LEAST.items()
        }

        assert read_retention(stated, citations=["law"]).keys() == LEAST.keys()

    def test_ask_for_every_class(self) -> None:
        with pytest.raises(PackError, match="Nothing is said of decision"):
            other_book(lambda pack: pack["retention"].pop("decision"))

    def test_are_not_asked_of_a_pack_without_retention(self) -> None:
        assert other_book(lambda pack: pack.pop("retention")).retention == {}


class TestRecordings:
    @pytest.mark.parametrize(
        ("industry", "purpose", "days"),
        [
            ("education", "P3", 180),
            ("card", "P5", 730),
            ("collection", "P5", 730),
            ("insurance", "P3", 3650),
            ("insurance", "P5", 3650),
        ],
    )
    def test_are_kept_by_whose_call_it_was(self, industry: str, purpose: str, days: int) -> None:
        found = recording_class(book().retention, industry=industry, purpose=purpose)

        assert found.keep_days == days


class TestRetentionClass:
    def test_says_when_records_may_and_have_to_go(self) -> None:
        assert its().deletable_before(NOW) == NOW - timedelta(days=180)
        assert its().protected_after(NOW) == NOW - timedelta(days=30)
        assert its().overdue_before(NOW) == NOW - timedelta(days=1095)
        assert its(ceiling_days=None).overdue_before(NOW) is None

    @given(floor=st.integers(0, 4000), keep=st.integers(0, 4000))
    def test_never_deletes_inside_the_floor(self, floor: int, keep: int) -> None:
        one = its(floor_days=floor, keep_days=keep)

        assert one.deletable_before(NOW) <= one.protected_after(NOW)
