"""Records as somebody would write them past everything that watches: no void, no new epoch."""

from datetime import datetime, timedelta

from compliance.gate import claims_of
from compliance.models import (
    Consent,
    KillSwitch,
    LiftRequest,
    Permit,
    Person,
    Principal,
    Refusal,
    RefusalLift,
    Whitelist,
)
from compliance.permit_seal import sign
from tests.compliance.gate.attacker import unseen
from tests.parties import sha256
from tests.world import MORNING, World

YESTERDAY = MORNING - timedelta(days=1)


def write_refusal(
    person: Person,
    principal: Principal | None = None,
    *,
    industry: str = "",
    purpose: str = "",
    at: datetime = YESTERDAY,
) -> Refusal:
    """Write a refusal; without a principal it is one of every call."""
    with unseen():
        return Refusal.objects.create(
            person=person,
            principal=principal,
            industry=industry,
            everywhere=principal is None,
            purpose=purpose,
            source="web",
            evidence="x",
            recorded_at=at,
            recorded_by="x",
        )


def write_lift(world: World, refusal: Refusal, consent: Consent) -> RefusalLift:
    """Lift a refusal, whatever consent it is by."""
    people = world.people
    with unseen():
        request = LiftRequest.objects.create(
            refusal=refusal, consent=consent, requested_by=people.approver, requested_at=MORNING
        )
        return RefusalLift.objects.create(
            refusal=refusal,
            consent=consent,
            request=request,
            first_approver=people.approver,
            second_approver=people.owner,
            lifted_at=MORNING,
        )


def write_consent(
    person: Person, whitelist: Whitelist, *, given_at: datetime = YESTERDAY, **other: object
) -> Consent:
    """Write a consent."""
    given: dict[str, object] = {
        "person": person,
        "whitelist": whitelist,
        "basis": "consent",
        "explicit": True,
        "text_shown_sha256": sha256("text"),
        "method": "web form",
        "evidence_sha256": sha256(f"{person.pk} {whitelist.pk} {given_at}"),
        "ai_allowed": False,
        "given_at": given_at,
        "recorded_at": MORNING,
    }
    with unseen():
        return Consent.objects.create(**{**given, **other})


def withdraw_unseen(consent: Consent) -> None:
    """Withdraw a consent without anybody noticing."""
    with unseen():
        Consent.objects.filter(pk=consent.pk).update(withdrawn_at=MORNING)


def write_switch(scope: str, target: str = "") -> KillSwitch:
    """Engage a kill switch without a new epoch."""
    with unseen():
        return KillSwitch.objects.create(
            scope=scope, target=target, reason="x", engaged_by="x", engaged_at=MORNING
        )


def sign_again(permit: Permit, **changes: object) -> None:
    """Change a permit and have the gate itself sign it: a gate that has gone wrong."""
    for name, value in changes.items():
        setattr(permit, name, value)
    permit.signature = sign(claims_of(permit, callee=bytes(permit.person.number_index).hex()))
    with unseen():
        permit.save(update_fields=[*changes, "signature"])
