"""How many of each seat's calls ended in a refusal, beside what its peers' rate would give."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from compliance.desk_numbers import desk_numbers
from compliance.models import Overruling, Seat
from compliance.rulebook.low_refusals import SeatCalls, against_peers

RULE = "CN13-REF-05"
_CALLS = """
SELECT p.seat_id, p.filing_id, count(*), count(*) FILTER (WHERE EXISTS (
         SELECT 1 FROM compliance_refusal r
          WHERE r.person_id = p.person_id AND r.evidence = 'permit:' || p.id::text))
  FROM compliance_permit p
 WHERE p.result = 'answered' AND p.issued_at >= %s AND p.issued_at < %s
 GROUP BY p.seat_id, p.filing_id
"""


def refusals_by_seat(*, until: datetime) -> list[dict[str, Any]]:
    """Return the seats that had answered calls in the window, in the order of their codes alone.

    `check_all` says that every call of the seat is to be checked: far fewer refusals than peers
    have (CN13-REF-05). Nobody is named for having many.
    """
    numbers = desk_numbers(RULE)
    since = until - timedelta(days=numbers["days"])
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, [since, until])
        calls = [
            SeatCalls(seat=seat, campaign=filing, answered=answered, refused=refused)
            for seat, filing, answered, refused in cursor.fetchall()
        ]
    compared = against_peers(calls, deviations=numbers["deviations"])
    codes = Seat.objects.filter(pk__in=compared).order_by("code").values_list("pk", "code")
    overruled = Overruling.objects.filter(recorded_at__gte=since, recorded_at__lt=until)
    denials = list(overruled.values_list("seat_id", flat=True))
    return [
        {
            "seat": code,
            "answered": compared[pk].answered,
            "refused": compared[pk].refused,
            "expected_milli": round(compared[pk].expected * 1000),
            "overruled": denials.count(pk),
            "check_all": compared[pk].far_below,
        }
        for pk, code in codes
    ]
