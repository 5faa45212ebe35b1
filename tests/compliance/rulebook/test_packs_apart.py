"""No pack takes anything from another: cn13 and us never mix."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from compliance.books import book_of, read_pack
from compliance.rulebook.bound import PackError
from compliance.rulebook.edition import LooserError, amended, check_edition, check_floors
from compliance.rulebook.overlay import with_overlay


def _amends_the_other(pack: dict[str, Any], other: dict[str, Any]) -> None:
    amended(pack, {"amends": other["id"], "version": "x"})


def _whole_other_pack(pack: dict[str, Any], other: dict[str, Any]) -> None:
    check_floors(proposed=other, shipped=pack)


def _other_pack_as_an_edition(pack: dict[str, Any], other: dict[str, Any]) -> None:
    check_edition(proposed=other, shipped=pack, base=pack, from_day=date(2027, 1, 1))


def _other_pack_under_this_name(pack: dict[str, Any], other: dict[str, Any]) -> None:
    renamed = deepcopy(other) | {
        "id": pack["id"], "utc_offset_hours": pack["utc_offset_hours"]
    }  # fmt: skip
    check_floors(proposed=renamed, shipped=pack)


def _edition_resting_on_the_other(pack: dict[str, Any], other: dict[str, Any]) -> None:
    check_edition(proposed=pack, shipped=pack, base=other, from_day=date(2018, 1, 1))


def _overlay_of_the_other(pack: dict[str, Any], other: dict[str, Any]) -> None:
    with_overlay(pack, _overlay(other, of=other["id"]))


def _overlay_with_the_others_rules(pack: dict[str, Any], other: dict[str, Any]) -> None:
    with_overlay(pack, _overlay(other, of=pack["id"]))


def _overlay_of_nobody(pack: dict[str, Any], other: dict[str, Any]) -> None:
    overlay = _overlay(pack, of=pack["id"])
    del overlay["tightens"]
    with_overlay(pack, overlay)


def _overlay(pack: dict[str, Any], *, of: str) -> dict[str, Any]:
    rule = next(key for key in pack["rules"] if key.endswith("TIM-01"))
    return {
        "id": "smuggled", "tightens": of, "title_zh": "夹带", "title_en": "smuggled",
        "basis": "d", "cites": [next(iter(pack["citations"]))],
        "when": {"purposes": ["P1"]}, "rules": {rule: {}},
    }  # fmt: skip


MIXTURES: list[Callable[[dict[str, Any], dict[str, Any]], None]] = [
    _amends_the_other,
    _whole_other_pack,
    _other_pack_as_an_edition,
    _other_pack_under_this_name,
    _edition_resting_on_the_other,
    _overlay_of_the_other,
    _overlay_with_the_others_rules,
    _overlay_of_nobody,
]


class TestWall:
    @pytest.mark.parametrize("pack_id", ["cn13", "us"])
    @pytest.mark.parametrize("mix", MIXTURES, ids=lambda mix: mix.__name__.strip("_"))
    def test_stands_against_every_mixture(
        self, mix: Callable[[dict[str, Any], dict[str, Any]], None], pack_id: str
    ) -> None:
        pack = read_pack(pack_id)
        other = read_pack("us" if pack_id == "cn13" else "cn13")

        with pytest.raises((PackError, LooserError, ValueError, KeyError)):
            mix(pack, other)

    def test_says_that_packs_never_mix(self) -> None:
        with pytest.raises(LooserError, match="packs never mix"):
            check_floors(proposed=read_pack("us"), shipped=read_pack("cn13"))

    def test_lets_the_overlay_of_ones_own_pack_through(self) -> None:
        pack = read_pack("us")

        book_of(with_overlay(pack, _overlay(pack, of="us")))
