"""Pause, resume or close a campaign."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.models import CampaignFiling

State = CampaignFiling.State
_MOVES = {
    "campaign.paused": ({State.ACTIVE}, State.PAUSED),
    "campaign.resumed": ({State.PAUSED}, State.ACTIVE),
    "campaign.closed": ({State.ACTIVE, State.PAUSED}, State.CLOSED),
}


class CampaignStateError(Exception):
    """The campaign is not in a state from which it can go there."""


def filing_pause(*, filing: CampaignFiling, actor: str, reason: str, now: datetime) -> None:
    """Stop new calls at once; permits that nobody used yet die with the epoch."""
    _move("campaign.paused", filing=filing, actor=actor, reason=reason, now=now)


def filing_resume(*, filing: CampaignFiling, actor: str, reason: str, now: datetime) -> None:
    """Let a paused campaign call again."""
    _move("campaign.resumed", filing=filing, actor=actor, reason=reason, now=now)


def filing_close(*, filing: CampaignFiling, actor: str, reason: str, now: datetime) -> None:
    """End a campaign for good."""
    _move("campaign.closed", filing=filing, actor=actor, reason=reason, now=now)


@transaction.atomic(durable=True)
def _move(action: str, *, filing: CampaignFiling, actor: str, reason: str, now: datetime) -> None:
    sources, target = _MOVES[action]
    rows = CampaignFiling.objects.filter(pk=filing.pk, state__in=sources)
    if rows.update(state=target) != 1:
        raise CampaignStateError(f"{filing.code} cannot become {target.label}.")
    audit.record(
        action,
        obj=f"filing:{filing.pk}",
        actor=actor,
        now=now,
        data={"reason": without_numbers(reason)},
    )
    filing.refresh_from_db()
