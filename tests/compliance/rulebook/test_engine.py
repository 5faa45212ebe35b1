"""The engine: every rule is asked, and whatever goes wrong means no call."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from compliance.books import book as shipped_book
from compliance.rulebook.book import Book
from compliance.rulebook.decision import (
    ALLOW,
    NOT_APPLICABLE,
    Answer,
    Decision,
    Reason,
    Verdict,
    defer,
    latest,
    refuse,
)
from compliance.rulebook.engine import decide, decide_once, judge_filing, line_allows
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import Rule, call_rule, filing_rule, no_params
from tests.compliance.rulebook.asking import other_book
from tests.compliance.rulebook.build import make_attempt, make_facts
from tests.compliance.rulebook.filings import make_filing
from tests.compliance.rulebook.instants import WORKDAY_MORNING, beijing

NO = Reason(code="no", zh="不行。", en="No.")
STRAY = Reason(code="stray", zh="不属于本规则。", en="Not of this rule.")
LATER = WORKDAY_MORNING + timedelta(hours=1)


def small_book(*answers: Any, stages: tuple[str, ...] = ("PRE",)) -> Book:
    """Return a book whose rules give these answers, or raise them."""

    def rule(answer: Any) -> Rule[None]:
        def check(_facts: Any, _params: None) -> Answer:
            if isinstance(answer, Exception):
                raise answer
            given: Answer = answer(_facts) if callable(answer) else answer
            return given

        make = filing_rule if "REG" in stages else call_rule
        return make(NO, params=no_params)(check)

    rules = {f"r{index}": rule(answer) for index, answer in enumerate(answers)}
    return Book(
        pack={
            "id": "small",
            "version": "1",
            "utc_offset_hours": 8,
            "citations": {
                "law": {"title": "法", "title_en": "Law", "article": "1", "verified": True}
            },
            "rules": {
                name: {
                    "check": name,
                    "title_zh": name,
                    "title_en": name,
                    "basis": "d",
                    "cites": ["law"],
                    "stages": list(stages),
                    "holds": "callee",
                    "params": [{"since": datetime(2020, 1, 1).date()}],
                }
                for name in rules
            },
        },
        find_rule=rules.__getitem__,
        logic_digest="0" * 64,
    )


def verdicts(decision: Decision) -> list[Verdict]:
    return [finding.answer.verdict for finding in decision.findings]


class TestDecide:
    def test_allows_a_good_call_and_lists_every_rule(self) -> None:
        decision = decide(make_facts(), shipped_book())

        assert decision.verdict is Verdict.ALLOW
        assert decision.retry_at is None
        assert decision.objections == ()
        assert [f.rule_id for f in decision.findings] == [r.id for r in shipped_book().rules()]
        assert decision.book_digest == shipped_book().digest

    def test_asks_every_rule_whatever_the_others_said(self) -> None:
        decision = decide(
            make_facts(),
            small_book(refuse(NO), ALLOW, NOT_APPLICABLE, defer(LATER, NO), refuse(NO)),
        )

        assert verdicts(decision) == ["refuse", "allow", "not_applicable", "defer", "refuse"]
        assert [finding.rule_id for finding in decision.objections] == ["r0", "r3", "r4"]

    @pytest.mark.parametrize(
        ("answers", "verdict"),
        [
            ((ALLOW, NOT_APPLICABLE), Verdict.ALLOW),
            ((ALLOW, defer(LATER, NO)), Verdict.DEFER),
            ((defer(LATER, NO), refuse(NO)), Verdict.REFUSE),
            ((refuse(NO), defer(LATER, NO)), Verdict.REFUSE),
        ],
    )
    def test_takes_the_strictest_answer(
        self, answers: tuple[Answer, ...], verdict: Verdict
    ) -> None:
        decision = decide(make_facts(), small_book(*answers))

        assert decision.verdict is verdict
        assert (decision.retry_at is not None) == (verdict is Verdict.DEFER)

    @pytest.mark.parametrize(
        "answer",
        [
            RuntimeError("broken"),
            ZeroDivisionError(),
            None,
            True,
            Verdict.ALLOW,
            Answer(verdict=Verdict.ALLOW),  # equal to ALLOW, but nobody's to make
            Answer(verdict=Verdict.ALLOW, reason="no"),
            Answer(verdict=Verdict.NOT_APPLICABLE, reason="no"),
            Answer(verdict=Verdict.REFUSE),
            refuse(STRAY),
            Answer(verdict=Verdict.REFUSE, reason="no", retry_at=LATER),
            Answer(verdict=Verdict.DEFER, reason="no"),
            defer(LATER.replace(tzinfo=None), NO),
            Answer(verdict="allow", reason="no"),  # type: ignore[arg-type]
            Answer(verdict="defer", reason="no", retry_at=LATER),  # type: ignore[arg-type]
        ],
    )
    def test_refuses_when_a_rule_raises_or_answers_nonsense(self, answer: Any) -> None:
        decision = decide(make_facts(), small_book(ALLOW, answer, NOT_APPLICABLE, refuse(NO)))

        assert decision.verdict is Verdict.REFUSE
        assert verdicts(decision) == ["allow", "refuse", "not_applicable", "refuse"]
        assert decision.findings[1].answer.reason == "rule_failed"
        assert decision.findings[3].answer.reason == "no"

    def test_takes_no_objection_for_a_silence_that_it_has_seen(self) -> None:
        book = small_book(lambda facts: NOT_APPLICABLE if facts.at < LATER else refuse(NO))

        assert decide(make_facts(), book).verdict is Verdict.ALLOW
        assert decide(make_facts(at=LATER), book).verdict is Verdict.REFUSE

    def test_names_the_error_of_a_rule_that_raised(self) -> None:
        decision = decide(make_facts(), small_book(KeyError("13800138000")))

        assert decision.findings[0].answer.values == (("error", "KeyError"),)

    def test_allows_nothing_without_rules(self) -> None:
        assert decide(make_facts(), small_book()).verdict is Verdict.REFUSE

    def test_allows_nothing_before_the_book_begins(self) -> None:
        facts = make_facts(at=beijing("2018-07-30 10:00"))

        assert decide(facts, shipped_book()).verdict is Verdict.REFUSE
        assert judge_filing(facts.filing, shipped_book()).verdict is Verdict.REFUSE

    def test_refuses_an_instant_without_a_zone(self) -> None:
        with pytest.raises(TypeError):
            decide(make_facts(at=WORKDAY_MORNING.replace(tzinfo=None)), shipped_book())


class TestRetry:
    def test_is_the_latest_of_the_answers(self) -> None:
        def until(hours: int) -> Callable[[CallFacts], Answer]:
            then = WORKDAY_MORNING + timedelta(hours=hours)
            return lambda facts: defer(then, NO) if facts.at < then else ALLOW

        book = small_book(until(2), until(7), until(3))

        for decision in (decide(make_facts(), book), decide_once(make_facts(), book)):
            assert decision.retry_at == WORKDAY_MORNING + timedelta(hours=7)

    def test_is_moved_on_while_another_rule_would_defer_there(self) -> None:
        attempts = (make_attempt(at=beijing("2026-03-13 16:30")),)
        facts = make_facts(at=beijing("2026-03-13 19:00"), attempts=attempts)

        decision = decide(facts, shipped_book())  # four hours end at 20:30 on a Friday

        assert [finding.rule_id for finding in decision.objections] == ["CN13-FRQ-03"]
        assert decision.objections[0].answer.retry_at == beijing("2026-03-13 20:30")
        assert decision.retry_at == beijing("2026-03-16 09:00")

    def test_stops_where_the_book_would_refuse_instead(self) -> None:
        def rule(facts: CallFacts) -> Answer:
            return defer(LATER, NO) if facts.at < LATER else refuse(NO)

        assert decide(make_facts(), small_book(rule)).retry_at == LATER

    def test_is_the_first_answer_when_no_end_is_in_sight(self) -> None:
        def rule(facts: CallFacts) -> Answer:
            return defer(facts.at + timedelta(hours=1), NO)

        decision = decide(make_facts(), small_book(rule))

        assert decision.retry_at == LATER


class TestLatest:
    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ([], ALLOW),
            ([defer(LATER, NO), defer(WORKDAY_MORNING, NO)], defer(LATER, NO)),
            ([defer(LATER, NO), refuse(NO)], refuse(NO)),
        ],
    )
    def test_is_the_objection_that_lasts_longest(
        self, answers: list[Answer], expected: Answer
    ) -> None:
        assert latest(answers) == expected


class TestJudgeFiling:
    def test_registers_a_good_draft(self) -> None:
        draft = make_filing(state="draft", approver=None)

        decision = judge_filing(draft, shipped_book())

        assert decision.verdict is Verdict.ALLOW
        assert {f.rule_id for f in decision.findings} == {
            rule.id for rule in shipped_book().rules() if "REG" in rule.stages
        }

    def test_asks_the_rules_of_the_books_first_day(self) -> None:
        book = small_book(ALLOW, stages=("REG",))

        assert judge_filing(make_filing(), book).verdict is Verdict.ALLOW

    def test_refuses_a_marketing_campaign_of_a_licensed_call_centre(self) -> None:
        decision = judge_filing(make_filing(purpose="P1"), shipped_book())

        assert [finding.rule_id for finding in decision.objections] == ["CN13-LIC-02"]

    def test_asks_only_rules_of_its_stage(self) -> None:
        book = small_book(ALLOW, refuse(NO), stages=("REG",))

        assert judge_filing(make_filing(), book).verdict is Verdict.REFUSE
        assert decide(make_facts(), book).findings == ()


class TestOrder:
    def test_of_the_rules_changes_no_finding(self) -> None:
        def backwards(pack: dict[str, Any]) -> None:
            pack["rules"] = dict(reversed(pack["rules"].items()))

        facts = make_facts(
            at=beijing("2026-03-14 12:30"),
            consents=(),
            refusals=None,
            attempts=(make_attempt(open=True),) * 4,
            filing__regime=None,
        )

        forth, back = decide(facts, shipped_book()), decide(facts, other_book(backwards))

        assert set(forth.findings) == set(back.findings)
        assert forth.findings == back.findings[::-1]
        assert forth.verdict is back.verdict
        assert forth.book_digest != back.book_digest  # the order of the findings is the book's


class TestLineAllows:
    def test_says_no_if_a_rule_of_the_line_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        questions = shipped_book().before_call(WORKDAY_MORNING)

        def fails(*_: object) -> Answer:
            raise ZeroDivisionError

        monkeypatch.setattr(questions, "asks_of_line", ((fails, None),))

        assert not line_allows(make_facts(), shipped_book())
