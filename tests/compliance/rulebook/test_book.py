"""A book: strict about its pack, and never looser than its floors."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from compliance.books import book as shipped_book
from compliance.books import find_rule, read_pack
from compliance.rulebook.bound import PackError
from compliance.rulebook.dated import jsonable
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from compliance.rulebook.facts import UseFacts
from compliance.rulebook.rule import call_rule, no_params
from compliance.rulebook.unknowns import LINE_UNKNOWN
from tests.compliance.rulebook.asking import other_book, reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.instants import beijing

PACK = read_pack("cn13")


def _rule(name: str, **changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(pack: dict[str, Any]) -> None:
        pack["rules"][name].update(changes)

    return change


def _drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(pack: dict[str, Any]) -> None:
        table = pack
        for key in path[:-1]:
            table = table[key]
        del table[path[-1]]

    return change


def _params(name: str, **changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(pack: dict[str, Any]) -> None:
        pack["rules"][name]["params"][0].update(changes)
        sources = pack["rules"][name].setdefault("sources", {})
        sources.update({key: ["catalogue"] for key in changes})

    return change


class TestPack:
    @pytest.mark.parametrize(
        "change",
        [
            _drop("id"),
            _drop("version"),
            _drop("utc_offset_hours"),
            _drop("citations"),
            _drop("citations", "catalogue"),
            _drop("citations", "catalogue", "verified"),
            _drop("rules", "CN13-GOV-06", "title_en"),
            _drop("rules", "CN13-GOV-06", "holds"),
            _drop("rules", "CN13-CON-02", "uses"),
            _drop("rules", "CN13-TIM-01"),  # others borrow its hours
            _drop("rules", "CN13-FRQ-01", "params"),
            _drop("rules", "CN13-FRQ-01", "sources", "P1"),
            _rule("CN13-GOV-06", cites=[]),
            _rule("CN13-GOV-06", cites=["hearsay"]),
            _rule("CN13-GOV-06", basis="e"),
            _rule("CN13-GOV-06", holds="everything"),
            _rule("CN13-GOV-06", stages=[]),
            _rule("CN13-GOV-06", stages=["PRE", "LATER"]),
            _rule("CN13-GOV-06", stages=["REG"]),  # it judges a call
            _rule("CN13-GOV-06", params=[]),
            _rule("CN13-GOV-06", params=[{}]),
            _rule(
                "CN13-GOV-06", params=[{"since": date(2026, 1, 1)}, {"since": date(2025, 1, 1)}]
            ),
            _rule("CN13-GOV-06", check="health.nothing"),
            _rule("CN13-GOV-06", sources={"x": ["catalogue"]}),
            _params("CN13-GOV-06", extra=1),
            _params("CN13-TIM-03", closed=["14:00-12:00"]),
            _params("CN13-TIM-03", closed=["12:00-13:00", "12:30-14:00"]),
            _params("CN13-TIM-03", closed="12:00-14:00"),
            _params("CN13-TIM-03", closed=["12:00-14"]),
            _params("CN13-TIM-03", closed=["12:60-14:00"]),
            _params("CN13-TIM-09", minutes=0),
            _params("CN13-TIM-09", minutes=True),
            _params("CN13-TIM-09", minutes="2"),
            _params("CN13-NUM-09", allowed="mobile"),
            _params("CN13-NUM-09", allowed=[1]),
            _params("CN13-NUM-06", prefixes=[]),
            _params("CN13-CON-06", max_days={"P1": 180, "P2": 1, "P9": 3}),
            _params("CN13-CON-06", max_days={"P2": 0}),
            _params("CN13-FRQ-01", P1={"h24": 0, "d30": 4}),
            _params("CN13-FRQ-01", P1={"w2": 1, "h24": 1, "d30": 4}),
            _params("CN13-FRQ-04", days={"P1": 30}),
        ],
    )
    def test_is_refused_when_anything_is_missing_or_out_of_place(
        self, change: Callable[[dict[str, Any]], None]
    ) -> None:
        with pytest.raises(PackError):
            other_book(change)

    def test_cannot_have_its_prefix_list_emptied_even_without_a_floor(self) -> None:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-NUM-06"] |= {
                "params": [{"since": date(2018, 7, 31), "prefixes": []}],
                "floor": {},
            }

        with pytest.raises(PackError, match="empty"):
            other_book(change)

    def test_cannot_do_without_the_second_person_even_without_a_floor(self) -> None:
        def change(value: Any) -> Callable[[dict[str, Any]], None]:
            return _rule(
                "CN13-LIC-04.activation",
                params=[{"since": date(2018, 7, 31), "two_person": value}],
                floor={},
            )

        for value in (False, 1):
            with pytest.raises(PackError):
                other_book(change(value))


class TestEditions:
    def stricter_from_april(self, pack: dict[str, Any]) -> None:
        pack["rules"]["CN13-DIA-03"]["params"].append(
            {"since": date(2026, 4, 1), "hour": 10, "day": 60}
        )

    @pytest.mark.parametrize(
        ("at", "verdict"),
        [
            ("2026-03-31 19:00", Verdict.ALLOW),
            ("2026-04-01 10:00", Verdict.DEFER),  # the local day counts
        ],
    )
    def test_judge_a_call_by_the_numbers_of_its_day(self, at: str, verdict: Verdict) -> None:
        book = other_book(self.stricter_from_april)
        then = beijing(at)
        facts = make_facts(at=then, seat__hour=UseFacts(count=10, oldest_at=then))

        assert decide(facts, book).verdict is verdict

    def test_show_the_newest_to_whoever_asks_for_a_rule(self) -> None:
        rule = other_book(self.stricter_from_april).rule("CN13-DIA-03")

        assert rule is not None
        assert rule.params.hour == 10

    def test_leave_a_rule_out_before_its_first_day(self) -> None:
        def begins_in_april(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-DIA-03"]["params"][0]["since"] = date(2026, 4, 1)

        findings = decide(make_facts(), other_book(begins_in_april)).findings

        assert "CN13-DIA-03" not in {finding.rule_id for finding in findings}
        assert len(findings) == len(shipped_book().rules()) - 1


class TestBorrowing:
    def test_follows_the_lender(self) -> None:
        def until_eighteen(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-TIM-02"]["params"][0]["P3"] = ["09:00-18:00"]

        book = other_book(until_eighteen)

        assert reason("CN13-TIM-09", make_facts(at=beijing("2026-03-11 17:58")), book=book) == (
            "closing"
        )
        assert reason("CN13-TIM-09", make_facts(at=beijing("2026-03-11 19:58")), book=book) == (
            "allow"
        )


class TestDigest:
    def test_changes_with_any_number_and_with_the_logic(self) -> None:
        def one_minute_more(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-TIM-09"]["params"][0]["minutes"] = 3

        plain = other_book(lambda pack: None)

        assert plain.digest == shipped_book().digest
        assert other_book(one_minute_more).digest != plain.digest

    def test_is_the_same_however_a_rule_is_laid_out(self) -> None:
        def the_other_way_round(pack: dict[str, Any]) -> None:
            pack["rules"] = {
                key: dict(reversed(row.items())) for key, row in pack["rules"].items()
            }

        assert other_book(the_other_way_round).digest == shipped_book().digest

    def test_is_taken_over_values_that_json_can_hold(self) -> None:
        content = {"a": [date(2026, 1, 2), beijing("2026-01-02 08:00")], "b": {"c": 1}}

        assert jsonable(content) == {
            "a": ["2026-01-02", "2026-01-02T00:00:00+00:00"],
            "b": {"c": 1},
        }


class TestMakingARule:
    def test_refuses_two_reasons_with_one_code(self) -> None:
        with pytest.raises(ValueError, match="share a code"):
            call_rule(LINE_UNKNOWN, LINE_UNKNOWN, params=no_params)(lambda facts, params: None)  # type: ignore[arg-type,return-value]

    def test_gives_something_that_can_be_asked(self) -> None:
        rule = find_rule("health.not_stopped")

        assert rule(make_facts(), None).verdict is Verdict.ALLOW


class TestReadPack:
    def test_gives_each_caller_a_pack_of_its_own(self) -> None:
        read_pack("cn13")["rules"].clear()

        assert read_pack("cn13") == PACK
