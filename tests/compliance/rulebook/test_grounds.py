"""The steps of a consent: one objection, at the first step that it does not get past."""

from datetime import timedelta
from typing import Any

import pytest

from compliance.books import book
from compliance.rulebook.decision import Verdict
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.grounds import Demands, Step, answer_at, failing_at, got_past
from compliance.rulebook.rules.consent import NOT_EXPLICIT
from tests.compliance.rulebook.build import make_consent, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING

FAILING: dict[Step, dict[str, Any]] = {
    Step.ACTIVE: {"withdrawn_at": WORKDAY_MORNING},
    Step.WHITELISTED: {"on_whitelist": False},
    Step.EVIDENCED: {"evidenced": False},
    Step.EXPLICIT: {"explicit": False},
    Step.REVIEWED: {"form_reviewed": False},
    Step.SEPARATE: {"ai_allowed": False},
    Step.RECENT: {"expires_at": WORKDAY_MORNING},
    Step.REQUESTED: {"given_at": WORKDAY_MORNING - timedelta(minutes=31)},
}


def call(*failing: Step) -> CallFacts:
    """Return a machine's instant call-back, with a consent that fails at each of the steps."""
    good: dict[str, Any] = {"purpose": "P2", "ai_allowed": True}
    consents = tuple(make_consent(**good | FAILING[step]) for step in failing)
    return make_facts(purpose="P2", filing__robot=True, consents=consents)


def demands() -> Demands:
    bound = book().rule("CN13-CON-04")
    assert bound is not None
    assert isinstance(bound.params, Demands)
    return bound.params


class TestStep:
    @pytest.mark.parametrize("asked", Step)
    @pytest.mark.parametrize("failed", FAILING)
    def test_objects_alone_to_a_consent_that_fails_there(self, asked: Step, failed: Step) -> None:
        facts = call(failed)

        verdict = answer_at(facts, demands(), asked, NOT_EXPLICIT).verdict

        assert got_past(facts, demands(), asked) is (asked < failed)
        assert (verdict is Verdict.ALLOW) is (asked < failed)
        assert (verdict is Verdict.REFUSE) is (asked == failed)
        assert bool(failing_at(facts, demands(), asked)) is (asked == failed)

    @pytest.mark.parametrize("asked", Step)
    def test_of_nobodys_consent_is_the_first(self, asked: Step) -> None:
        verdict = answer_at(call(), demands(), asked, NOT_EXPLICIT).verdict

        assert (verdict is Verdict.REFUSE) is (asked == Step.ACTIVE)
        assert not got_past(call(), demands(), asked)

    @pytest.mark.parametrize("asked", Step)
    def test_asks_about_the_consent_that_got_furthest(self, asked: Step) -> None:
        facts = call(Step.EVIDENCED, Step.RECENT, Step.ACTIVE)

        verdict = answer_at(facts, demands(), asked, NOT_EXPLICIT).verdict

        assert (verdict is Verdict.ALLOW) is (asked < Step.RECENT)
        assert (verdict is Verdict.REFUSE) is (asked == Step.RECENT)
