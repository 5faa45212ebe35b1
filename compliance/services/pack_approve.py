"""Approve a proposed edition of the pack: a second person, before the day it begins."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.books import logic_digest
from compliance.editions import edition_check, edition_in_force
from compliance.models import BookUse, PackEdition, User

APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class CannotApproveError(Exception):
    """Approval needs a second person with the role, an open proposal, and an instant to come."""


@transaction.atomic(durable=True)
def pack_approve(*, edition_id: int, approver: User, now: datetime) -> PackEdition:
    """Approve an edition; from its instant on it decides every call.

    :raises CannotApproveError: if it is too late, decided, overtaken, or the person may not
    :raises LooserError: if this release's floors are tighter by now
    """
    edition = PackEdition.objects.select_related("base").filter(pk=edition_id).first()
    if edition is None or edition.proposer_id is None:
        raise CannotApproveError(f"There is no proposal {edition_id}.")
    _check_person(edition, approver)
    if edition.effective_from < now:
        raise CannotApproveError("Its first instant has passed: propose it again.")
    if _overtaken(edition):
        raise CannotApproveError("Another edition was approved since: propose it again.")
    book = edition_check(edition)
    proposed = PackEdition.objects.filter(pk=edition.pk, approver=None)
    if proposed.update(approver=approver, approved_at=now) != 1:
        raise CannotApproveError(f"Proposal {edition.pk} was approved already.")
    BookUse.objects.get_or_create(
        book_digest=book.digest,
        defaults={"edition": edition, "logic_digest": logic_digest(), "first_used_at": now},
    )
    audit.record(
        "pack.approved",
        obj=f"edition:{edition.pk}",
        actor=f"u:{approver.pk}",
        now=now,
        data={
            "pack_sha256": edition.digest,
            "book_sha256": book.digest,
            "proposer": edition.proposer_id,
            "effective_from": edition.effective_from.isoformat(),
        },
    )
    edition.refresh_from_db()
    return edition


def _check_person(edition: PackEdition, approver: User) -> None:
    allowed = approver.role in APPROVERS and approver.is_active
    if not allowed or approver.pk == edition.proposer_id:
        raise CannotApproveError(f"{approver} cannot approve proposal {edition.pk}.")


def _overtaken(edition: PackEdition) -> bool:
    """Return whether an edition that it does not rest on stands before it, or comes after it."""
    before = edition_in_force(at=edition.effective_from)
    later = PackEdition.objects.filter(
        approved_at__isnull=False, effective_from__gt=edition.effective_from
    )
    rests = edition.base_id if edition.base and edition.base.proposer_id else None
    return later.exists() or (before.pk if before else None) != rests
