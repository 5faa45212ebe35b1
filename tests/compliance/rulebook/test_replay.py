"""Deciding again: what differs by rule, in any order; what is unsaid allows nothing."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.canonical import canon
from compliance.books import book, book_of, read_pack
from compliance.rulebook.book import Book
from compliance.rulebook.codec import FactsError, facts_bytes
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide, decide_once
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.replay import Stored, Tally, facts_as_recorded, undated
from tests.compliance.rulebook.asking import other_book
from tests.compliance.rulebook.build import make_attempt, make_facts, make_refusal
from tests.compliance.rulebook.instants import WORKDAY_MORNING
from tests.compliance.rulebook.strategies import call_facts


def stored(facts: CallFacts, *, key: int = 1, drop: tuple[str, ...] = ()) -> Stored:
    """Return a decision on `facts`, of which the fields in `drop` were not recorded."""
    decision = decide(facts, book())
    return Stored(
        id=f"{key:04}",
        verdict=decision.verdict.value,
        objecting=tuple(f.rule_id for f in decision.objections),
        facts=without(facts_bytes(facts), drop),
    )


def without(data: bytes, drop: tuple[str, ...]) -> bytes:
    tree: dict[str, Any] = json.loads(data)
    for path in drop:
        *way, name = path.split(".")
        tables = [tree]
        for key in way:
            tables = [
                item
                for table in tables
                if table.get(key) is not None
                for item in (table[key] if isinstance(table[key], list) else [table[key]])
            ]
        for table in tables:
            table.pop(name, None)
    return canon(tree)


@cache
def one_call_a_day() -> Book:
    def change(pack: dict[str, Any]) -> None:
        pack["rules"]["CN13-FRQ-01"]["params"][0]["P3"] = {"h24": 1, "d7": 3, "d30": 4}

    return other_book(change)


def report(*decisions: Stored, judging: Book | None = None) -> dict[str, Any]:
    tally = Tally()
    for decision in decisions:
        tally.add(decision, judging or book())
    return tally.report()


def counts(said: dict[str, Any]) -> tuple[int, int, int]:
    return said["decisions"], said["on_facts_not_recorded"], said["unreadable"]


CALLED = make_facts(attempts=(make_attempt(at=WORKDAY_MORNING - timedelta(hours=20)),))
REFUSED = make_facts(refusals=(make_refusal(),))


class TestTally:
    def test_finds_no_difference_under_the_same_book(self) -> None:
        said = report(stored(make_facts()), stored(REFUSED, key=2))

        assert said["verdicts"] == {"allow > allow": 1, "refuse > refuse": 1}
        assert said["rules"] == {}

    def test_shows_who_would_have_been_stopped_and_by_which_rule(self) -> None:
        said = report(stored(CALLED), judging=one_call_a_day())

        assert said["verdicts"] == {"allow > defer": 1}
        cases = {"newly_deferred": {"count": 1, "examples": ["0001"]}}
        assert said["rules"] == {"CN13-FRQ-01": cases}

    def test_shows_who_would_have_been_let_through(self) -> None:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"] = {
                key: row for key, row in pack["rules"].items() if not key.startswith("CN13-REF")
            }

        said = report(stored(REFUSED), judging=other_book(change))

        assert said["verdicts"] == {"refuse > allow": 1}
        assert {change for cases in said["rules"].values() for change in cases} == {"no_longer"}

    def test_counts_each_decision_once(self) -> None:
        unread = Stored(id="0009", verdict="allow", objecting=(), facts=b"[]")
        found = [stored(CALLED), stored(CALLED, key=2), unread, *self.without_a_place(3, 4)]
        one, other = Tally(), Tally()
        for decision in found:
            one.add(decision, one_call_a_day())
            other.add(decision, one_call_a_day())

        once = one.report()
        one.merge(other)

        assert counts(once) == (5, 2, 1)
        assert counts(one.report()) == (10, 4, 2)
        for said, times in ((once, 1), (one.report(), 2)):
            assert said["facts_not_recorded"] == {
                "callee.number_class": 2 * times,
                "callee.provinces": 2 * times,
            }
            assert said["verdicts"] == {
                "allow > defer": 2 * times,
                "allow > unreadable": times,
                "refuse > refuse": 2 * times,
            }
            assert said["rules"]["CN13-FRQ-01"] == {
                "newly_deferred": {"count": 2 * times, "examples": ["0001", "0002"]}
            }
            assert said["rules"]["CN13-TIM-05"] == {
                "unknown": {"count": 2 * times, "examples": ["0003", "0004"]}
            }

    @staticmethod
    def without_a_place(*keys: int) -> list[Stored]:
        drop = ("callee.number_class", "callee.provinces")
        return [stored(REFUSED, key=key, drop=drop) for key in keys]

    def test_gives_the_first_few_examples(self) -> None:
        decisions = [stored(CALLED, key=key) for key in (9, 3, 7, 1, 8, 5)]

        cases = report(*decisions, judging=one_call_a_day())["rules"]["CN13-FRQ-01"]

        assert cases["newly_deferred"] == {
            "count": 6,
            "examples": ["0001", "0003", "0005", "0007", "0008"],
        }

    @pytest.mark.parametrize(
        "damage", [b"", b"[]", b"{", b'{"at":5}', b'{"at":"2026-03-11T02:00:00Z","filing":[]}']
    )
    def test_counts_facts_that_cannot_be_read(self, damage: bytes) -> None:
        said = report(Stored(id="1", verdict="allow", objecting=(), facts=damage))

        assert said["unreadable"] == 1
        assert said["verdicts"] == {"allow > unreadable": 1}


DRAWN = st.lists(call_facts(), min_size=1, max_size=6)


class TestReport:
    @settings(deadline=None, max_examples=25)
    @given(drawn=DRAWN, data=st.data())
    def test_is_the_same_bytes_in_any_order_and_in_any_parts(
        self, drawn: list[CallFacts], data: st.DataObject
    ) -> None:
        dropped = data.draw(st.sampled_from([(), ("callee.provinces",), ("filing.regime",)]))
        decisions = [stored(facts, key=key, drop=dropped) for key, facts in enumerate(drawn)]
        shuffled = data.draw(st.permutations(decisions))
        cut = data.draw(st.integers(0, len(shuffled)))
        whole, first, second = Tally(), Tally(), Tally()
        for decision in decisions:
            whole.add(decision, one_call_a_day())
        for part, tally in ((shuffled[:cut], first), (shuffled[cut:], second)):
            for decision in part:
                tally.add(decision, one_call_a_day())

        second.merge(first)

        assert json.dumps(second.report()) == json.dumps(whole.report())


def paths(tree: Any, way: str = "") -> list[str]:
    """Return every field of stored facts, by its path."""
    if isinstance(tree, list):
        return sorted({path for item in tree for path in paths(item, way)})
    if not isinstance(tree, dict):
        return []
    own = [f"{way}{name}" for name in tree]
    return own + [path for name in tree for path in paths(tree[name], f"{way}{name}.")]


FIELDS = paths(json.loads(facts_bytes(CALLED)))
# No rule asks for these: they are for whoever reads the record.
UNASKED = {"callee.digest"}


class TestFactsNotRecorded:
    @pytest.mark.parametrize("path", FIELDS)
    def test_never_become_an_allowance_where_a_rule_asks(self, path: str) -> None:
        said = report(stored(CALLED, drop=(path,)))

        (change,) = said["verdicts"]
        if said["unreadable"]:
            assert path in ("at", "filing")
            return
        if said["on_facts_not_recorded"]:
            assert change == "allow > unknown"
            assert {change for cases in said["rules"].values() for change in cases} == {"unknown"}
        assert path in said["facts_not_recorded"]

    @settings(deadline=None)
    @given(facts=call_facts(), path=st.sampled_from(FIELDS))
    def test_never_turn_an_objection_into_an_allowance(self, facts: CallFacts, path: str) -> None:
        decision = stored(facts, drop=(path,))

        said = report(decision)

        if decision.verdict != Verdict.ALLOW:
            assert f"{decision.verdict} > allow" not in said["verdicts"]

    def test_are_counted_apart_from_what_the_pack_refuses(self) -> None:
        said = report(stored(REFUSED, drop=("callee.provinces",)))

        assert said["verdicts"] == {"refuse > refuse": 1}
        assert said["on_facts_not_recorded"] == 1
        assert said["facts_not_recorded"] == {"callee.provinces": 1}
        assert said["rules"]["CN13-TIM-05"]["unknown"]["count"] == 1

    def test_are_all_named_and_the_others_read(self) -> None:
        gone = ("callee.digest", "callee.canary", "line", "seat.active", "attempts.rang")

        facts, missing = facts_as_recorded(without(facts_bytes(CALLED), gone))

        assert sorted(missing) == sorted(gone)
        assert (facts.health, facts.calendar) == (CALLED.health, CALLED.calendar)
        assert facts.callee.provinces == CALLED.callee.provinces
        assert facts.attempts
        assert facts.attempts[0].consent_id == 11

    def test_do_not_include_fields_that_are_known_no_more(self) -> None:
        tree = json.loads(facts_bytes(make_facts())) | {"weather": "fine"}

        facts, missing = facts_as_recorded(canon(tree))

        assert missing == ()
        assert facts == make_facts()

    @pytest.mark.parametrize(
        "change",
        [{"seat": 7}, {"refusals": {}}, {"refusals": [1]}, {"at": 5}, {"attempts": "x"}],
    )
    def test_are_not_what_does_not_fit(self, change: dict[str, Any]) -> None:
        tree = json.loads(facts_bytes(make_facts())) | change

        with pytest.raises(FactsError):
            facts_as_recorded(canon(tree))


class TestFactsAsRecorded:
    @settings(deadline=None)
    @given(facts=call_facts())
    def test_are_the_facts_if_nothing_is_missing(self, facts: CallFacts) -> None:
        again, missing = facts_as_recorded(facts_bytes(facts))

        assert (again, missing) == (facts, ())
        assert decide_once(again, book()).verdict is decide(facts, book()).verdict


class TestUndated:
    def test_lets_the_newest_numbers_judge_every_day(self) -> None:
        pack = read_pack("cn13")
        later = dict(pack["rules"]["CN13-DIA-03"]["params"][0]) | {
            "since": date(2030, 1, 1), "hour": 1,
        }  # fmt: skip
        pack["rules"]["CN13-DIA-03"]["params"].append(later)

        (table,) = undated(pack)["rules"]["CN13-DIA-03"]["params"]

        assert table == later | {"since": date(2018, 7, 31)}
        hours: Callable[[Book], Any] = lambda made: next(  # noqa: E731
            bound.params.hour
            for bound in made.before_call(WORKDAY_MORNING).rules
            if bound.id == "CN13-DIA-03"
        )
        assert (hours(book_of(pack)), hours(book_of(undated(pack)))) == (25, 1)
