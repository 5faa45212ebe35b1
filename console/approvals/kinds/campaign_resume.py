"""A paused campaign calls again. Subject: the filing's key; `asked`: {"reason": words}."""

from datetime import datetime

from compliance.models import CampaignFiling, User
from compliance.services.filing_pause import CampaignStateError, NotAResumerError, filing_resume
from console.approvals.kind import DECIDERS, CannotCarryOutError, Kind, Shown, Subject


class CampaignResumption(Kind):
    """Wraps `filing_resume`; pausing asks nobody."""

    code, zh, en = "campaign_resume", "恢复外呼任务", "Resume a campaign"
    proposers = DECIDERS | {User.Role.SUPERVISOR}

    def shown(self, subject: Subject) -> Shown:
        """Return the campaign, and why it should go on."""
        filing = _filing(subject)
        return Shown(
            rows=(
                ("任务", "Campaign", f"{filing.name} ({filing.code})"),
                ("委托主体", "Principal", filing.principal.name),
                ("状态", "State", filing.get_state_display()),
                ("理由", "Reason", subject.asked["reason"]),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Let it go on."""
        try:
            filing_resume(
                filing=_filing(subject), by=by, reason=str(subject.asked["reason"]), now=now
            )
        except NotAResumerError as error:
            raise CannotCarryOutError(error.words.zh, error.words.en) from error
        except CampaignStateError as error:
            raise CannotCarryOutError(
                "该任务已不是暂停状态。", "The campaign is not paused any more."
            ) from error


def _filing(subject: Subject) -> CampaignFiling:
    return CampaignFiling.objects.select_related("principal").get(pk=int(subject.id))
