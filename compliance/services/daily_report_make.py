"""Make a day's report: its figures as fixed bytes, whose digest is in the audit trail."""

import hashlib
from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from audit.canonical import canon
from compliance.daily_figures import daily_figures, day_bounds
from compliance.lists.moments import LOCAL
from compliance.models import DailyReport


class DayNotBegunError(ValueError):
    """There is nothing to report about a day that has not begun."""


@transaction.atomic(durable=True)
def daily_report_make(*, day: date, actor: str, now: datetime) -> DailyReport:
    """Return the day's newest edition, making one if the figures are not those of the last.

    :raises DayNotBegunError: if the day lies ahead
    """
    start, end = day_bounds(day)
    if now < start:
        raise DayNotBegunError(f"{day} has not begun.")
    body = canon(daily_figures(day))
    digest = hashlib.sha256(body).hexdigest()
    last = DailyReport.objects.filter(day=day).order_by("-edition").first()
    complete = now >= end
    if last is not None and (last.sha256, last.complete) == (digest, complete):
        return last
    report = DailyReport.objects.create(
        day=day,
        edition=1 if last is None else last.edition + 1,
        complete=complete,
        body=body,
        sha256=digest,
        made_at=now,
    )
    audit.record(
        "report.made",
        obj=f"daily_report:{report.pk}",
        actor=actor,
        now=now,
        data={
            "day": day.isoformat(),
            "edition": report.edition,
            "complete": complete,
            "sha256": digest,
        },
    )
    return report


def yesterday(now: datetime) -> date:
    """Return the local day that ended last."""
    return date.fromordinal(now.astimezone(LOCAL).date().toordinal() - 1)
