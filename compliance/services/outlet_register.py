"""Register outlets, prove them on site, and review what links them with others."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.keepers import done_by, keepers_only
from compliance.models import Outlet, OutletReview, User
from compliance.vault import number_index, seal
from compliance.violators import refuse_violators

REVIEWERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


def outlet_register(
    *,
    code: str,
    name: str,
    address: str,
    province: str,
    company: str,
    credit_code: str,
    legal_person: str,
    actor: str,
    now: datetime,
    network: str = "",
) -> Outlet:
    """Register an outlet; its seats wait until somebody has inspected it.

    :raises NotAKeeperError: if the account may not
    :raises ViolatorError: if the company, its code, its legal person or the address is listed
    """
    keepers_only(actor)
    named = {
        "company": company,
        "credit_code": credit_code,
        "person": legal_person,
        "address": address,
    }
    refuse_violators(named=named, actor=actor, now=now)
    index = number_index(f"legal person:{legal_person}")
    with transaction.atomic():
        outlet = Outlet.objects.create(
            code=code,
            name=name,
            address=address,
            province=province,
            company=company,
            credit_code=credit_code,
            legal_person_index=index,
            legal_person_sealed=seal(legal_person, bound_to=index),
            network=network,
            registered_at=now,
        )
        audit.record(
            "outlet.registered",
            obj=f"outlet:{outlet.pk}",
            actor=actor,
            now=now,
            data={"code": code, "province": province, "seat_quota": outlet.seat_quota},
        )
    return outlet


@transaction.atomic
def outlet_inspect(
    *,
    outlet: Outlet,
    inspected_on: date,
    photo_sha256: str,
    lease_sha256: str,
    inspector: User,
    now: datetime,
) -> None:
    """Record what the inspector saw on site, by the digests of photograph and lease.

    :raises NotAKeeperError: if the account may not
    :raises NotYetError: if the day is still to come
    """
    keepers_only(f"u:{inspector.pk}")
    done_by(inspected_on, now=now)
    outlet.inspected_on = inspected_on
    outlet.inspected_by = inspector
    outlet.photo_sha256 = photo_sha256
    outlet.lease_sha256 = lease_sha256
    outlet.save(update_fields=["inspected_on", "inspected_by", "photo_sha256", "lease_sha256"])
    audit.record(
        "outlet.inspected",
        obj=f"outlet:{outlet.pk}",
        actor=f"u:{inspector.pk}",
        now=now,
        data={
            "inspected_on": inspected_on.isoformat(),
            "photo_sha256": photo_sha256,
            "lease_sha256": lease_sha256,
        },
    )


class NotReviewableError(Exception):
    """A review needs two people of compliance."""


@transaction.atomic
def outlet_review(
    *,
    outlet: Outlet,
    verdict: str,
    links: Sequence[str],
    reason: str,
    author: User,
    approver: User,
    now: datetime,
) -> OutletReview:
    """Hold an outlet, or explain exactly these links of it; a new link waits for a new review.

    :raises NotReviewableError: unless two different people of compliance review it
    """
    second = approver.pk != author.pk and author.is_active and approver.is_active
    if not second or not {author.role, approver.role} <= REVIEWERS:
        raise NotReviewableError(f"{author} and {approver} cannot review {outlet}.")
    review = OutletReview.objects.create(
        outlet=outlet,
        verdict=verdict,
        links=sorted(links),
        reason=reason,
        author=author,
        approver=approver,
        reviewed_at=now,
    )
    audit.record(
        "outlet.reviewed",
        obj=f"outlet:{outlet.pk}",
        actor=f"u:{approver.pk}",
        now=now,
        data={
            "verdict": verdict,
            "links": sorted(links),
            "author": author.pk,
            "reason": without_numbers(reason),
        },
    )
    return review
