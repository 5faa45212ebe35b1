"""What complaints have stopped, and how it was set going again."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeFacts:
    """How a suspension ended: a corrective report, and the people who approved it."""

    author: int  # account ids
    approvers: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionFacts:
    """One suspension that complaints have brought on the campaign, its line or its principal."""

    scope: str  # campaign, line, principal
    cause: str  # rate, day, year, overdue, chain, pattern, places
    since: datetime
    until: datetime | None  # nobody may end it before then; None: a report is enough
    resumed: ResumeFacts | None  # None: it stands
