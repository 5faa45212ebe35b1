"""What an edition may change: numbers from a day on; never a floor, a rule or the past."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book_of, read_pack
from compliance.rulebook.bound import PackError
from compliance.rulebook.edition import (
    LooserError,
    amended,
    check_edition,
    check_floors,
    kept_on,
    pack_bytes,
    pack_from_bytes,
)
from tests.compliance.rulebook.asking import fresh_pack

FROM = date(2026, 12, 1)
PACK = read_pack("cn13")
Rules = dict[str, Any]


def changed(change: Callable[[Rules], None]) -> dict[str, Any]:
    pack = fresh_pack()
    change(pack["rules"])
    return pack


def check(pack: dict[str, Any], *, from_day: date = FROM) -> None:
    check_edition(proposed=pack, shipped=PACK, base=PACK, from_day=from_day)


def amendment(**changes: Any) -> dict[str, Any]:
    table = {"since": FROM, "hour": 20, "day": 100}
    rules = {"CN13-DIA-03": {"params": [table]}}
    return {"amends": "cn13", "version": "2026-12", "rules": rules} | changes


def _drop(rules: Rules) -> None:
    del rules["CN13-REF-01"]


def _loosen_number(rules: Rules) -> None:
    table = dict(rules["CN13-FRQ-03"]["params"][0]) | {"since": FROM, "anyone_minutes": 9}
    rules["CN13-FRQ-03"]["params"].append(table)
    rules["CN13-FRQ-03"]["floor"] = {"anyone_minutes": {"at_least": 1}}


def _loosen_floor(rules: Rules) -> None:
    rules["CN13-FRQ-03"]["floor"] = rules["CN13-FRQ-03"]["floor"] | {
        "anyone_minutes": {"at_least": 9}
    }


def _no_floor(rules: Rules) -> None:
    del rules["CN13-TIM-01"]["floor"]


def _other_floor(rules: Rules) -> None:
    rules["CN13-FRQ-03"]["floor"]["anyone_minutes"] = {"at_most": 10}


def _other_check(rules: Rules) -> None:
    rules["CN13-REF-01"]["check"] = "refusal.lifted_by_two"


def _other_condition(rules: Rules) -> None:
    rules["CN13-REF-01"]["when"] = {"provinces": ["CN-GD"]}


def _fewer_stages(rules: Rules) -> None:
    rules["CN13-LIC-02"]["stages"] = ["REG"]


def _back_into_the_past(rules: Rules) -> None:
    rules["CN13-DIA-03"]["params"].append({"since": date(2026, 11, 30), "hour": 20, "day": 100})


def _rewritten(rules: Rules) -> None:
    rules["CN13-DIA-03"]["params"][0]["hour"] = 24


def _begins_later(rules: Rules) -> None:
    rules["CN13-REF-01"]["params"] = [{"since": date(2027, 1, 1)}]


def _new_rule_in_the_past(rules: Rules) -> None:
    rules["CN13-REF-01.more"] = dict(rules["CN13-REF-01"])


FORBIDDEN = [
    (_drop, "CN13-REF-01 is dropped"),
    (_loosen_number, "anyone_minutes = 9 is looser"),
    (_loosen_floor, "floor of anyone_minutes is loosened"),
    (_no_floor, "floor of P1 is loosened"),
    (_other_floor, "floor of anyone_minutes is loosened"),
    (_other_check, "check is altered"),
    (_other_condition, "when is altered"),
    (_fewer_stages, "fewer stages"),
    (_back_into_the_past, "before 2026-12-01 is altered"),
    (_rewritten, "before 2026-12-01 is altered"),
    (_begins_later, "begins later"),
    (_new_rule_in_the_past, "CN13-REF-01.more: what held before"),
]


OTHER_SECTIONS: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda pack: pack.pop("retention"), "retention: recording is dropped"),
    (lambda pack: pack["retention"].pop("refusal"), "retention: refusal is dropped"),
    (
        lambda pack: pack["retention"]["call_record"].update(floor_days=1094),
        "floor of call_record is loosened",
    ),
    (
        lambda pack: pack["retention"]["list"].update(ceiling_days=181),
        "ceiling of list is loosened",
    ),
    (lambda pack: pack["retention"]["list"].pop("ceiling_days"), "ceiling of list is loosened"),
    (lambda pack: pack.pop("imports"), "imports"),
    (lambda pack: pack["desks"]["CN13-SEC-06"].update(every_days=9999), "desks"),
    (lambda pack: pack["imports"]["CN13-LST-04"].update(max_run=99), "imports"),
]


class TestCheckEdition:
    @pytest.mark.parametrize(("change", "said"), OTHER_SECTIONS)
    def test_refuses_what_loosens_beside_the_rules(
        self, change: Callable[[dict[str, Any]], object], said: str
    ) -> None:
        pack = deepcopy(PACK)
        change(pack)

        with pytest.raises(LooserError, match=said):
            check_floors(proposed=pack, shipped=PACK)

    def test_refuses_to_drop_what_an_earlier_edition_added(self) -> None:
        base = deepcopy(PACK)
        added = deepcopy(base["rules"]["CN13-REF-01"]) | {"params": [{"since": date(2026, 11, 1)}]}
        base["rules"]["CN13-REF-01.more"] = added

        check_edition(proposed=PACK, shipped=PACK, base=base, from_day=date(2026, 11, 1))
        with pytest.raises(LooserError, match=r"REF-01\.more, which held before"):
            check_edition(proposed=PACK, shipped=PACK, base=base, from_day=FROM)

    def test_says_more_than_the_first_thing_that_is_dropped(self) -> None:
        pack = deepcopy(PACK)
        dropped, *_, loosened = pack["retention"]
        del pack["retention"][dropped]
        pack["retention"][loosened]["floor_days"] -= 1

        with pytest.raises(LooserError, match=f"{dropped} is dropped.*{loosened} is loosened"):
            check_floors(proposed=pack, shipped=PACK)

    def test_refuses_to_begin_with_a_later_one_of_the_shipped_tables(self) -> None:
        shipped, pack = deepcopy(PACK), deepcopy(PACK)
        first = shipped["rules"]["CN13-DIA-03"]["params"][0]
        later = first | {"since": date(2026, 1, 1)}
        shipped["rules"]["CN13-DIA-03"]["params"] = [first, later]
        pack["rules"]["CN13-DIA-03"]["params"] = [later]

        with pytest.raises(LooserError, match="CN13-DIA-03 begins later"):
            check_floors(proposed=pack, shipped=shipped)

    def test_lets_records_be_kept_longer_and_lists_be_deleted_sooner(self) -> None:
        pack = deepcopy(PACK)
        pack["retention"]["call_record"]["floor_days"] += 1
        pack["retention"]["list"]["ceiling_days"] -= 1

        check_floors(proposed=pack, shipped=PACK)

    @pytest.mark.parametrize(("change", "said"), FORBIDDEN)
    def test_refuses_what_loosens(self, change: Callable[[Rules], None], said: str) -> None:
        with pytest.raises(LooserError, match=said):
            check(changed(change))

    @pytest.mark.parametrize("field", ["id", "utc_offset_hours"])
    def test_refuses_another_family(self, field: str) -> None:
        with pytest.raises(LooserError, match="never mix"):
            check(PACK | {field: 7})

    def test_says_every_objection_at_once(self) -> None:
        def both(rules: Rules) -> None:
            _drop(rules)
            _rewritten(rules)

        with pytest.raises(LooserError, match=r"REF-01 is dropped.*DIA-03"):
            check(changed(both))

    def test_lets_numbers_change_from_the_day_on(self) -> None:
        check(amended(PACK, amendment()))

        with pytest.raises(LooserError, match="is altered"):
            check(amended(PACK, amendment()), from_day=date(2026, 12, 2))

    def test_lets_floors_tighten(self) -> None:
        def tighter(rules: Rules) -> None:
            rules["CN13-FRQ-03"]["floor"]["anyone_minutes"] = {"at_least": 10}
            rules["CN13-TIM-01"]["floor"]["P1"] = {"within": ["08:00-21:00"]}
            rules["CN13-DIA-03"]["floor"] = {"hour": {"at_most": 30}}

        check(changed(tighter))

    @given(gap=st.integers(min_value=-5, max_value=40))
    def test_lets_no_number_pass_its_floor(self, gap: int) -> None:
        def change(rules: Rules) -> None:
            table = dict(rules["CN13-FRQ-03"]["params"][0]) | {
                "since": FROM, "anyone_minutes": gap,
            }  # fmt: skip
            rules["CN13-FRQ-03"]["params"].append(table)

        if gap >= 10:
            check(changed(change))
        else:
            with pytest.raises(LooserError):
                check(changed(change))


class TestCheckFloors:
    def test_holds_a_shipped_pack_against_a_later_release(self) -> None:
        check_floors(proposed=PACK, shipped=PACK)

        with pytest.raises(LooserError):
            check_floors(proposed=changed(_drop), shipped=PACK)


class TestAmended:
    def test_adds_a_dated_table_and_leaves_the_rest(self) -> None:
        pack = amended(PACK, amendment())

        assert [t["hour"] for t in pack["rules"]["CN13-DIA-03"]["params"]] == [25, 20]
        assert pack["version"] == "2026-12"
        assert {k: v for k, v in pack["rules"].items() if k != "CN13-DIA-03"} == {
            k: v for k, v in PACK["rules"].items() if k != "CN13-DIA-03"
        }
        book_of(pack)

    def test_takes_new_rules_and_citations(self) -> None:
        row = PACK["rules"]["CN13-REF-01"] | {"params": [{"since": FROM}]}
        citation = PACK["citations"]["catalogue"] | {"article": "new"}
        pack = amended(
            PACK, amendment(rules={"CN13-REF-01.more": row}, citations={"new": citation})
        )

        assert pack["rules"]["CN13-REF-01.more"] == row
        assert pack["citations"]["new"] == citation
        check(pack)

    @pytest.mark.parametrize(
        "change",
        [
            {"amends": "us"},
            {"amends": None},
            {"desks": {"CN13-SEC-06": {"every_days": 9999}}},
            {"rules": {"CN13-DIA-03": {"check": "seat.ready"}}},
            {"rules": {"CN13-DIA-03": {"floor": {}}}},
            {"citations": {"catalogue": {"title": "another"}}},
        ],
    )
    def test_refuses_to_alter_what_a_rule_is(self, change: dict[str, Any]) -> None:
        with pytest.raises(PackError):
            amended(PACK, amendment(**change))


class TestPackBytes:
    def test_come_back_as_the_same_book(self) -> None:
        again = pack_from_bytes(pack_bytes(PACK))

        assert again == PACK
        assert list(again["rules"]) == list(PACK["rules"])
        assert pack_bytes(again) == pack_bytes(PACK)
        assert book_of(again).digest == book_of(PACK).digest

    def test_can_be_read_by_a_person(self) -> None:
        assert "骚扰" in pack_bytes(PACK).decode()


class TestPackOfAnEarlierRelease:
    def test_keeps_what_it_knew_and_gets_the_classes_that_it_did_not(self) -> None:
        earlier = fresh_pack()
        row = earlier["retention"].pop("recording_insurance")
        earlier["retention"]["recording"]["keep_days"] = 200
        for cite in row["cites"]:
            earlier["citations"].pop(cite, None)

        kept = kept_on(earlier, PACK)

        assert kept["retention"]["recording_insurance"] == PACK["retention"]["recording_insurance"]
        assert kept["retention"]["recording"]["keep_days"] == 200
        assert set(row["cites"]) <= kept["citations"].keys()
        assert "recording_insurance" not in earlier["retention"]
