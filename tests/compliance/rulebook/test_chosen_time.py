"""The time that a person asked for: nobody calls before it; it opens custom, never the night."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.chosen import sooner
from compliance.rulebook.decision import ALLOW, Verdict
from compliance.rulebook.engine import decide
from compliance.rulebook.facts import CallFacts, ChosenTimeFacts, ConsentFacts
from tests.compliance.rulebook.asking import ask, reason
from tests.compliance.rulebook.build import make_calendar, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING, beijing

KEPT = "CN13-TIM-08"


def at(text: str) -> datetime:
    return beijing(f"2026-03-11 {text}")


def wish(first: str, last: str) -> tuple[ChosenTimeFacts, ...]:
    return (ChosenTimeFacts(from_at=at(first), until_at=at(last)),)


def asked(now: str, first: str, last: str, **changes: Any) -> CallFacts:
    """Return the facts of a call at `now` to somebody who asked for first to last."""
    return make_facts(at=at(now), chosen_times=wish(first, last), **changes)


class TestWish:
    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("10:59:59", "asked_for_later"),
            ("11:00", "allow"),
            ("11:29:59", "allow"),
            ("11:30", "allow"),  # it has passed and binds nobody
        ],
    )
    def test_is_waited_for(self, now: str, expected: str) -> None:
        assert reason(KEPT, asked(now, "11:00", "11:30")) == expected

    def test_says_when(self) -> None:
        assert ask(KEPT, asked("10:00", "11:00", "11:30")).retry_at == at("11:00")

    def test_that_cannot_be_read_stops_the_call(self) -> None:
        assert reason(KEPT, make_facts(chosen_times=None)) == "wishes_unknown"

    @pytest.mark.parametrize(
        ("now", "rule_id"),
        [("12:30", "CN13-TIM-03"), ("08:30", "CN13-TIM-02"), ("20:30", "CN13-TIM-02")],
    )
    def test_opens_noon_and_evening(self, now: str, rule_id: str) -> None:
        facts = asked(now, now, "20:59")

        assert reason(rule_id, facts) == "not_applicable"
        assert decide(facts, book()).verdict is Verdict.ALLOW
        assert decide(make_facts(at=at(now)), book()).verdict is Verdict.DEFER

    @pytest.mark.parametrize(
        ("now", "opens"),
        [
            ("07:59:59", "2026-03-11 08:00"),
            ("05:00", "2026-03-11 08:00"),
            ("21:00", "2026-03-12 08:00"),
            ("23:00", "2026-03-12 08:00"),
        ],
    )
    def test_does_not_open_the_envelope(self, now: str, opens: str) -> None:
        now_and_later = (*wish(now, "23:59"), *wish("23:30", "23:59"))
        facts = make_facts(at=at(now), chosen_times=now_and_later)

        answer = ask("CN13-TIM-01", facts)

        assert (answer.reason, answer.retry_at) == ("outside_envelope", beijing(opens))

    def test_opens_a_day_off(self) -> None:
        day_off = make_calendar(days="o" + "w" * 9)
        facts = asked("10:00", "09:30", "10:30", calendar=day_off)

        assert reason("CN13-TIM-04", facts) == "not_applicable"
        assert decide(facts, book()).verdict is Verdict.ALLOW

    def test_does_not_open_a_day_whose_kind_is_unknown(self) -> None:
        facts = asked("10:00", "09:30", "10:30", calendar=None)

        assert decide(facts, book()).verdict is Verdict.REFUSE

    @given(now=st.integers(0, 24 * 3600 - 1), purpose=st.sampled_from(["P2", "P3", "P4"]))
    def test_never_opens_the_night(self, now: int, purpose: str) -> None:
        facts = make_facts(
            at=at("00:00") + timedelta(seconds=now),
            purpose=purpose,
            chosen_times=wish("00:00", "23:59:59"),
        )

        if decide(facts, book()).verdict is Verdict.ALLOW:
            assert 8 * 3600 <= now < 21 * 3600 - 120

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("20:57:59", "allow"),
            ("20:58", "closing"),
            ("20:59:59", "closing"),
            ("21:00", "allow"),  # over: the envelope itself says so
            ("11:59", "allow"),
        ],
    )
    def test_keeps_the_guard_at_the_envelopes_end(self, now: str, expected: str) -> None:
        assert reason("CN13-TIM-09", asked(now, "08:00", "23:00")) == expected

    @pytest.mark.parametrize(
        ("now", "expected"), [("12:27:59", "allow"), ("12:28", "closing"), ("12:30", "allow")]
    )
    def test_keeps_the_guard_at_its_own_end(self, now: str, expected: str) -> None:
        assert reason("CN13-TIM-09", asked(now, "12:00", "12:30")) == expected

    def test_is_when_a_call_can_be_tried_again(self) -> None:
        noon = asked("12:10", "12:30", "13:00")

        assert decide(noon, book()).retry_at == at("12:30")

    def test_is_when_a_call_can_be_tried_again_on_a_day_off(self) -> None:
        day_off = make_calendar(at=at("10:00"), days="o" + "w" * 9)

        decision = decide(asked("10:00", "15:00", "16:00", calendar=day_off), book())

        assert decision.retry_at == at("15:00")

    @given(
        now=st.integers(0, 24 * 3600 - 1),
        first=st.integers(0, 24 * 3600 - 2),
        length=st.integers(1, 6 * 3600),
    )
    def test_defers_to_the_first_instant_that_is_open(
        self, now: int, first: int, length: int
    ) -> None:
        midnight = at("00:00")
        wished = ChosenTimeFacts(
            from_at=midnight + timedelta(seconds=first),
            until_at=midnight + timedelta(seconds=first + length),
        )
        facts = make_facts(at=midnight + timedelta(seconds=now), chosen_times=(wished,))

        until = decide(facts, book()).retry_at

        if until is not None:
            later = make_facts(at=until, chosen_times=(wished,), calendar=facts.calendar)
            assert decide(later, book()).verdict is Verdict.ALLOW


class TestInsuranceSales:
    RULE = "CN13-TIM-06"

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("08:59:59", "sales_closed"),
            ("09:00", "allow"),
            ("20:59:59", "allow"),
            ("21:00", "sales_closed"),
        ],
    )
    def test_rests_from_nine_to_nine(self, now: str, expected: str) -> None:
        assert reason(self.RULE, make_facts(at=at(now), purpose="P1")) == expected

    @pytest.mark.parametrize(
        "changes", [{"purpose": "P3"}, {"purpose": "P1", "filing__industry": "retail"}]
    )
    def test_is_no_concern_of_others(self, changes: dict[str, Any]) -> None:
        assert reason(self.RULE, make_facts(at=at("08:30"), **changes)) == "not_applicable"

    def test_opens_when_the_customer_asked(self) -> None:
        facts = asked("08:30", "08:20", "08:40", purpose="P1")

        assert reason(self.RULE, facts) == "not_applicable"

    def test_opens_at_a_known_instant(self) -> None:
        assert ask(self.RULE, make_facts(at=at("21:30"), purpose="P1")).retry_at == beijing(
            "2026-03-12 09:00"
        )
        assert ask(self.RULE, asked("08:00", "08:20", "08:40", purpose="P1")).retry_at == at(
            "08:20"
        )


class TestRenewal:
    RULE = "CN13-FRQ-09"

    @staticmethod
    def facts(**changes: Any) -> CallFacts:
        return make_facts(**{"filing__renews_policies": True} | changes)

    @pytest.mark.parametrize(
        ("ends", "expected"),
        [
            ("2026-04-21", "renewal_early"),
            ("2026-04-20", "allow"),
            ("2026-03-12", "allow"),
            (None, "policy_end_unknown"),
        ],
    )
    def test_is_offered_in_the_last_forty_days(self, ends: str | None, expected: str) -> None:
        (consent,) = make_facts().consents or ()
        ends_on = None if ends is None else datetime.fromisoformat(ends).date()
        facts = self.facts(consents=(_with_end(consent, ends_on),))

        assert reason(self.RULE, facts) == expected

    def test_may_be_offered_in_the_first_instant_of_the_fortieth_day_before(self) -> None:
        (consent,) = make_facts().consents or ()
        consents = (_with_end(consent, date(2026, 4, 20)),)
        midnight = beijing("2026-03-11 00:00")
        moment = timedelta(microseconds=1)
        given = (replace(consents[0], given_at=midnight - timedelta(days=1)),)

        opens = ask(self.RULE, self.facts(at=midnight, consents=given))
        before = ask(self.RULE, self.facts(at=midnight - moment, consents=given))

        assert opens is ALLOW
        assert before.retry_at == midnight

    def test_may_be_offered_from_a_known_midnight_on(self) -> None:
        (consent,) = make_facts().consents or ()
        ends_on = datetime.fromisoformat("2026-05-01").date()

        answer = ask(self.RULE, self.facts(consents=(_with_end(consent, ends_on),)))

        assert answer.retry_at == beijing("2026-03-22 00:00")

    def test_rests_on_a_consent_in_force(self) -> None:
        (consent,) = make_facts().consents or ()
        dated = _with_end(consent, WORKDAY_MORNING.date())
        for spoilt in (
            replace(dated, withdrawn_at=WORKDAY_MORNING),
            replace(dated, purpose="P4"),
            replace(dated, on_whitelist=False),
            replace(dated, given_at=WORKDAY_MORNING + timedelta(seconds=1)),
            replace(dated, evidenced=False),
            replace(dated, sample="missing"),
            replace(dated, expires_at=WORKDAY_MORNING),
        ):
            facts = self.facts(consents=(spoilt,))
            assert reason(self.RULE, facts) == "policy_end_unknown"
            facts = self.facts(consents=(spoilt, consent))  # the other carries, and has no end
            assert reason(self.RULE, facts) == "policy_end_unknown"

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"consents": None}, "consents_unknown"),
            ({"filing__industry": "retail"}, "not_applicable"),
            ({"filing__renews_policies": False}, "not_applicable"),
        ],
    )
    def test_concerns_insurance_renewals(self, changes: dict[str, Any], expected: str) -> None:
        assert reason(self.RULE, self.facts(**changes)) == expected


def _with_end(consent: ConsentFacts, ends_on: date | None) -> ConsentFacts:
    return replace(consent, policy_ends_on=ends_on)


def test_nobody_asked_for_anything() -> None:
    assert ask(KEPT, make_facts()) is ALLOW


def test_a_wish_that_has_begun_is_nothing_to_wait_for() -> None:
    begun = ChosenTimeFacts(
        from_at=WORKDAY_MORNING, until_at=WORKDAY_MORNING + timedelta(minutes=30)
    )
    until = WORKDAY_MORNING + timedelta(hours=2)

    assert sooner(until, make_facts(chosen_times=(begun,))) == until
