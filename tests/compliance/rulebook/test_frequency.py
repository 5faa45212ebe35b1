"""Frequency: every permit counts, and each window frees its place to the microsecond."""

from datetime import timedelta
from typing import Any

import pytest

from compliance.rulebook.facts import AttemptFacts
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_attempt, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING

MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)
FRQ = ["CN13-FRQ-01", "CN13-FRQ-02", "CN13-FRQ-03", "CN13-FRQ-04", "CN13-FRQ-05", "CN13-FRQ-08"]


def ago(*gaps: timedelta, **changes: Any) -> tuple[AttemptFacts, ...]:
    return tuple(make_attempt(at=WORKDAY_MORNING - gap, **changes) for gap in gaps)


def hours(*numbers: float) -> list[timedelta]:
    return [timedelta(hours=number) for number in numbers]


class TestAll:
    @pytest.mark.parametrize("rule", FRQ)
    def test_allow_a_first_call(self, rule: str) -> None:
        assert reason(rule, make_facts()) == "allow"

    @pytest.mark.parametrize("rule", FRQ)
    def test_refuse_when_the_ledger_cannot_be_read(self, rule: str) -> None:
        assert reason(rule, make_facts(attempts=None)) == "ledger_unknown"

    @pytest.mark.parametrize("rule", [FRQ[0], FRQ[2], FRQ[3], FRQ[4]])
    def test_refuse_a_purpose_without_numbers(self, rule: str) -> None:
        assert reason(rule, make_facts(purpose="P0")) == "purpose_unknown"


