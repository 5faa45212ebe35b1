"""A campaign that was registered starts to run. Subject: the filing's key."""

from datetime import datetime

from compliance.models import CampaignFiling, User
from compliance.services.filing_activate import (
    FilingNotDraftError,
    NotASecondPersonError,
    filing_activate,
)
from compliance.services.filing_register import FilingRefusedError
from console.approvals.kind import CannotCarryOutError, Kind, Shown, Subject


class CampaignActivation(Kind):
    """Wraps `filing_activate`, which asks the rulebook once more."""

    code, zh, en = "campaign", "启用外呼任务", "Activate a campaign"
    proposers = frozenset({User.Role.SUPERVISOR, User.Role.ADMINISTRATOR, User.Role.COMPLIANCE})

    def shown(self, subject: Subject) -> Shown:
        """Return the filing's elements."""
        filing = _filing(subject)
        return Shown(
            rows=(
                ("任务", "Campaign", f"{filing.name} ({filing.code})"),
                ("委托主体", "Principal", filing.principal.name),
                ("用途", "Purpose", filing.get_purpose_display()),
                ("外呼对象", "People called", filing.audience),
                ("外呼内容", "What they are told", filing.content),
                ("线路", "Trunk", filing.trunk.code),
                ("话术", "Script", str(filing.script)),
                ("登记人", "Registered by", str(filing.author)),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Activate it."""
        try:
            filing_activate(filing=_filing(subject), approver=by, now=now)
        except FilingRefusedError as error:
            raise CannotCarryOutError(
                f"规则书现在不同意：{error}", f"The rulebook objects by now: {error}"
            ) from error
        except FilingNotDraftError as error:
            raise CannotCarryOutError(
                "该任务已不是待启用状态。", "The campaign is not waiting for activation any more."
            ) from error
        except NotASecondPersonError as error:
            raise CannotCarryOutError(
                "登记人不能启用自己的任务。", "Whoever registered a campaign cannot activate it."
            ) from error


def _filing(subject: Subject) -> CampaignFiling:
    filings = CampaignFiling.objects.select_related("principal", "trunk", "script", "author")
    return filings.get(pk=int(subject.id))
