"""Check every entry of the audit trail in the database, as `manage.py audit_check` does."""

from pathlib import Path

from django.conf import settings

from audit.check import findings, orphans
from audit.sealing_keys import log_public_keys
from audit.selectors import entries
from audit.tree_check import tree_findings
from compliance.models import User
from console.jobs.kind import JobFailedError, Kind, Report, Result
from console.models import Job

BLOCK = 5000  # entries
WORDS = ("正在核查条目", "Checking entries")


def run(_job: Job, report: Report) -> Result:
    """Check the entries in blocks, then the tree that seals them.

    :raises JobFailedError: if anything is not well
    """
    whole = entries()
    last = whole.values_list("pk", flat=True).last() or 0
    wrong = 0
    for low in range(0, last, BLOCK):
        report(done=low, of=last, words=WORDS)
        wrong += sum(1 for _ in findings(whole.filter(pk__gt=low, pk__lte=low + BLOCK)))
    report(done=last, of=last, words=("正在核查封存树", "Checking the tree that seals them"))
    wrong += sum(1 for _ in orphans())
    published = Path(settings.AUDIT_PUBLISH_DIR)
    wrong += sum(1 for _ in tree_findings(keys=log_public_keys(), published=published))
    if wrong:
        raise JobFailedError(
            f"审计日志有 {wrong} 项异常；命令 audit_check 逐项列出。",
            f"The trail has {wrong} findings; the command audit_check names each.",
        )
    return Result(zh=f"截至第 {last} 条均正常。", en=f"All is well up to entry {last}.")


TRAIL_CHECK = Kind(
    code="trail_check",
    zh="核查审计日志",
    en="Check the audit trail",
    run=run,
    roles=frozenset({User.Role.ADMINISTRATOR, User.Role.COMPLIANCE}),
)
