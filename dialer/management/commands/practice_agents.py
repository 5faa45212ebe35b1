"""manage.py practice_agents: agents for the demo, who press ready as people do."""

import signal
import threading
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.db.models import OuterRef, Subquery

from compliance import clock
from compliance.models import CampaignFiling, DemoClock, Permit
from dialer.lines.base import Outcome
from dialer.models import Attempt, Campaign, Lead, SeatSession, WrapUp
from dialer.services.disposition_record import disposition_record
from dialer.services.seat_press import SeatBusyError, seat_ready, wrap_up_owed

LOOK_SECONDS = 0.25
WRAP_UP = timedelta(seconds=20)  # RULEBOOK DIA-02, after a talk
State = SeatSession.State


class Command(BaseCommand):
    """Press ready until SIGTERM."""

    requires_system_checks = ()  # CI has run them; a process that is restarted starts fast
    help = "Practice agents for the demo; refused without a demo clock. 演示用的模拟话务员。"

    def handle(self, *_: Any, **__: Any) -> None:
        """Press ready for every seat that is due."""
        if not DemoClock.objects.exists():
            raise CommandError("Practice agents work in a demo only: a real agent presses ready.")
        stopping = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stopping.set())
        while not stopping.wait(LOOK_SECONDS):
            try:
                press_ready(now=clock.read())
            except DatabaseError:  # it is being restarted; agents wait
                close_old_connections()


def press_ready(*, now: datetime) -> None:
    """Press ready where an agent has just come or has finished the wrap-up."""
    campaigns = _campaigns_by_need(now)
    calls = Permit.objects.filter(seat=OuterRef("seat"), redeemed_at__isnull=False)
    last = calls.order_by("-issued_at").values("result")[:1]
    sessions = SeatSession.objects.select_related("seat__agent", "campaign")
    for session in sessions.annotate(last_result=Subquery(last)):
        if session.seat.agent.last_login is not None:
            continue  # somebody has sat down at it
        over = session.last_result != Outcome.ANSWERED.value or session.since <= now - WRAP_UP
        wrapped = session.state == State.WRAP_UP and over
        idle = session.state == State.READY and _nothing_due(session, campaigns)
        if session.state == State.OFFLINE or wrapped or (idle and campaigns):
            _press(session, campaigns, now)


def _press(session: SeatSession, campaigns: list[Campaign], now: datetime) -> None:
    campaign = session.campaign
    if campaigns and (campaign is None or _nothing_due(session, campaigns)):
        campaign = campaigns[0]
    if campaign is None:
        return
    try:
        _wrap_up(session, now)
        seat_ready(
            seat=session.seat, campaign=campaign, actor=f"u:{session.seat.agent_id}", now=now
        )
    except SeatBusyError:
        return  # a call came in between


def _wrap_up(session: SeatSession, now: datetime) -> None:
    """Say what came of the last call, as the next press demands."""
    call = wrap_up_owed(seat_id=session.seat_id)
    if call is None:
        return
    refused = call.disposition == Attempt.Disposition.REFUSED
    disposition_record(
        attempt_id=call.pk,
        seat=session.seat,
        said=WrapUp.Said.REFUSED if refused else WrapUp.Said.TALKED,
        actor=f"u:{session.seat.agent_id}",
        now=now,
    )


def _nothing_due(session: SeatSession, campaigns: list[Campaign]) -> bool:
    return session.campaign_id not in {campaign.pk for campaign in campaigns}


def _campaigns_by_need(now: datetime) -> list[Campaign]:
    """Return the running campaigns that have due leads, the longest queue first."""
    due = {
        campaign: Lead.objects.due(now=now).filter(campaign=campaign).count()
        for campaign in Campaign.objects.filter(filing__state=CampaignFiling.State.ACTIVE)
    }
    return sorted((c for c, n in due.items() if n), key=lambda c: due[c], reverse=True)
