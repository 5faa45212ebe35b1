"""What a rule answers, and what the book decides from all the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Language = Literal["zh", "en"]
Value = str | int


class Verdict(StrEnum):
    """What one rule, or the whole book, says about one call."""

    ALLOW = "allow"
    NOT_APPLICABLE = "not_applicable"
    DEFER = "defer"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One sentence that a supervisor can read, in both languages.

    `{name}` in a sentence is filled from the finding's values when somebody reads it.
    """

    code: str
    zh: str
    en: str

    def sentence(self, *, language: Language, values: Mapping[str, Value]) -> str:
        """Fill the sentence in the reader's language."""
        return (self.zh if language == "zh" else self.en).format_map(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one rule says: a verdict and, unless it allows, why and until when."""

    verdict: Verdict
    reason: str = ""  # the code of one of the rule's reasons
    values: tuple[tuple[str, Value], ...] = ()
    retry_at: datetime | None = None  # UTC instant before which the answer stays the same


ALLOW = Answer(verdict=Verdict.ALLOW)
NOT_APPLICABLE = Answer(verdict=Verdict.NOT_APPLICABLE)


def refuse(reason: Reason, **values: Value) -> Answer:
    """Say never, under these facts."""
    return Answer(verdict=Verdict.REFUSE, reason=reason.code, values=tuple(sorted(values.items())))


def defer(until: datetime, reason: Reason, **values: Value) -> Answer:
    """Say not before `until`, an aware instant."""
    return Answer(
        verdict=Verdict.DEFER,
        reason=reason.code,
        values=tuple(sorted(values.items())),
        retry_at=until,
    )


def latest(answers: Sequence[Answer]) -> Answer:
    """Return the objection that lasts longest; allow if there is none."""
    for answer in answers:
        if answer.retry_at is None:
            return answer
    return max(answers, key=_retry_at, default=ALLOW)


def _retry_at(answer: Answer) -> datetime:
    assert answer.retry_at is not None  # noqa: S101 - narrows the type only
    return answer.retry_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule's answer, with the rule's id beside it."""

    rule_id: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The book's answer: every rule was asked, and every answer is here in the book's order."""

    verdict: Verdict  # ALLOW, DEFER or REFUSE
    findings: tuple[Finding, ...]
    retry_at: datetime | None  # set exactly when the verdict is DEFER
    book_digest: str  # sha256 hex

    @property
    def objections(self) -> tuple[Finding, ...]:
        """Return the findings that refuse or defer."""
        if self.verdict is Verdict.ALLOW:
            return ()
        return tuple(f for f in self.findings if f.answer.verdict in _OBJECTING)


_OBJECTING = frozenset({Verdict.DEFER, Verdict.REFUSE})
