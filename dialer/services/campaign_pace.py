"""One turn of a campaign: launch a call for every ready seat that finds a callable lead."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Q

from compliance.models import CampaignFiling
from dialer import streams
from dialer.models import Campaign, Lead, SeatSession
from dialer.pacing import Floor, calls_to_launch
from dialer.services.call_launch import Launch, call_launch

PACE = 4 << 56  # advisory lock of a campaign's turn; compliance.locks holds keys 1, 2, 3 and 9
ACTOR = "svc:dialer"
TRIES_A_TURN = 20  # decisions by one reading of the clock, at most; the next turn goes on

_NEXT_LEAD = {Launch.LEAD_TAKEN, Launch.LEAD_BLOCKED, Launch.LEAD_DEFERRED}


def campaign_pace(*, campaign: Campaign, now: datetime) -> int:
    """Launch what the floor allows; return how many permits were handed to the trunk.

    Two turns of one campaign never overlap: the second finds the lock taken and leaves.
    """
    running = campaign.filing.state == CampaignFiling.State.ACTIVE
    waits = campaign.waits_until is not None and campaign.waits_until > now
    if not running or waits or not _take(campaign.pk):
        return 0
    try:
        return _launch(campaign, now)
    finally:
        _release(campaign.pk)


def _launch(campaign: Campaign, now: datetime) -> int:
    sessions = list(
        SeatSession.objects.filter(
            Q(capped_until=None) | Q(capped_until__lte=now),
            campaign=campaign,
            state=SeatSession.State.READY,
            previews=False,  # these agents ask themselves, for the person whom they have seen
            phone_up_at__isnull=False,
        ).order_by("since")
    )
    heartbeat = streams.heartbeat_of(campaign.filing.trunk.code)
    free_lines = 0 if heartbeat is None else heartbeat.free_lines
    wanted = calls_to_launch(Floor(ready_seats=len(sessions), free_lines=free_lines))
    leads = iter(_due_leads(campaign, now)) if wanted else iter(())
    return sum(_serve(session, leads, now) for session in sessions[:wanted])


def _due_leads(campaign: Campaign, now: datetime) -> list[Lead]:
    due = Lead.objects.due(now=now).filter(campaign=campaign)
    return list(due.select_related("campaign")[:TRIES_A_TURN])


def _serve(session: SeatSession, leads: Iterator[Lead], now: datetime) -> int:
    """Ask for one lead after the other until the seat has a call or has to wait."""
    for lead in leads:
        launched = call_launch(
            lead=lead, session=session, origin="progressive", actor=ACTOR, now=now
        )
        if launched.what not in _NEXT_LEAD:
            return 1 if launched.what is Launch.PERMITTED else 0
    return 0


def _take(campaign_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [PACE + campaign_id])
        row = cursor.fetchone()
        return bool(row and row[0])


def _release(campaign_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [PACE + campaign_id])
