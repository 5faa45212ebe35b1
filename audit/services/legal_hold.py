"""Keep the entries of some days from being dropped, for a court or an inspection."""

from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from audit.models import AuditLegalHold
from audit.plain_numbers import without_numbers


class HoldError(Exception):
    """The hold cannot be placed or lifted as it was asked."""


@transaction.atomic(durable=True)
def hold_place(*, since: date, until: date, reason: str, by: str, now: datetime) -> AuditLegalHold:
    """Hold the entries of those days, both included.

    :raises HoldError: if nothing is said of why, or the days end before they begin
    """
    if not reason.strip() or until < since:
        raise HoldError("请写明原因和起止日期 / Say why, and from which day to which.")
    hold = AuditLegalHold.objects.create(
        since=since, until=until, reason=without_numbers(reason), placed_by=by, placed_at=now
    )
    audit.record(
        "legal_hold.placed",
        obj=f"legal_hold:{hold.pk}",
        actor=by,
        now=now,
        data={"since": since.isoformat(), "until": until.isoformat(), "reason": hold.reason},
    )
    return hold


@transaction.atomic(durable=True)
def hold_lift(*, hold_id: int, by: str, second: str, reason: str, now: datetime) -> None:
    """Lift a hold; two people do, never one.

    :raises HoldError: if it is one person, nothing is said of why, or no such hold stands
    """
    if by == second or not second:
        raise HoldError("解除须由两人 / Two people lift a hold, not one.")
    if not reason.strip():
        raise HoldError("请写明原因 / Say why it is lifted.")
    standing = AuditLegalHold.objects.filter(pk=hold_id, lifted_at=None)
    if standing.update(lifted_by=by, lifted_with=second, lifted_at=now) != 1:
        raise HoldError(f"没有生效中的保全 {hold_id} / No hold {hold_id} stands.")
    audit.record(
        "legal_hold.lifted",
        obj=f"legal_hold:{hold_id}",
        actor=by,
        now=now,
        data={"with": second, "reason": without_numbers(reason)},
    )
