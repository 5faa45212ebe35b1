"""An answer to "may this number be called?", as data for programs and as text for people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from compliance.books import explain
from compliance.citation_said import citation_data
from compliance.editions import book_of_decision
from compliance.lists.moments import LOCAL
from compliance.rulebook.book import Book
from compliance.rulebook.codec import instant_text
from compliance.rulebook.decision import Finding, Verdict
from compliance.services.question_ask import CallAnswer

VERDICTS = {
    Verdict.ALLOW: ("可以外呼", "may be called"),
    Verdict.DEFER: ("推迟", "not yet"),
    Verdict.REFUSE: ("不可外呼", "may not be called"),
    Verdict.NOT_APPLICABLE: ("不适用", "does not apply"),
}


def answer_data(answer: CallAnswer, *, every_rule: bool) -> dict[str, Any]:
    """Return the answer as JSON values; the command and the API give the very same."""
    decision = answer.decision
    book = book_of_decision(decision.book_digest)
    return {
        "verdict": decision.verdict.value,
        "retry_at": _instant(decision.retry_at),
        "campaign": answer.campaign,
        "number": answer.number_masked,
        "number_on_record": answer.on_record,
        "at": _instant(answer.at),
        "asked_at": _instant(answer.asked_at),
        "question": str(answer.question),
        "rules_asked": len(decision.findings),
        "findings": findings_data(
            decision.findings if every_rule else decision.objections, book=book
        ),
        "book": {"id": book.id, "version": book.version, "sha256": decision.book_digest},
    }


def findings_data(findings: Sequence[Finding], *, book: Book) -> list[dict[str, Any]]:
    """Return findings with their sentences in both languages, basis and citations."""
    return [_finding(finding, book) for finding in findings]


def answer_text(answer: CallAnswer, *, every_rule: bool) -> str:
    """Return the answer as lines that a person reads."""
    data = answer_data(answer, every_rule=every_rule)
    zh, en = VERDICTS[answer.decision.verdict]
    lines = [f"{zh} {en} · {answer.campaign} · {answer.number_masked} · {_local(answer.at)}"]
    if answer.decision.retry_at is not None:
        lines.append(f"可再次查询的时间 ask again from: {_local(answer.decision.retry_at)}")
    for row in data["findings"]:
        lines += _finding_lines(row)
    lines.append(f"共问 {data['rules_asked']} 条规则；本次查询已留痕。")
    lines.append(f"{data['rules_asked']} rules were asked; this question is on the record.")
    return "\n".join(lines)


def _finding(finding: Finding, book: Book) -> dict[str, Any]:
    zh = explain(finding=finding, book=book, language="zh")
    en = explain(finding=finding, book=book, language="en")
    bound = book.rule(finding.rule_id)
    return {
        "rule": finding.rule_id,
        "verdict": zh.verdict.value,
        "title": {"zh": zh.title, "en": en.title},
        "reason": {"zh": zh.sentence, "en": en.sentence},
        "basis": {"code": bound.basis if bound else "", "zh": zh.basis, "en": en.basis},
        "citations": [citation_data(citation) for citation in zh.citations],
        "retry_at": _instant(zh.retry_at),
    }


def _finding_lines(row: dict[str, Any]) -> list[str]:
    verdict = VERDICTS[Verdict(row["verdict"])]
    lines = [f"{row['rule']} {row['title']['zh']} / {row['title']['en']}: {' '.join(verdict)}"]
    lines += [f"  {row['reason'][language]}" for language in ("zh", "en") if row["reason"]["zh"]]
    lines += [
        f"  {row['basis']['zh']} / {row['basis']['en']}: {cited['title']['zh']} "
        f"{cited['article']} / {cited['title']['en']}"
        for cited in row["citations"]
    ]
    return lines


def _local(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S} 北京时间 Beijing time"


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)
