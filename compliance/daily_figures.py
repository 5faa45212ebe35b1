"""What happened on one local day: verdicts, rules, numbers and complaints, from the ledger."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from compliance.lists.moments import LOCAL
from compliance.models import Complaint, ComplaintEvent, Decision, Permit, Refusal, Suspension
from compliance.selectors.refusals_by_seat import refusals_by_seat
from compliance.selectors.suspension_facts import scope_of

_BY_RULE = """
SELECT rule, d.verdict, count(*)
  FROM compliance_decision d, jsonb_array_elements_text(d.objecting_rules) AS rule
 WHERE d.at >= %s AND d.at < %s
 GROUP BY rule, d.verdict ORDER BY rule, d.verdict
"""


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the instants at which the local day begins and ends."""
    start = datetime(day.year, day.month, day.day, tzinfo=LOCAL)
    return start, start + timedelta(days=1)


def daily_figures(day: date) -> dict[str, Any]:
    """Return the day's figures, as canonical JSON can hold them."""
    start, end = day_bounds(day)
    decided = Decision.objects.filter(at__gte=start, at__lt=end)
    refused = Refusal.objects.filter(recorded_at__gte=start, recorded_at__lt=end)
    return {
        "v": 1,
        "day": day.isoformat(),
        "decisions": _counts(decided, "verdict"),
        "asked_by": _counts(decided, "origin"),
        "objections_by_rule": objections_by_rule(start, end),
        "refusals": _counts(refused, "source"),
        "refusals_everywhere": refused.filter(everywhere=True).count(),
        "refusals_by_seat": refusals_by_seat(until=end),
        "complaints": _complaints(start, end),
        "suspensions": _suspensions(start, end),
        "numbers": _numbers(start, end),
    }


def _counts(rows: QuerySet[Any], field: str) -> list[dict[str, Any]]:
    found = rows.order_by(field).values_list(field).annotate(count=Count("pk"))
    return [{"what": what, "count": count} for what, count in found]


def objections_by_rule(start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Return how often each rule deferred or refused; a decision may have several objections."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_RULE, [start, end])
        return [
            {"rule": rule, "verdict": verdict, "count": count}
            for rule, verdict, count in cursor.fetchall()
        ]


def _complaints(start: datetime, end: datetime) -> dict[str, Any]:
    opened = Complaint.objects.filter(recorded_at__gte=start, recorded_at__lt=end)
    closed = ComplaintEvent.objects.filter(kind=ComplaintEvent.Kind.CLOSED, at__lt=end)
    steps = ComplaintEvent.objects.filter(at__gte=start, at__lt=end)
    return {
        "opened": _counts(opened, "channel"),
        "steps": _counts(steps, "kind"),
        "open_at_the_end": Complaint.objects.filter(recorded_at__lt=end)
        .filter(~Exists(closed.filter(complaint=OuterRef("pk"))))
        .count(),
    }


def _suspensions(start: datetime, end: datetime) -> list[dict[str, Any]]:
    begun = Suspension.objects.filter(begun_at__gte=start, begun_at__lt=end).order_by("pk")
    return [{"id": one.pk, "scope": scope_of(one), "cause": one.cause} for one in begun]


def _numbers(start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Return the use of each caller number on each trunk, from the permits issued on the day."""
    issued = Permit.objects.filter(issued_at__gte=start, issued_at__lt=end)
    keys = ("caller_number__number", "trunk__code")
    rows = (
        issued.order_by(*keys)
        .values_list(*keys)
        .annotate(
            permits=Count("pk"),
            placed=Count("pk", filter=Q(redeemed_at__isnull=False)),
            answered=Count("pk", filter=Q(result="answered")),
            people=Count("person_id", distinct=True),
        )
    )
    return [
        {
            "caller_number": number,
            "trunk": trunk,
            "permits": permits,
            "placed": placed,
            "answered": answered,
            "people": people,
        }
        for number, trunk, permits, placed, answered, people in rows
    ]
