"""Show an agent the next person of a campaign before the call; nobody chooses whom."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from audit import record as audit
from compliance.editions import book_of_decision
from compliance.gate import refusal_from
from compliance.models import CampaignFiling, Decision, Seat
from compliance.services.question_ask import question_ask_for_seat
from dialer.models import Campaign, Lead, Preview, SeatSession
from dialer.models.preview import LONGEST_LOOK
from dialer.services.launch import Launch
from dialer.services.lead_stand_down import lead_stand_down
from dialer.services.seat_press import seat_ready

MOST_ASKED = 20  # people judged by one press, at most
NOT_AGAIN_FOR = timedelta(hours=24)  # whom an agent put back is not shown to that agent
WAITS_FOR_ALL = frozenset({Launch.SEAT_CAPPED, Launch.CAMPAIGN_STOPPED})


class LookOnError(Exception):
    """As many were asked about as one press may, and none may be called: there may be others."""


def preview_show(*, seat: Seat, campaign: Campaign, actor: str, now: datetime) -> Preview | None:
    """Press ready, and show the person who has been due longest and whom the book would let call.

    Whoever may not be called is not shown. Return None if there is nobody; nothing is reserved
    by a card, and the gate decides anew when the agent asks for the call.

    :raises SeatBusyError: if the seat has a call
    :raises WrapUpOwedError: if the last call has no word of the agent yet
    :raises LookOnError: if the list may have somebody, whom the next press would come to
    """
    seat_ready(seat=seat, campaign=campaign, actor=actor, now=now, previews=True)
    session = SeatSession.objects.get(seat=seat)
    asked = 0
    for lead in _claimed(campaign, seat, now):
        asked += 1
        answer = question_ask_for_seat(
            filing=campaign.filing, person=lead.person, seat_id=seat.pk, actor=actor, now=now
        )
        if answer.verdict == Decision.Verdict.ALLOW:
            return _show(lead, seat, answer, actor, now)
        refusal = refusal_from(answer, book_of_decision(answer.book_digest))
        what = lead_stand_down(refusal=refusal, lead=lead, session=session, now=now)
        if what in WAITS_FOR_ALL:
            return None
    if asked == MOST_ASKED:
        raise LookOnError(f"{asked} people of {campaign} may not be called.")
    return None


def _claimed(campaign: Campaign, seat: Seat, now: datetime) -> Iterator[Lead]:
    """Claim the leads that are due, one after the other, as the pacer does."""
    running = campaign.filing.state == CampaignFiling.State.ACTIVE
    if not running or (campaign.waits_until is not None and campaign.waits_until > now):
        return
    put_back = Preview.objects.filter(
        seat=seat, end=Preview.End.PUT_BACK, ended_at__gt=now - NOT_AGAIN_FOR
    )
    due = Lead.objects.due(now=now).filter(campaign=campaign)
    due = due.exclude(pk__in=put_back.values("lead_id"))
    for lead in due.select_related("campaign__filing", "person")[:MOST_ASKED]:
        if lead.claim(now=now):
            yield lead


@transaction.atomic
def _show(lead: Lead, seat: Seat, answer: Decision, actor: str, now: datetime) -> Preview:
    preview = Preview.objects.create(
        seat=seat, lead=lead, question=answer.pk, shown_at=now, until=now + LONGEST_LOOK
    )
    audit.record(
        "lead.previewed",
        obj=f"lead:{lead.pk}",
        actor=actor,
        now=now,
        data={
            "preview": preview.pk,
            "seat": seat.pk,
            "person": lead.person_id,
            "filing": lead.campaign.filing_id,
            "decision": str(answer.pk),
        },
    )
    return preview
