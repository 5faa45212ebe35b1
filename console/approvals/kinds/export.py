"""Personal data leaves in clear, once a second person agreed. Subject: what is exported."""

from datetime import datetime

from compliance.denials import DeniedError
from compliance.models import Person, User
from console.approvals.kind import CannotCarryOutError, Kind, Shown, Subject
from console.exports import DISCLOSED_KEPT, KIND, arguments_of
from console.jobs.kinds import KINDS as JOBS
from console.jobs.queue import start_for
from console.models import Job
from console.templatetags.either import either

HOURS = DISCLOSED_KEPT.total_seconds() / 3600


class ExportApproval(Kind):
    """Starts the job for whoever asked; the job checks once more that somebody agreed."""

    code, zh, en = KIND, "导出含个人信息的文件", "Export personal data in clear"
    proposers = frozenset({User.Role.COMPLIANCE})  # who alone sees whole numbers

    def shown(self, subject: Subject) -> Shown:
        """Return what leaves, and why."""
        job = JOBS[str(subject.asked["job"])]
        return Shown(
            rows=(
                ("导出", "Export", either(job.zh, job.en)),
                ("内容", "Of", _about(subject)),
                ("理由", "Why", str(subject.asked["reason"])),
                ("可下载小时数", "Hours to fetch it", f"{HOURS:g}"),
                (
                    "谁可下载",
                    "Who fetches it",
                    str(subject.proposer.real_name or subject.proposer),
                ),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Start it, once."""
        asked = subject.asked
        begun = Job.objects.filter(kind=asked["job"], arguments__token=asked["token"])
        if begun.exists():
            return
        try:
            start_for(
                owner=subject.proposer,
                kind=str(asked["job"]),
                arguments=arguments_of(asked),
                by=by,
                now=now,
            )
        except DeniedError as error:
            raise CannotCarryOutError(
                "提请人已无权导出。", "Whoever asked may not export any more."
            ) from error


def _about(subject: Subject) -> str:
    """Say it without a number."""
    given = subject.asked["arguments"]
    assert isinstance(given, dict)  # noqa: S101 - `asked_for` made it
    if "person" in given:
        return Person.objects.get(pk=given["person"]).masked
    if "complaint" in given:
        return either(
            f"投诉 {given['complaint']} 的录音", f"recordings, complaint {given['complaint']}"
        )
    if given.get("what") == "range":
        return either(
            f"序号 {given['lo']} 至 {given['hi']}", f"indexes {given['lo']} to {given['hi']}"
        )
    return str(given.get("day") or either("全部条目", "every entry"))
