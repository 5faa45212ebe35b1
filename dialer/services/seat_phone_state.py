"""What the line process hears of the seats' phones, and what it was refused them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from audit import record as audit
from compliance.models import Incident
from compliance.services.incident import incident_open
from dialer.models import SeatSession

ONE_IN = timedelta(hours=1)  # a phone that tries again and again is one incident, many entries
DATA_KINDS = "通话去向 where calls are led"
SUMMARY = (
    "坐席 {seat} 的话机企图把通话引向别处（{how}） / "
    "The phone of seat {seat} tried to lead a call elsewhere ({how})"
)


def phones_up(*, seat_ids: Iterable[int], now: datetime) -> None:
    """Note that the phones are connected; calls are launched for their seats from now on."""
    SeatSession.objects.filter(seat_id__in=seat_ids, phone_up_at=None).update(phone_up_at=now)


def phones_down(*, seat_ids: Iterable[int]) -> None:
    """Note that the phones are not connected; no call is launched for their seats."""
    sessions = SeatSession.objects.filter(seat_id__in=seat_ids, phone_up_at__isnull=False)
    sessions.update(phone_up_at=None)


def phones_of_trunk_down(*, trunk_id: int) -> None:
    """Note that nobody holds the phones of a trunk's seats: its process begins or ends."""
    sessions = SeatSession.objects.filter(campaign__filing__trunk_id=trunk_id)
    sessions.filter(phone_up_at__isnull=False).update(phone_up_at=None)


@transaction.atomic
def phone_misused(*, seat_id: int, how: str, actor: str, now: datetime) -> None:
    """Record, and open an incident, that a seat's phone wanted to lead a call elsewhere.

    :param how: transfer (a REFER), redirect (a 3xx), carrier (it rang or answered at one's)
    """
    audit.record(
        "seat.phone_misused",
        obj=f"seat:{seat_id}",
        actor=actor,
        now=now,
        outcome="denied",
        data={"how": how},
    )
    summary = SUMMARY.format(seat=seat_id, how=how)
    if not Incident.objects.filter(summary=summary, noticed_at__gt=now - ONE_IN).exists():
        incident_open(
            kind=Incident.Kind.LEAKED,
            summary=summary,
            data_kinds=DATA_KINDS,
            persons=None,
            noticed_at=now,
            actor=actor,
            now=now,
        )
