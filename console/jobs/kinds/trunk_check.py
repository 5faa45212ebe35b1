"""Try a trunk step by step, as `manage.py trunk_check` does, without a call."""

from pathlib import Path

import redis
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from audit import record as audit
from compliance import clock
from compliance.models import Trunk
from console.jobs.kind import JobFailedError, Kind, Report, Result
from console.matrix import OVERSIGHT
from console.models import Job, TrunkCheck
from dialer.trunk_check.finding import STEPS, Finding, broken_steps, data
from dialer.trunk_check.run import trunk_steps

CODE = "trunk_check"


def _run(job: Job, report: Report) -> Result:
    trunk = Trunk.objects.get(pk=job.arguments["trunk"])
    report(done=0, of=len(STEPS), words=(STEPS[0].zh, STEPS[0].en))
    try:
        found = _found(trunk, report)
    except redis.RedisError as error:
        raise JobFailedError(
            "消息存储没有应答，检查未完成。",
            "The message store does not answer; the check was not finished.",
        ) from error
    broken = broken_steps(found)
    with transaction.atomic():
        now = clock.read()
        check = TrunkCheck.objects.create(
            trunk=trunk, report=data(found), checked_by=job.owner, checked_at=now
        )
        audit.record(
            "trunk.checked",
            obj=f"trunk:{trunk.pk}",
            actor=f"u:{job.owner_id}",
            now=now,
            outcome="error" if broken else "ok",
            data={"check": check.pk, "broken": broken},
        )
    url = reverse("console:trunk_checked", kwargs={"check_id": check.pk})
    if broken:
        names = [one for one in STEPS if one.name in broken]
        return Result(
            zh=f"{trunk.code}：有问题的步骤：{'、'.join(one.zh for one in names)}。",
            en=f"{trunk.code}: broken at {', '.join(one.en for one in names)}.",
            url=url,
        )
    return Result(
        zh=f"{trunk.code}：没有发现问题。", en=f"{trunk.code}: nothing is broken.", url=url
    )


def _found(trunk: Trunk, report: Report) -> list[Finding]:
    found = []
    for one in trunk_steps(
        trunk,
        recordings=settings.RECORDINGS_DIR,
        keys=Path(settings.KEYS_DIR),
        now=clock.read(),
        host_now=clock.host_now(),
    ):
        found.append(one)
        at = STEPS.index(one.step) + 1
        report(done=at, of=len(STEPS), words=(f"已检查：{one.step.zh}", f"Tried: {one.step.en}"))
    return found


TRUNK_CHECK = Kind(
    code=CODE, zh="检查线路", en="Check a trunk", run=_run, roles=frozenset(OVERSIGHT)
)
