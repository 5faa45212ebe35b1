"""Suspensions by complaints: who stands still, and how little may get them going again."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rulebook.bound import PackError
from compliance.rulebook.facts import SuspensionFacts
from tests.compliance.rulebook.asking import other_book, reason
from tests.compliance.rulebook.build import make_facts, make_resume, make_suspension
from tests.compliance.rulebook.instants import WORKDAY_MORNING, beijing

BRAKE, RESUME, CHAIN = "CN13-CMP-05", "CN13-CMP-06", "CN13-GOV-04"
DAY = timedelta(days=1)


def facts(*suspensions: SuspensionFacts) -> Any:
    return make_facts(filing__suspensions=suspensions)


class TestNotSuspended:
    @pytest.mark.parametrize(
        ("suspensions", "expected"),
        [
            ((), "allow"),
            ((make_suspension(),), "suspended"),
            ((make_suspension(resumed=make_resume()),), "allow"),
            ((make_suspension(resumed=make_resume()), make_suspension()), "suspended"),
            ((make_suspension(scope="line"),), "allow"),  # the chain's
        ],
    )
    def test_refuses_while_the_campaign_is_suspended(
        self, suspensions: tuple[SuspensionFacts, ...], expected: str
    ) -> None:
        assert reason(BRAKE, facts(*suspensions)) == expected

    @pytest.mark.parametrize("rule_id", [BRAKE, RESUME, CHAIN])
    def test_refuses_if_nobody_knows(self, rule_id: str) -> None:
        unknown = make_facts(filing__suspensions=None)

        assert reason(rule_id, unknown) == "suspensions_unknown"


class TestResumedProperly:
    @pytest.mark.parametrize(
        ("approvers", "expected"),
        [
            ((2, 3), "allow"),
            ((2, 3, 4), "allow"),
            ((2,), "resumed_alone"),
            ((2, 2), "resumed_alone"),
            ((1, 2), "resumed_alone"),  # the author is none of them
            ((), "resumed_alone"),
        ],
    )
    def test_takes_two_people_beside_the_author(
        self, approvers: tuple[int, ...], expected: str
    ) -> None:
        resumed = make_suspension(resumed=make_resume(author=1, approvers=approvers))

        assert reason(RESUME, facts(resumed)) == expected

    @pytest.mark.parametrize(
        ("early", "expected"),
        [(timedelta(0), "allow"), (timedelta(microseconds=1), "resumed_early")],
    )
    def test_waits_for_the_end_of_the_time(self, early: timedelta, expected: str) -> None:
        until = WORKDAY_MORNING - DAY
        suspension = make_suspension(until=until, resumed=make_resume(at=until - early))

        assert reason(RESUME, facts(suspension)) == expected

    def test_does_not_believe_an_end_before_the_beginning(self) -> None:
        begun = WORKDAY_MORNING - DAY
        suspension = make_suspension(since=begun, resumed=make_resume(at=begun - DAY))

        assert reason(RESUME, facts(suspension)) == "resumed_early"

    def test_may_end_in_the_instant_in_which_it_began(self) -> None:
        begun = WORKDAY_MORNING - DAY
        suspension = make_suspension(since=begun, resumed=make_resume(at=begun))

        assert reason(RESUME, facts(suspension)) == "allow"

    def test_allows_none_where_the_pack_says_none(self) -> None:
        def none(pack: dict[str, Any]) -> None:
            pack["rules"][RESUME]["params"][0]["resume_max"] = 0

        strict, ended = other_book(none), make_suspension(resumed=make_resume())

        assert reason(RESUME, facts(ended), book=strict) == "resumed_often"
        assert reason(RESUME, facts(make_suspension()), book=strict) == "allow"

    def test_allows_one_new_beginning_for_each(self) -> None:
        ended = make_suspension(resumed=make_resume())
        line = make_suspension(scope="line", resumed=make_resume())

        assert reason(RESUME, facts(ended, line)) == "allow"
        assert reason(RESUME, facts(ended, line, ended)) == "resumed_often"

    def test_leaves_what_stands_to_the_other_rules(self) -> None:
        assert reason(RESUME, facts(make_suspension())) == "allow"


class TestChainClear:
    @pytest.mark.parametrize(
        ("suspension", "expected"),
        [
            (make_suspension(scope="line"), "chain_suspended"),
            (make_suspension(scope="principal"), "chain_suspended"),
            (make_suspension(scope="principal", resumed=make_resume()), "allow"),
            (make_suspension(scope="campaign"), "allow"),
        ],
    )
    def test_refuses_while_line_or_principal_is_suspended(
        self, suspension: SuspensionFacts, expected: str
    ) -> None:
        assert reason(CHAIN, facts(suspension)) == expected

    def test_has_nothing_to_say_without_suspensions(self) -> None:
        assert reason(CHAIN, facts()) == reason(RESUME, facts()) == "allow"


suspensions = st.builds(
    make_suspension,
    scope=st.sampled_from(["campaign", "line", "principal"]),
    until=st.none() | st.just(WORKDAY_MORNING),
    resumed=st.none()
    | st.builds(
        make_resume,
        approvers=st.lists(st.integers(1, 4), max_size=3).map(tuple),
        at=st.sampled_from([WORKDAY_MORNING, WORKDAY_MORNING - 9 * DAY]),
    ),
)


class TestEverySuspension:
    @given(held=st.lists(suspensions, max_size=3), more=suspensions)
    def test_never_turns_a_refusal_into_an_allowance(
        self, held: list[SuspensionFacts], more: SuspensionFacts
    ) -> None:
        for rule_id in (BRAKE, RESUME, CHAIN):
            if reason(rule_id, facts(*held)) != "allow":
                assert reason(rule_id, facts(*held, more)) != "allow"

    @given(held=st.lists(suspensions, min_size=1, max_size=3))
    def test_is_over_only_by_a_report_and_two_others(self, held: list[SuspensionFacts]) -> None:
        if all(reason(rule_id, facts(*held)) == "allow" for rule_id in (BRAKE, RESUME, CHAIN)):
            for one in held:
                assert one.resumed is not None
                assert len(set(one.resumed.approvers) - {one.resumed.author}) >= 2


class TestFloors:
    @pytest.mark.parametrize(
        ("rule_id", "name", "looser"),
        [
            (BRAKE, "per_mille", 2),
            (BRAKE, "a_day", 4),
            (BRAKE, "a_year", 3),
            (BRAKE, "year_days", 89),
            (BRAKE, "year_industries", []),
            (RESUME, "approvers", 1),
            (RESUME, "resume_max", 2),
            (CHAIN, "seat", 3),
            (CHAIN, "principal", 10),
        ],
    )
    def test_hold_in_the_engine(self, rule_id: str, name: str, looser: object) -> None:
        with pytest.raises(PackError, match="looser"):
            other_book(lambda pack: pack["rules"][rule_id]["params"][0].update({name: looser}))


class TestAnsweredInTime:
    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("2026-03-10 23:59", "allow"),
            ("2026-03-11 00:00", "complaint_overdue"),  # its fifteenth working day begins
            ("2026-03-11 10:00", "complaint_overdue"),
        ],
    )
    def test_refuses_from_the_day_on_which_a_complaint_is_due(
        self, at: str, expected: str
    ) -> None:
        due = (WORKDAY_MORNING.date(), (WORKDAY_MORNING + 9 * DAY).date())
        call = make_facts(at=beijing(at), filing__complaints_due=due)

        assert reason("CN13-CMP-02", call) == expected

    @pytest.mark.parametrize(("internal", "escalate", "due"), [(3, 3, 10), (3, 10, 10)])
    def test_may_run_two_clocks_out_on_one_day(
        self, internal: int, escalate: int, due: int
    ) -> None:
        days = {"internal_days": internal, "escalate_day": escalate, "due_day": due}

        book_ = other_book(lambda p: p["rules"]["CN13-CMP-02"]["params"][0].update(days))

        assert book_.rule("CN13-CMP-02")

    @pytest.mark.parametrize(("due", "expected"), [((), "allow"), (None, "complaints_unknown")])
    def test_needs_to_know(self, due: tuple[()] | None, expected: str) -> None:
        assert reason("CN13-CMP-02", make_facts(filing__complaints_due=due)) == expected

    @pytest.mark.parametrize(
        ("name", "value", "match"),
        [
            ("due_day", 16, "looser"),
            ("escalate_day", 11, "looser"),
            ("internal_days", 4, "looser"),
            ("due_day", 9, "one after the other"),
        ],
    )
    def test_keeps_its_clocks_in_order_and_above_their_floors(
        self, name: str, value: int, match: str
    ) -> None:
        with pytest.raises(PackError, match=match):
            other_book(lambda p: p["rules"]["CN13-CMP-02"]["params"][0].update({name: value}))
