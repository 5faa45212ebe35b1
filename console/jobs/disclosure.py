"""Whether a job may put personal data in clear into its file: only what two people agreed to."""

from datetime import datetime

from console.exports import DISCLOSED_KEPT, KIND, OWN
from console.jobs.kind import JobFailedError
from console.models import Approval, Job, Vote

NOBODY_AGREED = (
    "含个人信息的导出须由第二人同意；本任务没有相应的同意。",
    "An export that discloses personal data takes a second person; nobody agreed to this one.",
)


def discloses(job: Job, *, now: datetime) -> bool:
    """Return whether the job's file holds personal data in clear.

    :raises JobFailedError: if it would, and no second person agreed to exactly that
    """
    if not job.arguments.get("disclose"):
        return False
    if not _agreed(job, now):
        raise JobFailedError(*NOBODY_AGREED)
    return True


def _agreed(job: Job, now: datetime) -> bool:
    """Return whether somebody approved this export, of this and nothing else, for its owner.

    It lasts as long as the file would: a job that failed is not begun again months later.
    """
    plain = {name: value for name, value in job.arguments.items() if name not in OWN}
    approved = Approval.objects.filter(
        kind=KIND,
        state=Approval.State.APPROVED,
        votes__verdict=Vote.Verdict.APPROVED,
        votes__voted_at__gte=now - DISCLOSED_KEPT,
        proposer_id=job.owner_id,
        asked__token=job.arguments.get("token"),
    )
    return any(
        one.asked["job"] == job.kind and one.asked["arguments"] == plain for one in approved
    )
