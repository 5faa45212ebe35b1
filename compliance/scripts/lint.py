"""Read a script for what may not be said: a pure function of the script and who says it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compliance.numbers import Words
from compliance.scripts.finding import ERROR, ScriptFinding
from compliance.scripts.fold import Folded, fold
from compliance.scripts.lexicon import Lexicon, Need, Phrase, lexicons
from compliance.scripts.steps import Step

MISSING = Words("这一步没有说明：{what}。", "The step does not state: {what}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LintContext:
    """Who says it, on whose behalf, and why."""

    principal: str  # the registered names
    operator: str
    industry: str
    purpose: str  # P1 … P7


@dataclass(frozen=True, slots=True)
class _Read:
    place: int
    step: Step
    folded: Folded
    honest: tuple[tuple[int, int], ...]  # parts of the folded text that say the contrary


def lint(steps: Sequence[Step], *, context: LintContext) -> tuple[ScriptFinding, ...]:
    """Return everything that the lexicons object to, step by step."""
    found = [
        finding
        for lexicon in lexicons()
        if lexicon.scope != "offer"
        for read in _readings(steps, lexicon)
        for finding in _findings(read, lexicon, context)
    ]
    return tuple(sorted(found, key=lambda one: (one.place, one.start, one.rule_id, one.end)))


def errors(findings: Sequence[ScriptFinding]) -> tuple[str, ...]:
    """Return the codes of the faults that stand in the way of an approval."""
    return tuple(sorted({one.fault for one in findings if one.severity == ERROR}))


def makes_an_offer(steps: Sequence[Step], *, context: LintContext) -> bool:
    """Say whether the script sells something, whatever it is labelled: then the call is P1."""
    selling = [lexicon for lexicon in lexicons() if lexicon.scope == "offer"]
    return any(
        next(_phrases(read, lexicon, context), None)
        for lexicon in selling
        for read in _readings(steps, lexicon)
    )


def _readings(steps: Sequence[Step], lexicon: Lexicon) -> Iterator[_Read]:
    for place, step in enumerate(steps):
        folded = fold(step.text)
        honest = tuple(
            match.span() for pattern in lexicon.honest for match in pattern.finditer(folded.text)
        )
        yield _Read(place, step, folded, honest)


def _findings(read: _Read, lexicon: Lexicon, context: LintContext) -> Iterator[ScriptFinding]:
    missing = [need for need in lexicon.needs if not _says(read, need, context)]
    if lexicon.scope == "opening":
        if read.place == 0 and missing:
            yield _finding(read, lexicon, severity=ERROR, missing=missing)
        return
    if lexicon.needs and not missing:
        return
    for phrase, match in _phrases(read, lexicon, context):
        yield _finding(read, lexicon, severity=phrase.severity, missing=missing, at=match.span())


def _phrases(
    read: _Read, lexicon: Lexicon, context: LintContext
) -> Iterator[tuple[Phrase, re.Match[str]]]:
    for phrase in lexicon.phrases:
        if _may_say(phrase, context):
            continue
        for match in phrase.pattern.finditer(read.folded.text):
            start, end = match.span()
            if not any(first <= start and end <= last for first, last in read.honest):
                yield phrase, match


def _may_say(phrase: Phrase, context: LintContext) -> bool:
    if phrase.industries and context.industry not in phrase.industries:
        return True
    if context.purpose in phrase.purposes:
        return True
    name = fold(context.principal).text
    return any(pattern.search(name) for pattern in phrase.belongs)


def _says(read: _Read, need: Need, context: LintContext) -> bool:
    """Say whether the step states it; a place to be filled from the record states it too."""
    names = {"principal": context.principal, "operator": context.operator}
    pattern = need.pattern
    for key, name in names.items():
        pattern = pattern.replace(f"{{{key}}}", f"(?:{re.escape(fold(name).text)}|{key})")
    return re.search(pattern, read.folded.text) is not None


def _finding(
    read: _Read,
    lexicon: Lexicon,
    *,
    severity: str,
    missing: Sequence[Need],
    at: tuple[int, int] | None = None,
) -> ScriptFinding:
    start, end = (0, 0) if at is None else read.folded.span(*at)
    reason = lexicon.reason
    if missing:
        what_zh = "、".join(need.words.zh for need in missing)
        what_en = ", ".join(need.words.en for need in missing)
        reason = Words(
            reason.zh + MISSING.zh.format(what=what_zh),
            f"{reason.en} {MISSING.en.format(what=what_en)}",
        )
    return ScriptFinding(
        rule_id=lexicon.rule_id,
        fault=lexicon.fault,
        severity=severity,
        place=read.place,
        step=read.step.step,
        start=start,
        end=end,
        span=read.step.text[start:end],
        reason=reason,
        mend=lexicon.mend,
    )
