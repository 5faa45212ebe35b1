"""The self-check of the page on health, step by step; what it found is kept."""

from django.db import transaction
from django.urls import reverse

from compliance import clock
from compliance.models import User
from console.health.check import steps, taken
from console.jobs.kind import Kind, Report, Result
from console.models import Job, SelfCheck


def run(job: Job, report: Report) -> Result:
    """Take every step, however the others went; a kill leaves nothing half."""
    found, every = [], steps()
    for place, step in enumerate(every):
        report(done=place, of=len(every), words=(step[0].zh, step[0].en))
        found.append(taken(step))
    wrong = sum(1 for one in found if not one.fine)
    with transaction.atomic():
        SelfCheck.objects.update_or_create(
            job=job,
            defaults={
                "found": [one.data() for one in found],
                "wrong": wrong,
                "made_at": clock.host_now(),
            },
        )
    return Result(
        zh=f"自检 {len(found)} 项，异常 {wrong} 项。",
        en=f"{len(found)} checks, {wrong} with findings.",
        url=reverse("console:health") + "#self-check",
    )


SELF_CHECK = Kind(
    code="self_check",
    zh="自检",
    en="Self-check",
    run=run,
    roles=frozenset({User.Role.ADMINISTRATOR, User.Role.COMPLIANCE}),
)
