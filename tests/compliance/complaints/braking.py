"""What a brake does to calls, and the one way back, for tests."""

from datetime import datetime

from compliance.gate import PermitRefusal
from compliance.models import Resumption, Seat, Suspension, User
from compliance.services.suspension_resume import (
    corrective_report_approve,
    corrective_report_write,
    suspension_end,
)
from tests.world import ACTOR, MORNING, World, ask, callee


def rules(world: World, *, seat: Seat | None = None) -> tuple[str, ...]:
    """Return what objects to a call to somebody who has nothing against it."""
    answer = ask(world, callee(world, place=500), seat=seat)
    return answer.rules if isinstance(answer, PermitRefusal) else ()


def resume(
    suspension: Suspension, author: User, *approvers: User, now: datetime = MORNING
) -> Resumption:
    report = corrective_report_write(
        suspension=suspension, text="已停用该名单并再培训。", author=author, now=now
    )
    for approver in approvers:
        corrective_report_approve(report=report, approver=approver, now=now)
    return suspension_end(report=report, actor=ACTOR, now=now)
