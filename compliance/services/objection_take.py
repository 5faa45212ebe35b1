"""What a person says on the public page, once the number is shown to be theirs."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from audit import record as audit
from audit.receipts.receipt import Receipt
from audit.receipts.written import receipt_of
from compliance.models import Complaint, NumberProof, Person, Principal, Refusal
from compliance.models.words import RefusalSource
from compliance.numbers import Number, normalise
from compliance.services.complaint_open import Intake, Opened, complaint_open
from compliance.services.number_proof_begin import ACTOR, code_digest
from compliance.services.person_for_number import person_for_number
from compliance.services.refusal_record import refusal_write
from compliance.vault import unseal

MOST_TRIES = 5


class WrongCodeError(Exception):
    """The code is not the one that was sent; `left` tries remain."""

    def __init__(self, left: int) -> None:
        """Say how many tries are left."""
        super().__init__(f"{left} tries are left.")
        self.left = left


class CodeOverError(Exception):
    """The code was used, has expired, was tried too often, or never was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the person wants."""

    principal: Principal | None = None  # whose calls to refuse; None: everybody's
    complain: bool = False
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """What was taken down, with a receipt of each entry in the audit trail."""

    refusal: Refusal
    person: Person
    opened: Opened | None
    receipts: tuple[Receipt, ...]


def objection_take(*, proof_id: UUID, code: str, wish: Wish, now: datetime) -> Objection:
    """Spend the code and take the refusal down, in one commit; then open the case, if wanted.

    Who complains has refused everybody's calls already when the case is opened, so that nothing
    which happens to the case can lose the refusal.

    :raises WrongCodeError: if it is not the code
    :raises CodeOverError: if no code is good for it any more
    """
    taken = _spend(proof_id, code, wish, now)
    if isinstance(taken, Exception):
        raise taken  # outside the transaction: the try has been counted
    refusal, number = taken
    receipts = [receipt_of("refusal.recorded", obj=f"refusal:{refusal.pk}")]
    opened = None
    if wish.complain:
        intake = Intake(channel=Complaint.Channel.WEB, summary=wish.summary)
        opened = complaint_open(number=number, intake=intake, actor=ACTOR, now=now)
        obj = f"complaint:{opened.complaint.pk}"
        receipts.append(receipt_of("complaint.opened", obj=obj))
    return Objection(
        refusal=refusal, person=refusal.person, opened=opened, receipts=tuple(receipts)
    )


@transaction.atomic(durable=True)
def _spend(
    proof_id: UUID, code: str, wish: Wish, now: datetime
) -> tuple[Refusal, Number] | WrongCodeError | CodeOverError:
    proof = NumberProof.objects.select_for_update().filter(pk=proof_id).first()
    if proof is None:
        return CodeOverError()
    if not _is_open(proof, now):
        _record("number_proof.failed", proof, now, outcome="denied", why="over")
        return CodeOverError()
    if not hmac.compare_digest(proof.code_digest, code_digest(proof=proof, code=code)):
        NumberProof.objects.filter(pk=proof.pk).update(tries=F("tries") + 1)
        _record("number_proof.failed", proof, now, outcome="denied", why="wrong")
        left = MOST_TRIES - proof.tries - 1
        return WrongCodeError(left) if left > 0 else CodeOverError()
    number = normalise(unseal(bytes(proof.number_sealed), bound_to=bytes(proof.number_index)))
    NumberProof.objects.filter(pk=proof.pk).update(used_at=now, number_sealed=b"")
    person = person_for_number(number=number, now=now)
    _record("number_proof.given", proof, now, person=person)
    refusal = refusal_write(
        person_id=person.pk,
        principal=None if wish.complain else wish.principal,
        source=RefusalSource.WEB,
        evidence=f"number_proof:{proof.pk}",
        actor=ACTOR,
        now=now,
    )
    return refusal, number


def _is_open(proof: NumberProof, now: datetime) -> bool:
    unused = proof.used_at is None and proof.sent_at is not None
    return unused and now < proof.expires_at and proof.tries < MOST_TRIES


def _record(
    action: str,
    proof: NumberProof,
    now: datetime,
    *,
    outcome: str = "ok",
    why: str = "",
    person: Person | None = None,
) -> None:
    data: dict[str, object] = {"why": why} if why else {}
    audit.record(
        action,
        obj=f"number_proof:{proof.pk}",
        actor=ACTOR,
        now=now,
        outcome=outcome,
        data=data if person is None else data | {"person": person.pk},
    )
