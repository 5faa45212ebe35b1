"""How many answered calls found no agent there, in a day and in thirty."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from compliance.editions import book_at
from compliance.models import Abandonment

RULE = "CN13-DIA-06"


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned:
    """The last counts of one campaign, or of all together."""

    answered_day: int
    abandoned_day: int
    answered_month: int
    abandoned_month: int
    limit: int | None  # percent, of each campaign

    @property
    def day(self) -> str:
        """Return the share of a day in percent, with one decimal."""
        return _share(self.abandoned_day, self.answered_day)

    @property
    def month(self) -> str:
        """Return the share of thirty days in percent, with one decimal."""
        return _share(self.abandoned_month, self.answered_month)


def abandoned(*, filing_id: int | None, now: datetime) -> Abandoned:
    """Return the counts; a campaign that never abandoned a call has none yet."""
    rows = Abandonment.objects.all()
    if filing_id is not None:
        rows = rows.filter(filing_id=filing_id)
    names = ("answered_day", "abandoned_day", "answered_month", "abandoned_month")
    sums = rows.aggregate(**{name: Sum(name) for name in names})
    rule = book_at(now).rule(RULE)
    return Abandoned(
        **{name: sums[name] or 0 for name in names}, limit=None if rule is None else rule.params
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "0.0"
