"""A small call centre whose campaigns have begun, for the tests of the console."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from compliance import clock
from compliance.models import Permit
from dialer.lines.base import Outcome
from dialer.models import Attempt, Campaign, Lead, SeatSession
from dialer.services.call_end import CallEnd, call_end
from dialer.services.call_launch import Launch, call_launch
from dialer.services.call_open import call_open
from dialer.services.call_progress import call_answered, call_ringing, call_sent
from tests.console.house import (
    ACTOR,
    CAMPAIGNS,
    EARLIER,
    OPENING,
    open_campaign,
    open_house,
    refuse_marketing,
    set_clock,
    staff_seats,
)
from tests.console.house_lists import list_people
from tests.phones import connected
from tests.recordings import opened_recording
from tests.remembered import remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What the tests ask about."""

    campaigns: tuple[Campaign, ...]
    numbers: tuple[str, ...]  # every number of the seed, as people write it
    permitted: UUID  # a decision that allowed a call, which was answered
    refused: UUID  # one that refused
    deferred: UUID  # one that deferred


@remembered
def seed(*, leads: int = 24, seats: int = 6) -> Seeded:
    """Make the call centre, and let the real gate decide on some of its leads."""
    set_clock(EARLIER)
    house = open_house(seats)
    campaigns = tuple(open_campaign(place, house) for place in range(len(CAMPAIGNS)))
    refuse_marketing(house)
    numbers = [n for place, one in enumerate(campaigns) for n in list_people(place, one, leads)]
    set_clock(OPENING)
    staff_seats(campaigns)
    decided = _dial(campaigns)
    return Seeded(
        campaigns=campaigns,
        numbers=tuple(numbers),
        permitted=_answered(campaigns[0]),
        refused=decided[Launch.LEAD_BLOCKED],
        deferred=decided[Launch.LEAD_DEFERRED],
    )


def _dial(campaigns: Sequence[Campaign]) -> dict[Launch, UUID]:
    """Ask for two thirds of the leads, each seat until it has a permit; return one of each."""
    decided: dict[Launch, UUID] = {}
    for campaign in campaigns:
        leads = list(
            Lead.objects.filter(campaign=campaign)
            .select_related("campaign", "person")
            .order_by("pk")
        )
        for lead in leads[: len(leads) * 2 // 3]:
            session = SeatSession.objects.filter(
                campaign=campaign, state=SeatSession.State.READY
            ).first()
            if session is None:
                break
            launched = call_launch(
                lead=lead,
                session=session,
                origin="progressive",
                actor="svc:dialer",
                now=clock.read(),
            )
            lead.refresh_from_db()
            if lead.last_decision:
                decided.setdefault(launched.what, lead.last_decision)
    return decided


def _answered(campaign: Campaign) -> UUID:
    """Let the campaign's permits be used: one call ends, the next rings."""
    decision = None
    for n, permit in enumerate(Permit.objects.filter(filing=campaign.filing, state="issued")):
        opened = call_open(
            permit_id=permit.pk,
            trunk_id=permit.trunk_id,
            line_process="line1",
            recording=opened_recording(),
            phone_is_up=connected,
            now=clock.read(),
        )
        call_sent(attempt_id=opened.attempt_id, call_id=f"call-{n}@127.0.0.1")
        call_ringing(attempt_id=opened.attempt_id, now=clock.read())
        if n == 0:
            call_answered(attempt_id=opened.attempt_id, now=clock.read())
            call_end(attempt_id=opened.attempt_id, end=ENDED, actor=ACTOR, now=clock.read())
            decision = permit.decision_id
    assert decision is not None
    assert Attempt.objects.exclude(call_id="").exists()
    return decision


ENDED = CallEnd(outcome=Outcome.ANSWERED, sip_code=200, q850=16, ended_by="callee", talk_seconds=3)
