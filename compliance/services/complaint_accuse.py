"""Say whom a complaint is about; from then on they take no part in it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from audit import record as audit
from compliance.models import (
    AccountTie,
    CampaignFiling,
    Complaint,
    ComplaintAccused,
    Permit,
    Principal,
    Seat,
    User,
)
from compliance.rulebook.facts import ATTEMPT_DAYS
from compliance.selectors.complaints import complaints_for

LOOK_BACK = timedelta(days=ATTEMPT_DAYS)  # of calls that nobody named one by one


def accuse_by_calls(*, complaint: Complaint, permit_id: UUID | None, now: datetime) -> None:
    """Accuse whoever placed the call; if nobody says which one, whoever called the person lately.

    The caller's transaction holds the person's lock.
    """
    calls = Permit.objects.filter(person_id=complaint.person_id, redeemed_at__isnull=False)
    named = calls.filter(pk=permit_id) if permit_id else calls.none()
    chosen = named if named.exists() else calls.filter(redeemed_at__gt=now - LOOK_BACK)
    latest = {
        (call.seat_id, call.filing_id): call
        for call in chosen.select_related("seat__outlet", "filing").order_by("redeemed_at")
    }
    ComplaintAccused.objects.bulk_create(
        _by_call(complaint, call, now) for call in latest.values()
    )


def accuse_filing(*, complaint: Complaint, filing: CampaignFiling, now: datetime) -> None:
    """Accuse a campaign that the complainant named, unless one of its calls is accused already."""
    if complaint.accused.filter(filing=filing).exists():
        return
    ComplaintAccused.objects.create(
        complaint=complaint,
        filing=filing,
        trunk_id=filing.trunk_id,
        principal_id=filing.principal_id,
        named_at=now,
    )


class AccuseRefusedError(Exception):
    """Whoever names the accused is a compliance officer with no part in the case."""


def complaint_accuse(
    *,
    complaint: Complaint,
    by: User,
    now: datetime,
    seat: Seat | None = None,
    filing: CampaignFiling | None = None,
    principal: Principal | None = None,
) -> ComplaintAccused:
    """Add somebody whom the investigation found; nobody is ever taken off again.

    Naming others would keep them from the case, so the accused do not get to do it either.

    :raises AccuseRefusedError: if the account has a part in the case, or no such role; the attempt
        is on the record
    """
    mine = complaints_for(by).filter(pk=complaint.pk)
    if by.role != User.Role.COMPLIANCE or not mine.exists():
        with transaction.atomic(durable=True):
            audit.record(
                "complaint.access_denied",
                obj=f"complaint:{complaint.pk}",
                actor=f"u:{by.pk}",
                now=now,
                outcome="denied",
                data={"step": "accuse"},
            )
        raise AccuseRefusedError(f"{by} cannot say whom complaint {complaint.pk} is about.")
    return _accuse(complaint, by, now, seat=seat, filing=filing, principal=principal)


@transaction.atomic
def _accuse(
    complaint: Complaint,
    by: User,
    now: datetime,
    *,
    seat: Seat | None,
    filing: CampaignFiling | None,
    principal: Principal | None,
) -> ComplaintAccused:
    accused = ComplaintAccused.objects.create(
        complaint=complaint,
        seat=seat,
        agent_id=None if seat is None else seat.agent_id,
        outlet="" if seat is None else outlet_of(seat),
        filing=filing,
        trunk_id=None if filing is None else filing.trunk_id,
        principal=principal or (None if filing is None else filing.principal),
        named_at=now,
    )
    audit.record(
        "complaint.accused",
        obj=f"complaint:{complaint.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={
            "seat": accused.seat_id or 0,
            "filing": accused.filing_id or 0,
            "principal": accused.principal_id or 0,
        },
    )
    return accused


@transaction.atomic
def account_tie(
    *, user: User, actor: str, now: datetime, outlet: str = "", principal: Principal | None = None
) -> AccountTie:
    """Declare that an account belongs to an outlet or a principal; that is never undone."""
    tie = AccountTie.objects.create(
        user=user, outlet=outlet, principal=principal, declared_at=now, declared_by=actor
    )
    audit.record(
        "account.tied",
        obj=f"u:{user.pk}",
        actor=actor,
        now=now,
        data={"outlet": outlet, "principal": 0 if principal is None else principal.pk},
    )
    return tie


def outlet_of(seat: Seat) -> str:
    """Return the code of the seat's outlet."""
    return seat.outlet.code


def _by_call(complaint: Complaint, call: Permit, now: datetime) -> ComplaintAccused:
    return ComplaintAccused(
        complaint=complaint,
        permit=call,
        seat_id=call.seat_id,
        agent_id=call.seat.agent_id,
        outlet=outlet_of(call.seat),
        filing_id=call.filing_id,
        trunk_id=call.trunk_id,
        principal_id=call.filing.principal_id,
        named_at=now,
    )
