"""Pause, resume or close a campaign."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.denials import DeniedError
from compliance.keepers import keepers_only
from compliance.models import CampaignFiling, User
from compliance.numbers import Words

State = CampaignFiling.State
_MOVES = {
    "campaign.paused": ({State.ACTIVE}, State.PAUSED),
    "campaign.resumed": ({State.PAUSED}, State.ACTIVE),
    "campaign.closed": ({State.ACTIVE, State.PAUSED}, State.CLOSED),
}


RESUMERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})  # as who activates
NOT_YOURS = Words(
    "账号 {username} 不得恢复外呼任务（须为管理员或合规人员）；暂停则人人可为。",
    "The account {username} may not resume a campaign: an administrator or a compliance officer "
    "does. Anybody may pause one.",
)


class NotAResumerError(DeniedError):
    """Whoever wants more calls is not who decides that there may be."""

    def __init__(self, username: str) -> None:
        """Say who, in both languages."""
        self.words = NOT_YOURS.filled(username=username)
        super().__init__(str(self.words))


class CampaignStateError(Exception):
    """The campaign is not in a state from which it can go there."""


def filing_pause(*, filing: CampaignFiling, actor: str, reason: str, now: datetime) -> None:
    """Stop new calls at once; permits that nobody used yet die with the epoch."""
    _move("campaign.paused", filing=filing, actor=actor, reason=reason, now=now)


def filing_resume(*, filing: CampaignFiling, by: User, reason: str, now: datetime) -> None:
    """Let a paused campaign call again.

    :raises NotAResumerError: if the account may not
    """
    if by.role not in RESUMERS or not by.is_active:
        raise NotAResumerError(by.username)
    _move("campaign.resumed", filing=filing, actor=f"u:{by.pk}", reason=reason, now=now)


def filing_close(*, filing: CampaignFiling, actor: str, reason: str, now: datetime) -> None:
    """End a campaign for good.

    :raises NotAKeeperError: if the account may not
    """
    keepers_only(actor)
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
