"""Set a lead to whatever an answer against its call leaves it: later, never, or with others."""

from datetime import datetime, timedelta

from compliance.editions import book_of_decision
from compliance.gate import PermitRefusal
from compliance.models import Decision
from compliance.rulebook.decision import Verdict
from dialer.models import Campaign, Lead, SeatSession
from dialer.services.launch import Launch

# When to ask again where the rule that objected cannot say: a lead, a campaign, the platform.
RETRY_ANYWAY = timedelta(minutes=5)
CAMPAIGN_LOOK = timedelta(seconds=30)
PLATFORM_LOOK = timedelta(seconds=5)


def lead_stand_down(
    *, refusal: PermitRefusal, lead: Lead, session: SeatSession, now: datetime
) -> Launch:
    """Let the claimed lead go, and say what has to wait: itself, the seat, or the campaign."""
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
