"""Record the papers that entitle: industry documents, and the operator's commitment letters."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from compliance.keepers import keepers_only
from compliance.models import (
    CallerNumber,
    CommitmentLetter,
    Operator,
    Principal,
    PrincipalDocument,
    User,
)


@transaction.atomic
def document_record(
    *,
    principal: Principal,
    kind: str,
    number: str,
    issuer: str,
    valid_from: date,
    valid_until: date,
    document_sha256: str,
    verified_by: User,
    now: datetime,
) -> PrincipalDocument:
    """Record an industry licence or filing of a principal, as `verified_by` saw it.

    :raises NotAKeeperError: if the account may not
    """
    keepers_only(f"u:{verified_by.pk}")
    document = PrincipalDocument.objects.create(
        principal=principal,
        kind=kind,
        number=number,
        issuer=issuer,
        valid_from=valid_from,
        valid_until=valid_until,
        document_sha256=document_sha256,
        verified_by=verified_by,
        recorded_at=now,
    )
    audit.record(
        "document.recorded",
        obj=f"document:{document.pk}",
        actor=f"u:{verified_by.pk}",
        now=now,
        data={
            "principal": principal.pk,
            "kind": kind,
            "valid_until": valid_until.isoformat(),
            "document_sha256": document_sha256,
        },
    )
    return document


class RevokedAlreadyError(Exception):
    """The paper was revoked before."""


@transaction.atomic
def document_revoke(
    *, document: PrincipalDocument, revoked_on: date, actor: str, now: datetime
) -> None:
    """Take a document out of use at once, for good; calls that need it stop at the commit.

    :raises RevokedAlreadyError: if it was revoked before
    """
    standing = PrincipalDocument.objects.filter(pk=document.pk, revoked_on=None)
    if standing.update(revoked_on=revoked_on) != 1:
        raise RevokedAlreadyError(f"Document {document.pk} was revoked before.")
    audit.record("document.revoked", obj=f"document:{document.pk}", actor=actor, now=now)


@transaction.atomic
def letter_record(
    *,
    operator: Operator,
    kind: str,
    numbers: Sequence[CallerNumber],
    signed_on: date,
    document_sha256: str,
    actor: str,
    now: datetime,
) -> CommitmentLetter:
    """Record a signed commitment letter; only the numbers that it lists may call out.

    :raises NotAKeeperError: if the account may not
    """
    keepers_only(actor)
    letter = CommitmentLetter.objects.create(
        operator=operator,
        kind=kind,
        signed_on=signed_on,
        document_sha256=document_sha256,
        recorded_at=now,
    )
    letter.numbers.set(numbers)
    audit.record(
        "caller_number.letter_recorded",
        obj=f"letter:{letter.pk}",
        actor=actor,
        now=now,
        data={
            "kind": kind,
            "caller_numbers": [number.pk for number in numbers],
            "document_sha256": document_sha256,
        },
    )
    return letter


@transaction.atomic
def letter_revoke(
    *, letter: CommitmentLetter, revoked_on: date, actor: str, now: datetime
) -> None:
    """Take a letter out of use at once, for good.

    :raises RevokedAlreadyError: if it was revoked before
    """
    standing = CommitmentLetter.objects.filter(pk=letter.pk, revoked_on=None)
    if standing.update(revoked_on=revoked_on) != 1:
        raise RevokedAlreadyError(f"Letter {letter.pk} was revoked before.")
    audit.record("caller_number.letter_revoked", obj=f"letter:{letter.pk}", actor=actor, now=now)
