"""Start a job, run it in a worker, and tell when its worker was killed."""

import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from audit import record as audit
from compliance import clock
from compliance.denials import DeniedError
from compliance.models import User
from console.access import member
from console.jobs.alive import at_work, is_alive
from console.jobs.kind import JobFailedError, Result
from console.jobs.kinds import KINDS
from console.jobs.progress import Reporter
from console.models import Job
from console.trail import note

log = logging.getLogger(__name__)
RESENT_SECONDS = 6  # two ticks of the schedule
BROKEN = (
    "处理过程中出错，未完成。错误已写入日志；可以重新开始。",
    "Something broke, and it did not finish. The error is in the log; you can start it again.",
)
KILLED = (
    "处理进程中断，未完成；可以重新开始。",
    "Its worker was killed, and it did not finish; you can start it again.",
)


def start(
    request: HttpRequest, *, kind: str, arguments: Mapping[str, object] | None = None
) -> Job:
    """Put one job in the queue; send the reader to the page `job` then.

    `arguments` are JSON and hold no number. A message that is lost is sent again by the schedule.

    :raises KeyError: if there is no such kind
    :raises DeniedError: if the role may not
    """
    by, now = member(request), clock.read()
    with transaction.atomic():
        job = _made(owner=by, kind=kind, arguments=arguments or {}, now=now)
        note("job.started", request=request, obj=f"job:{job.pk}", data={"kind": kind})
    return job


@transaction.atomic
def start_for(
    *, owner: User, kind: str, arguments: Mapping[str, object], by: User, now: datetime
) -> Job:
    """Put one job in the queue for whoever asked for it, as somebody else has agreed.

    :raises KeyError: if there is no such kind
    :raises DeniedError: if its owner's role may not, or the account is closed
    """
    job = _made(owner=owner, kind=kind, arguments=arguments, now=now)
    audit.record(
        "job.started",
        obj=f"job:{job.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={"kind": kind, "for": f"u:{owner.pk}"},
    )
    return job


def _made(*, owner: User, kind: str, arguments: Mapping[str, object], now: datetime) -> Job:
    if owner.role not in KINDS[kind].roles or not owner.is_active:
        raise DeniedError(f"{owner} cannot start {kind}.")
    job = Job.objects.create(kind=kind, arguments=dict(arguments), owner=owner, started_at=now)
    _send(job.pk)
    return job


def start_again(request: HttpRequest, *, job: Job) -> bool:
    """Put a job that failed or was killed in the queue again; False if it is in no such state."""
    with transaction.atomic():
        ended = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.STOPPED])
        again = ended.update(
            state=Job.State.WAITING, ended_at=None, words_zh="", words_en="", result=""
        )
        if again:
            note("job.started", request=request, obj=f"job:{job.pk}", data={"kind": job.kind})
            _send(job.pk)
    return again == 1


def run(job_id: UUID) -> None:
    """Do one job, unless another worker has it or it is done; any failure is kept in words."""
    with at_work(job_id) as mine:
        waiting = Job.objects.filter(pk=job_id, state=Job.State.WAITING)
        if not mine or waiting.update(state=Job.State.RUNNING, tries=F("tries") + 1) != 1:
            return
        _do(Job.objects.get(pk=job_id))


def _do(job: Job) -> None:
    try:
        made = KINDS[job.kind].run(job, Reporter(job.pk))
    except JobFailedError as error:
        _end(job, Job.State.FAILED, Result(zh=error.zh, en=error.en))
    except Exception:  # whatever broke, whoever waits is told
        log.exception("job %s (%s) failed", job.pk, job.kind)
        _end(job, Job.State.FAILED, Result(zh=BROKEN[0], en=BROKEN[1]))
    else:
        _end(job, Job.State.DONE, made)


def sweep() -> None:
    """Tell of every job whose worker was killed, and send for those that nobody has taken."""
    for job in Job.objects.filter(state=Job.State.RUNNING):
        look_after(job)
    for job_id in Job.objects.filter(state=Job.State.WAITING).values_list("pk", flat=True):
        _send(job_id)


def look_after(job: Job) -> None:
    """Say that a running job has stopped, if no worker holds it any more."""
    if job.state == Job.State.RUNNING and not is_alive(job.pk):
        _end(job, Job.State.STOPPED, Result(zh=KILLED[0], en=KILLED[1]))
        job.refresh_from_db()


@transaction.atomic
def _end(job: Job, state: str, made: Result) -> None:
    now: datetime = clock.read()
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, tries=job.tries)
    ended = running.update(
        state=state,
        ended_at=now,
        words_zh=made.zh[:500],
        words_en=made.en[:500],
        result=made.url,
    )
    if ended == 1:
        audit.record(
            "job.ended",
            obj=f"job:{job.pk}",
            actor="svc:worker",
            now=now,
            outcome="ok" if state == Job.State.DONE else "error",
            data={"kind": job.kind, "state": str(state)},
        )


def _send(job_id: UUID) -> None:
    from console.tasks import job as task  # noqa: PLC0415 - the task runs what stands here

    transaction.on_commit(
        lambda: task.apply_async(kwargs={"job_id": str(job_id)}, expires=RESENT_SECONDS)
    )
