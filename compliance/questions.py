"""Reads a question about a call as people put it: which campaign, which number, which instant."""

from dataclasses import dataclass
from datetime import UTC, datetime

from compliance.lists.moments import MomentError, read_moment
from compliance.models import CampaignFiling
from compliance.numbers import Number, NumberProblem, Words, normalise

FIRST = datetime(2020, 1, 1, tzinfo=UTC)  # calls are judged in years that calendars can have
LAST = datetime(2100, 1, 1, tzinfo=UTC)

NO_CAMPAIGN = Words("没有该外呼任务。", "There is no such campaign.")
BAD_INSTANT = Words(
    "时间无法识别。请写成 2026-11-02T09:30+08:00（未写时区按北京时间）。",
    "The instant cannot be read. Write it like 2026-11-02T09:30+08:00 (Beijing if no zone is "
    "given).",
)


class QuestionError(ValueError):
    """The question cannot be understood; `field` says which part of it."""

    def __init__(self, field: str, words: Words) -> None:
        """Keep the sentence in both languages."""
        super().__init__(str(words))
        self.field = field
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whether this number may be called for this campaign at this instant."""

    filing: CampaignFiling
    number: Number
    at: datetime  # UTC


def read_question(*, number: str, campaign: str, at: str, now: datetime) -> Question:
    """Read a question; an empty `at` means now.

    :raises QuestionError: if the campaign does not exist, or the number or the instant is none
    """
    filing = CampaignFiling.objects.filter(code=campaign).first()
    if filing is None:
        raise QuestionError("campaign", NO_CAMPAIGN)
    return Question(filing=filing, number=_number(number), at=read_instant(at) if at else now)


def _number(text: str) -> Number:
    try:
        return normalise(text)
    except NumberProblem as problem:
        raise QuestionError("number", problem.words) from None


def read_instant(text: str) -> datetime:
    """Read an instant as people write it.

    :raises QuestionError: if it is none, or in a year that no calendar can have
    """
    try:
        at = read_moment(text).at
    except MomentError:
        raise QuestionError("at", BAD_INSTANT) from None
    if not FIRST <= at < LAST:
        raise QuestionError("at", BAD_INSTANT)
    return at
