"""Add consents to a whitelist, each with its evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from audit import record as audit
from compliance.models import Consent, Whitelist

BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """One consent as somebody gave it."""

    person_id: int
    basis: str
    text_shown_sha256: str
    method: str
    evidence_sha256: str
    ai_allowed: bool
    given_at: datetime
    expires_at: datetime | None
    policy_ends_on: date | None = None  # the insurance that may be offered for renewal
    sensitive_allowed: bool = False  # separate consent to sensitive personal information
    request_event: str = ""  # by which the person asked to be called back now


@transaction.atomic
def consents_record(
    *, whitelist: Whitelist, given: Sequence[ConsentGiven], actor: str, now: datetime
) -> int:
    """Add consents that are not there yet, one whitelist version up. Return how many were new.

    The whitelist is held meanwhile: a sample speaks for what is there, and for nothing under way.
    """
    Whitelist.objects.select_for_update(no_key=True).get(pk=whitelist.pk)
    before = whitelist.consents.count()
    Consent.objects.bulk_create(
        [_consent(whitelist, one, now) for one in given],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    added = whitelist.consents.count() - before
    if added == 0:
        return 0
    Whitelist.objects.filter(pk=whitelist.pk).update(version=F("version") + 1)
    whitelist.refresh_from_db()
    audit.record(
        "consent.recorded",
        obj=f"whitelist:{whitelist.pk}",
        actor=actor,
        now=now,
        data={"added": added, "offered": len(given), "version": whitelist.version},
    )
    return added


def _consent(whitelist: Whitelist, one: ConsentGiven, now: datetime) -> Consent:
    return Consent(
        person_id=one.person_id,
        whitelist=whitelist,
        basis=one.basis,
        explicit=True,
        text_shown_sha256=one.text_shown_sha256,
        method=one.method,
        evidence_sha256=one.evidence_sha256,
        ai_allowed=one.ai_allowed,
        sensitive_allowed=one.sensitive_allowed,
        request_event=one.request_event,
        given_at=one.given_at,
        expires_at=one.expires_at,
        policy_ends_on=one.policy_ends_on,
        recorded_at=now,
    )
