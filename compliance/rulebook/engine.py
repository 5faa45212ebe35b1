"""Ask every rule of a book, and draw one decision from the answers."""

from collections.abc import Iterable
from datetime import datetime

from compliance.rulebook.book import Book, BoundRule
from compliance.rulebook.decision import ALLOW, Answer, Decision, Finding, Reason, Verdict
from compliance.rulebook.facts import CallFacts, FilingFacts

RULE_FAILED = Reason(
    code="rule_failed",
    zh="规则执行出错（{error}），按故障即停处理。",
    en="The rule itself failed ({error}); a failure means no call.",
)


def decide(facts: CallFacts, book: Book) -> Decision:
    """Decide one call. Every rule is asked, whatever the others said."""
    filing = facts.filing
    return _decision(
        (
            _ask(rule, facts if rule.rule.scope == "call" else filing)
            for rule in book.before_call(facts.at)
        ),
        book,
    )


def judge_filing(facts: FilingFacts, book: Book) -> Decision:
    """Decide whether a campaign may be registered."""
    return _decision((_ask(rule, facts) for rule in book.at_registration(facts.at)), book)


def _ask(bound: BoundRule, facts: CallFacts | FilingFacts) -> Finding:
    try:
        answer = bound.rule.check(facts, bound.params)
    except Exception as error:  # noqa: BLE001 - whatever a rule raises, it must mean "no call"
        return Finding(rule_id=bound.id, answer=_failed(type(error).__name__))
    if answer is ALLOW:
        return bound.allowed
    if type(answer) is not Answer or not _well_formed(bound, answer):
        return Finding(rule_id=bound.id, answer=_failed("malformed answer"))
    return Finding(rule_id=bound.id, answer=answer)


def _well_formed(bound: BoundRule, answer: Answer) -> bool:
    """Return whether the answer says why, and when exactly if it defers."""
    match answer.verdict:
        case Verdict.ALLOW | Verdict.NOT_APPLICABLE:
            return answer.retry_at is None
        case Verdict.DEFER:
            at = answer.retry_at
            return answer.reason in bound.rule.reasons and at is not None and at.tzinfo is not None
        case Verdict.REFUSE:
            return answer.reason in bound.rule.reasons and answer.retry_at is None
    return False


def _failed(error: str) -> Answer:
    return Answer(verdict=Verdict.REFUSE, reason=RULE_FAILED.code, values=(("error", error),))


def _decision(findings: Iterable[Finding], book: Book) -> Decision:
    asked = tuple(findings)
    verdict, retry_at = _sum_up(asked)
    return Decision(verdict=verdict, findings=asked, retry_at=retry_at, book_digest=book.digest)


def _sum_up(findings: tuple[Finding, ...]) -> tuple[Verdict, datetime | None]:
    if not findings:
        return Verdict.REFUSE, None  # a book without rules allows nothing
    retry_at: datetime | None = None
    for finding in findings:
        answer = finding.answer
        if answer.verdict is Verdict.REFUSE:
            return Verdict.REFUSE, None
        if answer.retry_at is not None and (retry_at is None or answer.retry_at > retry_at):
            retry_at = answer.retry_at
    return (Verdict.ALLOW, None) if retry_at is None else (Verdict.DEFER, retry_at)