class TestSamePrincipal:
    @pytest.mark.parametrize(
        ("purpose", "gaps", "expected", "frees_in"),
        [
            ("P1", hours(5), "allow", None),
            ("P1", hours(20, 5), "called_often", hours(4)[0]),
            ("P1", hours(24, 5), "allow", None),  # the window is open at its far end
            ("P1", hours(150, 100, 50), "called_often", hours(18)[0]),
            ("P1", hours(168, 100, 50), "allow", None),
            ("P1", hours(700, 500, 400, 300), "called_often", hours(20)[0]),
            ("P1", hours(719, 600, 20, 5), "called_often", hours(4)[0]),
            ("P3", hours(20, 5), "called_often", hours(4)[0]),
            ("P3", hours(150, 100, 50), "allow", None),
            ("P4", hours(20, 10, 5), "called_often", hours(4)[0]),
            ("P5", hours(23, 20, 15, 10, 5), "allow", None),
            ("P5", hours(23, 20, 15, 10, 5, 2), "called_often", hours(1)[0]),
            ("P6", hours(23), "called_often", hours(1)[0]),
            ("P7", hours(20, 10, 5), "called_often", hours(4)[0]),
            ("P2", hours(20, 10), "called_often", hours(4)[0]),
        ],
    )
    def test_is_capped_by_purpose(
        self, purpose: str, gaps: list[timedelta], expected: str, frees_in: timedelta | None
    ) -> None:
        facts = make_facts(purpose=purpose, attempts=ago(*gaps))

        assert reason("CN13-FRQ-01", facts) == expected
        assert ask("CN13-FRQ-01", facts).retry_at == (frees_in and WORKDAY_MORNING + frees_in)

    def test_counts_answered_unanswered_and_unused_permits_alike(self) -> None:
        attempts = ago(*hours(20), answered=True) + ago(*hours(5), rang=False)

        assert reason("CN13-FRQ-01", make_facts(attempts=attempts)) == "called_often"

    def test_does_not_count_other_principals(self) -> None:
        attempts = ago(*hours(20, 5, 3), same_principal=False)

        assert reason("CN13-FRQ-01", make_facts(attempts=attempts)) == "allow"

    def test_waits_until_enough_calls_have_left_an_overfull_window(self) -> None:
        facts = make_facts(attempts=ago(*hours(20, 10, 5)))

        assert ask("CN13-FRQ-01", facts).retry_at == WORKDAY_MORNING + timedelta(hours=14)

    def test_waits_for_the_window_that_frees_last(self) -> None:
        facts = make_facts(purpose="P1", attempts=ago(*hours(160, 20, 5)))

        assert ask("CN13-FRQ-01", facts).retry_at == WORKDAY_MORNING + timedelta(hours=8)

    def test_cannot_be_left_without_a_cap(self) -> None:
        def uncapped(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-FRQ-01"]["params"][0]["P5"] = {}
            pack["rules"]["CN13-FRQ-01"]["floor"] = {}

        with pytest.raises(ValueError, match="without any cap"):
            other_book(uncapped)

    def test_is_held_by_every_cap_in_whatever_order_they_stand(self) -> None:
        def widest_first(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-FRQ-01"]["params"][0]["P1"] = {"d30": 4, "d7": 3, "h24": 2}

        answer = ask(
            "CN13-FRQ-01",
            make_facts(purpose="P1", attempts=ago(*hours(20, 5))),
            book=other_book(widest_first),
        )

        assert dict(answer.values) == {"window": "h24", "most": 2}

    def test_cannot_be_capped_at_nothing(self) -> None:
        def never(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-FRQ-01"]["params"][0]["P1"] = {"h24": 0, "d7": 3, "d30": 4}

        with pytest.raises(ValueError, match="at least 1"):
            other_book(never)


class TestWholePlatform:
    @pytest.mark.parametrize(
        ("purpose", "attempts", "expected"),
        [
            ("P3", ago(*hours(20, 10), same_principal=False), "allow"),
            ("P3", ago(*hours(20, 10, 5), same_principal=False), "called_often_by_all"),
            ("P3", ago(*hours(24, 10, 5), same_principal=False), "allow"),
            ("P3", ago(*hours(*range(30, 39))), "allow"),
            ("P3", ago(*hours(*range(30, 40))), "called_often_by_all"),
            ("P3", ago(*hours(9, 7, 5), purpose="P5"), "allow"),  # collection counts by itself
            ("P5", ago(*hours(9, 7, 5), purpose="P3"), "allow"),
            ("P5", ago(*hours(9, 8, 7, 6, 5), purpose="P5"), "allow"),
            ("P5", ago(*hours(9, 8, 7, 6, 5, 4), purpose="P5"), "called_often_by_all"),
            ("P0", ago(*hours(20, 10, 5)), "called_often_by_all"),
        ],
    )
    def test_is_capped_over_all_principals(
        self, purpose: str, attempts: tuple[AttemptFacts, ...], expected: str
    ) -> None:
        assert reason("CN13-FRQ-02", make_facts(purpose=purpose, attempts=attempts)) == expected


class TestGap:
    @pytest.mark.parametrize(
        ("purpose", "minutes"),
        [("P1", 240), ("P2", 30), ("P3", 240), ("P4", 60), ("P5", 60), ("P6", 240), ("P7", 10)],
    )
    def test_lies_between_two_calls_of_one_principal(self, purpose: str, minutes: int) -> None:
        gap = timedelta(minutes=minutes)
        too_soon = make_facts(purpose=purpose, attempts=ago(gap - MOMENT))
        in_time = make_facts(purpose=purpose, attempts=ago(gap))

        assert ask("CN13-FRQ-03", too_soon).retry_at == WORKDAY_MORNING + MOMENT
        assert reason("CN13-FRQ-03", in_time) == "allow"

    def test_of_ten_minutes_lies_between_any_two_calls(self) -> None:
        ten = timedelta(minutes=10)
        too_soon = make_facts(attempts=ago(ten - MOMENT, same_principal=False))
        in_time = make_facts(attempts=ago(ten, same_principal=False))

        assert reason("CN13-FRQ-03", too_soon) == "too_soon_for_all"
        assert reason("CN13-FRQ-03", in_time) == "allow"

    def test_is_the_longer_of_the_two(self) -> None:
        attempts = ago(timedelta(hours=3)) + ago(timedelta(minutes=1), same_principal=False)

        answer = ask("CN13-FRQ-03", make_facts(attempts=attempts))

        assert answer.reason == "too_soon"
        assert answer.retry_at == WORKDAY_MORNING + timedelta(hours=1)


class TestAfterConversation:
    @pytest.mark.parametrize(("purpose", "days"), [("P1", 30), ("P3", 7), ("P6", 30)])
    def test_the_principal_keeps_silent(self, purpose: str, days: int) -> None:
        talk = {"answered": True, "conversation": True}
        inside = make_facts(purpose=purpose, attempts=ago(days * DAY - MOMENT, **talk))
        over = make_facts(purpose=purpose, attempts=ago(days * DAY, **talk))

        assert ask("CN13-FRQ-04", inside).retry_at == WORKDAY_MORNING + MOMENT
        assert reason("CN13-FRQ-04", over) == "allow"

    @pytest.mark.parametrize("purpose", ["P2", "P4", "P5", "P7"])
    def test_notices_and_requested_calls_go_on(self, purpose: str) -> None:
        attempts = ago(DAY, answered=True, conversation=True)

        assert reason("CN13-FRQ-04", make_facts(purpose=purpose, attempts=attempts)) == (
            "not_applicable"
        )

    @pytest.mark.parametrize(
        "changes",
        [{"conversation": False}, {"same_principal": False}, {"purpose": "P4"}],
    )
    def test_other_calls_bring_no_silence(self, changes: dict[str, Any]) -> None:
        talk: dict[str, Any] = {"answered": True, "conversation": True}
        attempts = ago(DAY, **(talk | changes))

        assert reason("CN13-FRQ-04", make_facts(attempts=attempts)) == "allow"


class TestAfterNoAnswer:
    def days(self, *numbers: float) -> list[timedelta]:
        return [timedelta(days=number) for number in numbers]

    def test_three_in_a_row_rest_for_thirty_days_after_the_last(self) -> None:
        attempts = ago(*self.days(20, 10, 5))

        answer = ask("CN13-FRQ-05", make_facts(attempts=attempts))

        assert answer.retry_at == WORKDAY_MORNING + timedelta(days=25)

    @pytest.mark.parametrize(
        ("gaps", "expected"),
        [
            ((10, 5), "allow"),
            ((20, 10, 5), "unanswered"),
            ((59, 45, 29.5), "unanswered"),  # a long run is remembered past its first call
            ((60, 45, 30), "allow"),
            ((36, 10, 5), "allow"),  # no run: too far apart
            ((35, 10, 5), "unanswered"),
            ((50, 20, 10, 5), "unanswered"),
        ],
    )
    def test_needs_a_run_of_three_within_thirty_days(
        self, gaps: tuple[float, ...], expected: str
    ) -> None:
        facts = make_facts(attempts=ago(*self.days(*gaps)))

        assert reason("CN13-FRQ-05", facts) == expected

    def test_an_answered_call_starts_anew(self) -> None:
        vain = ago(*self.days(20, 10, 5))

        def after(gap: float) -> str:
            answered = ago(*self.days(gap), answered=True)
            return reason("CN13-FRQ-05", make_facts(attempts=vain + answered))

        assert after(25) == "unanswered"
        assert after(20) == "allow"  # in the very instant of the first
        assert after(15) == "allow"
        assert after(1) == "allow"

    @pytest.mark.parametrize("changes", [{"rang": False}, {"same_principal": False}])
    def test_counts_only_calls_of_the_principal_that_rang(self, changes: dict[str, Any]) -> None:
        attempts = ago(*self.days(20, 10)) + ago(*self.days(5), **changes)

        assert reason("CN13-FRQ-05", make_facts(attempts=attempts)) == "allow"

    @pytest.mark.parametrize("purpose", ["P5", "P7"])
    def test_leaves_collection_and_emergencies_to_their_own_caps(self, purpose: str) -> None:
        facts = make_facts(purpose=purpose, attempts=ago(*self.days(20, 10, 5)))

        assert reason("CN13-FRQ-05", facts) == "not_applicable"

    def test_cannot_look_further_back_than_the_facts(self) -> None:
        def longer(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-FRQ-05"]["params"][0]["within_days"] = 31

        with pytest.raises(ValueError, match="too short for this rest"):
            other_book(longer)


class TestReserved:
    def test_waits_while_a_call_or_permit_for_the_person_is_open(self) -> None:
        attempts = (make_attempt(), make_attempt(open=True, same_principal=False))

        answer = ask("CN13-FRQ-08", make_facts(attempts=attempts))

        assert answer.retry_at == WORKDAY_MORNING + timedelta(seconds=60)

    def test_lets_ended_calls_pass(self) -> None:
        assert reason("CN13-FRQ-08", make_facts(attempts=(make_attempt(),))) == "allow"

    @pytest.mark.parametrize("readable", [False, None])
    def test_refuses_without_the_ledger(self, readable: bool | None) -> None:  # noqa: FBT001
        facts = make_facts(health__ledger_readable=readable)

        assert reason("CN13-FRQ-08", facts) == "ledger_unknown"
