"""Try to reach one lead from one ready seat: ask the gate, and hand a permit to its trunk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from audit.uuid7 import uuid7
from compliance.editions import book_of_decision
from compliance.gate import PermitRefusal, permit_request
from compliance.models import Decision, Permit
from compliance.rulebook.decision import Verdict
from dialer import streams
from dialer.models import Campaign, Lead, SeatSession

State = SeatSession.State
# When to ask again where the rule that objected cannot say: a lead, a campaign, the platform.
RETRY_ANYWAY = timedelta(minutes=5)
CAMPAIGN_LOOK = timedelta(seconds=30)
PLATFORM_LOOK = timedelta(seconds=5)


class Launch(StrEnum):
    """What came of asking."""

    PERMITTED = "permitted"
    SEAT_TAKEN = "seat_taken"
    LEAD_TAKEN = "lead_taken"
    SEAT_CAPPED = "seat_capped"
    CAMPAIGN_STOPPED = "campaign_stopped"  # nothing of this campaign can be called now
    LEAD_DEFERRED = "lead_deferred"
    LEAD_BLOCKED = "lead_blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """One try to launch a call."""

    what: Launch
    permit: Permit | None


def call_launch(
    *, lead: Lead, session: SeatSession, origin: str, actor: str, now: datetime
) -> Launched:
    """Reserve the seat, claim the lead, ask the gate; the lead's next try is its `due_at`.

    A crash between the steps loses nothing: seats and leads that no open permit holds are set
    free again by the sweep, and the permit expires.
    """
    if not session.move(frm=State.READY, to=State.RESERVED, now=now):
        return Launched(what=Launch.SEAT_TAKEN, permit=None)
    if not lead.claim(now=now):
        session.move(frm=State.RESERVED, to=State.READY, now=now)
        return Launched(what=Launch.LEAD_TAKEN, permit=None)
    answer = permit_request(
        filing_id=lead.campaign.filing_id,
        person_id=lead.person_id,
        seat_id=session.seat_id,
        request=uuid7(now),
        origin=origin if lead.attempts == 0 else "retry",
        actor=actor,
        now=now,
    )
    if isinstance(answer, PermitRefusal):
        return Launched(what=_stand_down(answer, lead, session, now), permit=None)
    held = SeatSession.objects.filter(pk=session.pk, state=State.RESERVED)
    held.update(permit=answer)
    Lead.objects.filter(pk=lead.pk).update(last_decision=answer.decision_id)
    streams.send_permit(answer)
    return Launched(what=Launch.PERMITTED, permit=answer)


def _stand_down(refusal: PermitRefusal, lead: Lead, session: SeatSession, now: datetime) -> Launch:
    """Set lead and seat to whatever the refusal leaves them."""
    session.move(frm=State.RESERVED, to=State.READY, now=now)
    claimed = Lead.objects.filter(pk=lead.pk, state=Lead.State.CLAIMED)
    again_at = refusal.retry_at or now + RETRY_ANYWAY
    waits_for_others = "callee" not in refusal.holds
    if waits_for_others and "seat" in refusal.holds and "campaign" not in refusal.holds:
        SeatSession.objects.filter(pk=session.pk).update(capped_until=again_at)
        claimed.update(state=Lead.State.WAITING, last_decision=refusal.decision_id)
        return Launch.SEAT_CAPPED
    if waits_for_others:
        again_at = refusal.retry_at or now + (
            PLATFORM_LOOK if "platform" in refusal.holds else CAMPAIGN_LOOK
        )
        Campaign.objects.filter(pk=lead.campaign_id).update(waits_until=again_at)
        claimed.update(state=Lead.State.WAITING, last_decision=refusal.decision_id)
        return Launch.CAMPAIGN_STOPPED
    if refusal.verdict is Verdict.DEFER or not _callee_is_refused(refusal):
        claimed.update(
            state=Lead.State.WAITING, due_at=again_at, last_decision=refusal.decision_id
        )
        return Launch.LEAD_DEFERRED
    claimed.update(state=Lead.State.BLOCKED, last_decision=refusal.decision_id)
    return Launch.LEAD_BLOCKED


def _callee_is_refused(refusal: PermitRefusal) -> bool:
    """Tell whether a rule about the callee says never; what others say never to may pass.

    A callee who is only to wait is not given up because at this moment, say, a clock is wrong.
    """
    decisions = Decision.objects.values_list("findings", "book_digest")
    findings, book_digest = decisions.get(pk=refusal.decision_id)
    never = [row["rule"] for row in findings if row["verdict"] == Verdict.REFUSE.value]
    book = book_of_decision(book_digest)
    rules = [book.rule(rule_id) for rule_id in never]
    return any(rule is not None and rule.holds == "callee" for rule in rules)
