"""Ask every rule of a book, and draw one decision from the answers."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from compliance.rulebook.book import Book
from compliance.rulebook.bound import BoundRule
from compliance.rulebook.decision import (
    ALLOW,
    NOT_APPLICABLE,
    Answer,
    Decision,
    Finding,
    Reason,
    Verdict,
)
from compliance.rulebook.facts import CallFacts, FilingFacts
from compliance.rulebook.questions import Plan, Questions

RULE_FAILED = Reason(
    code="rule_failed",
    zh="规则执行出错（{error}），按故障即停处理。",
    en="The rule itself failed ({error}); a failure means no call.",
)
PARTIAL_KEPT = 1024  # allowances remembered by a plan, for each set of rules that did not apply
LOOKS_AHEAD = 8  # instants tried for the next call before the plain maximum is taken


def decide(facts: CallFacts, book: Book) -> Decision:
    """Decide one call. Every rule is asked, whatever the others said.

    `retry_at` is the first instant at which the book would no longer defer if nothing else
    happened: the rules are asked again at every instant that an answer names.
    """
    decision = _decide(book.before_call(facts.at), facts, facts.filing)
    if decision.retry_at is None:
        return decision
    return replace(decision, retry_at=_settle(facts, book, decision.retry_at))


def decide_once(facts: CallFacts, book: Book) -> Decision:
    """Decide one call without asking again when it may be made: `retry_at` is a lower bound."""
    return _decide(book.before_call(facts.at), facts, facts.filing)


def line_allows(facts: CallFacts, book: Book) -> bool:
    """Return whether every rule about the caller number and the trunk allows the call."""
    try:
        answers = [
            check(facts, params) for check, params in book.before_call(facts.at).asks_of_line
        ]
    except Exception:  # noqa: BLE001 - a rule that fails allows nothing
        return False
    return all(answer is ALLOW or answer is NOT_APPLICABLE for answer in answers)


def judge_filing(facts: FilingFacts, book: Book) -> Decision:
    """Decide whether a campaign may be registered."""
    return _decide(book.at_registration(facts.at), None, facts)


def _decide(questions: Questions, call: CallFacts | None, filing: FilingFacts) -> Decision:
    plan = questions.plain if call is None else questions.plan(call)
    try:
        answers = [
            check(call if on_call else filing, params) for check, params, on_call in plan.asks
        ]
    except Exception:  # noqa: BLE001 - whatever a rule raises, it must mean "no call"
        bounds = questions.rules
        findings = [_ask(bound, call if bound.on_call else filing) for bound in bounds]
        return _sum_up(questions, findings)
    for answer in answers:
        if answer is not ALLOW:
            return _not_unanimous(questions, plan, answers)
    return plan.allowance


def _not_unanimous(questions: Questions, plan: Plan, answers: list[Answer]) -> Decision:
    """Sum up; where nobody objects, the same rules stay silent in call after call: made once."""
    for answer in answers:
        if answer is not ALLOW and answer is not NOT_APPLICABLE:
            return _sum_up(questions, _findings(plan, answers))
    silent = tuple([answer is ALLOW for answer in answers])
    decision = plan.decisions.get(silent)
    if decision is None:
        decision = _sum_up(questions, _findings(plan, answers))
        if len(plan.decisions) < PARTIAL_KEPT:
            plan.decisions[silent] = decision
    return decision


def _findings(plan: Plan, answers: list[Answer]) -> list[Finding]:
    """Return every rule's finding in the book's order, from those that were asked now."""
    findings = list(plan.allowance.findings)
    for (place, bound), answer in zip(plan.left, answers, strict=True):
        if answer is not ALLOW:
            findings[place] = _finding(bound, answer)
    return findings


def _ask(bound: BoundRule, facts: CallFacts | FilingFacts | None) -> Finding:
    try:
        return _finding(bound, bound.rule.check(facts, bound.params))
    except Exception as error:  # noqa: BLE001 - as above, and the other rules are still asked
        return Finding(rule_id=bound.id, answer=_failed(type(error).__name__))


def _finding(bound: BoundRule, answer: Answer) -> Finding:
    if answer is ALLOW:
        return bound.allowed
    if answer is NOT_APPLICABLE:
        return bound.not_applicable
    return Finding(rule_id=bound.id, answer=_checked(bound, answer))


def _checked(bound: BoundRule, answer: Answer) -> Answer:
    """Return an objection that says why, and when exactly if it defers; all else is a failure."""
    if type(answer) is not Answer or answer.reason not in bound.rule.reasons:
        return _failed("malformed answer")
    at = answer.retry_at
    if answer.verdict is Verdict.DEFER and at is not None and at.tzinfo is not None:
        return answer
    if answer.verdict is Verdict.REFUSE and at is None:
        return answer
    return _failed("malformed answer")


def _failed(error: str) -> Answer:
    return Answer(verdict=Verdict.REFUSE, reason=RULE_FAILED.code, values=(("error", error),))


def _sum_up(questions: Questions, found: Iterable[Finding]) -> Decision:
    findings = tuple(found)
    verdict, retry_at = Verdict.ALLOW, None
    for finding in findings:
        answer = finding.answer
        if answer is ALLOW or answer is NOT_APPLICABLE:
            continue
        if answer.verdict is Verdict.REFUSE:
            verdict, retry_at = Verdict.REFUSE, None
            break
        if answer.retry_at is not None and (retry_at is None or answer.retry_at > retry_at):
            verdict, retry_at = Verdict.DEFER, answer.retry_at
    plain = questions.plain.allowance
    return replace(plain, verdict=verdict, findings=findings, retry_at=retry_at)


def _settle(facts: CallFacts, book: Book, first: datetime) -> datetime:
    """Return the first instant from `first` on at which the book no longer defers."""
    at = first
    for _ in range(LOOKS_AHEAD):
        later = replace(facts, at=at, filing=replace(facts.filing, at=at))
        decision = _decide(book.before_call(at), later, later.filing)
        if decision.retry_at is None:
            return at
        at = decision.retry_at
    return first
