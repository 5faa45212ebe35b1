"""CN13-CON-05, 08, 09, 11: forms, call-backs, separate consent and samples."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from tests.compliance.rulebook.asking import ask, reason
from tests.compliance.rulebook.build import make_attempt, make_consent, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)


def one(rule: str, *, purpose: str = "P3", facts: dict[str, Any] | None = None, **c: Any) -> str:
    consent = make_consent(purpose=purpose, **c)
    return reason(rule, make_facts(purpose=purpose, consents=(consent,), **(facts or {})))


class TestForm:
    def test_has_to_be_reviewed(self) -> None:
        assert one("CN13-CON-05") == "allow"
        assert one("CN13-CON-05", form_reviewed=False) == "form_unreviewed"

    def test_is_nothing_that_a_contract_needs(self) -> None:
        assert one("CN13-CON-05", purpose="P4", form_reviewed=False) == "allow"

    def test_of_one_consent_does_not_help_another(self) -> None:
        good_form = make_consent(id=1, explicit=False)
        clear = make_consent(id=2, form_reviewed=False)

        assert reason("CN13-CON-05", make_facts(consents=(good_form, clear))) == "form_unreviewed"


class TestSample:
    @pytest.mark.parametrize(
        ("sample", "purpose", "expected"),
        [
            ("passed", "P3", "allow"),
            ("missing", "P3", "sample_missing"),
            ("failed", "P3", "sample_failed"),
            ("missing", "P4", "sample_missing"),
            ("missing", "P2", "allow"),
            ("failed", "P7", "allow"),
        ],
    )
    def test_holds_the_list(self, sample: str, purpose: str, expected: str) -> None:
        assert one("CN13-CON-11", purpose=purpose, sample=sample) == expected

    def test_is_looked_at_again_soon(self) -> None:
        answer = ask("CN13-CON-11", make_facts(consents=(make_consent(sample="missing"),)))

        assert answer.retry_at == WORKDAY_MORNING + 10 * MINUTE

    def test_is_no_question_where_nobody_consented(self) -> None:
        assert reason("CN13-CON-11", make_facts(consents=())) == "not_applicable"


class TestSeparateConsent:
    @pytest.mark.parametrize(
        ("purpose", "filing", "consent", "expected"),
        [
            ("P3", {}, {}, "allow"),
            ("P3", {"robot": True}, {}, "not_separate"),
            ("P3", {"robot": True}, {"ai_allowed": True}, "allow"),
            ("P6", {"robot": True}, {}, "allow"),
            ("P3", {"sensitive_data": True}, {"ai_allowed": True}, "not_separate"),
            ("P3", {"sensitive_data": True}, {"sensitive_allowed": True}, "allow"),
            ("P3", {"industry": "medical"}, {}, "not_separate"),
            ("P4", {"industry": "medical"}, {}, "allow"),  # a contract, no consent
            ("P3", {"sensitive_data": None}, {"sensitive_allowed": True}, "filing_unclear"),
        ],
    )
    def test_is_needed_for_machines_and_sensitive_information(
        self, purpose: str, filing: dict[str, Any], consent: dict[str, Any], expected: str
    ) -> None:
        facts = {f"filing__{name}": value for name, value in filing.items()}

        assert one("CN13-CON-09", purpose=purpose, facts=facts, **consent) == expected


def call_back(**changes: Any) -> str:
    made = changes.pop("attempts", ())
    return one("CN13-CON-08", purpose="P2", facts={"attempts": made}, **changes)


class TestCallBack:
    @pytest.mark.parametrize(
        ("age", "expected"),
        [
            (timedelta(0), "allow"),
            (30 * MINUTE - MOMENT, "allow"),
            (30 * MINUTE, "allow"),
            (30 * MINUTE + MOMENT, "request_lapsed"),
        ],
    )
    def test_has_half_an_hour(self, age: timedelta, expected: str) -> None:
        assert call_back(given_at=WORKDAY_MORNING - age) == expected

    def test_needs_an_event(self) -> None:
        assert call_back(requested=False) == "request_missing"

    def test_is_tried_twice(self) -> None:
        once = make_attempt(purpose="P2", consent_id=11)

        assert call_back(attempts=(once,)) == "allow"
        assert call_back(attempts=(once, once)) == "request_tried"
        assert call_back(attempts=(once, make_attempt(consent_id=12))) == "allow"
        assert call_back(attempts=(once, make_attempt(rang=False))) == "allow"  # never went out

    def test_is_over_with_one_talk(self) -> None:
        talk = make_attempt(answered=True, conversation=True)

        assert call_back(attempts=(talk,)) == "request_answered"

    def test_is_no_question_of_other_purposes_or_without_consent(self) -> None:
        assert one("CN13-CON-08", requested=False) == "not_applicable"
        assert reason("CN13-CON-08", make_facts(purpose="P2", consents=())) == "not_applicable"

    @pytest.mark.parametrize(
        ("missing", "expected"),
        [("consents", "consents_unknown"), ("attempts", "ledger_unknown")],
    )
    def test_is_refused_while_a_record_cannot_be_read(self, missing: str, expected: str) -> None:
        assert reason("CN13-CON-08", make_facts(purpose="P2", **{missing: None})) == expected


WORSE: dict[str, Any] = {
    "form_reviewed": False,
    "sample": "missing",
    "on_whitelist": False,
    "evidenced": False,
    "explicit": False,
    "requested": False,
    "ai_allowed": False,
}
flags = st.fixed_dictionaries(
    {
        "form_reviewed": st.booleans(),
        "sample": st.sampled_from(["passed", "missing", "failed"]),
        "explicit": st.booleans(),
        "requested": st.booleans(),
        "ai_allowed": st.booleans(),
    }
)


@settings(deadline=None)
@given(
    flags=flags,
    spoilt=st.sampled_from(sorted(WORSE)),
    purpose=st.sampled_from(["P2", "P3", "P6"]),
    robot=st.booleans(),
)
def test_a_worse_consent_never_turns_an_objection_into_an_allowance(
    flags: dict[str, Any],
    spoilt: str,
    purpose: str,
    robot: bool,  # noqa: FBT001
) -> None:
    def verdict(**changes: Any) -> Verdict:
        consents = (make_consent(purpose=purpose, **flags | changes),)
        facts = make_facts(purpose=purpose, filing__robot=robot, consents=consents)
        return decide(facts, book()).verdict

    assert verdict() is Verdict.ALLOW or verdict(**{spoilt: WORSE[spoilt]}) is not Verdict.ALLOW
