"""A proposed edition of the rulebook comes into force. Subject: the edition's key."""

from datetime import datetime

from compliance.models import PackEdition, User
from compliance.rulebook.bound import PackError
from compliance.services.pack_approve import CannotApproveError, pack_approve
from console.approvals.kind import DECIDERS, CannotCarryOutError, Kind, Shown, Subject


class PackEditionApproval(Kind):
    """Wraps `pack_approve`, which checks the floors once more."""

    code, zh, en = "pack", "批准规则集新版本", "Approve an edition of the rulebook"
    proposers = DECIDERS

    def shown(self, subject: Subject) -> Shown:
        """Return the proposal."""
        edition = PackEdition.objects.select_related("base").get(pk=int(subject.id))
        return Shown(
            rows=(
                ("规则集", "Pack", str(edition)),
                ("理由", "Reason", edition.reason),
                ("生效时间", "In force from", edition.effective_from),
                ("原版本", "Rests on", str(edition.base)),
                ("内容摘要", "Digest", edition.digest),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Approve it."""
        try:
            pack_approve(edition_id=int(subject.id), approver=by, now=now)
        except (CannotApproveError, PackError) as error:
            raise CannotCarryOutError(
                f"新版本无法批准：{error}", f"The edition cannot be approved: {error}"
            ) from error
