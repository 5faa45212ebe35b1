"""The only way to the wire: a permit is spent once, or there is no call."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from audit import record as audit
from compliance.gate import claims_of
from compliance.locks import lock_number
from compliance.models import Permit
from compliance.models.refusal import BEYOND_EVERYWHERE
from compliance.permit_seal import is_genuine
from compliance.services.person_for_number import number_of

# CN13-REC-04: no book may bear more (its floor); a stricter one has been asked for the permit, at
# most ten seconds ago.
SEALING_STOP_SECONDS = 900
# Whoever refused, withdrew, paused or engaged a switch has voided the permit already or moved the
# epoch; the probes stand here a second time, so that no forgotten caller of ours can matter.
# Whether the trail is sealed moves no epoch: that probe stands for itself.
_SPEND = """
UPDATE compliance_permit p
   SET state = 'redeemed', redeemed_at = compliance_now()
  FROM compliance_campaignfiling f, compliance_consent c
 WHERE p.id = %(permit)s AND p.trunk_id = %(trunk)s AND p.state = 'issued'
   AND p.expires_at > compliance_now() AND p.issued_at <= compliance_now() + interval '1 second'
   AND p.expires_at <= p.issued_at + interval '10 seconds'
   AND p.epoch = (SELECT value FROM compliance_epoch)
   AND f.id = p.filing_id AND f.state = 'active'
   AND c.id = p.consent_id AND c.person_id = p.person_id AND c.withdrawn_at IS NULL
   AND (c.expires_at IS NULL OR c.expires_at > compliance_now())
   AND NOT EXISTS (SELECT 1 FROM compliance_refusal r WHERE r.person_id = p.person_id
        AND ((r.everywhere AND f.purpose <> %(beyond)s) OR r.principal_id = f.principal_id
             OR r.industry = f.industry)
        AND r.purpose IN ('', f.purpose)
        AND NOT EXISTS (SELECT 1 FROM compliance_refusallift l
             JOIN compliance_consent o ON o.id = l.consent_id
             JOIN compliance_whitelist a ON a.id = o.whitelist_id
             WHERE l.refusal_id = r.id AND o.withdrawn_at IS NULL
               AND (o.expires_at IS NULL OR o.expires_at > compliance_now())
               AND a.principal_id = f.principal_id AND a.purpose = f.purpose))
   AND EXISTS (SELECT 1 FROM audit_state s WHERE s.id = 1 AND s.stopped = ''
        AND s.sealed_until >= clock_timestamp() - make_interval(secs => %(sealing_stop)s))
   AND NOT EXISTS (SELECT 1 FROM compliance_killswitch k WHERE k.released_at IS NULL
        AND (k.scope = 'platform'
             OR (k.scope = 'principal' AND k.target = f.principal_id::text)
             OR (k.scope = 'industry' AND k.target = f.industry)
             OR (k.scope = 'province' AND EXISTS (SELECT 1 FROM compliance_person callee
                  WHERE callee.id = p.person_id
                    AND callee.provinces && ARRAY[k.target, 'CN-*']::varchar[]))))
RETURNING p.redeemed_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpentPermit:
    """What a line needs to place the one call, and nothing that it could alter."""

    permit_id: UUID
    filing_id: int
    person_id: int
    seat_id: int
    callee: str  # E.164
    caller_number: str
    redeemed_at: datetime


class PermitUnusableError(Exception):
    """The permit is unknown, spent, expired, voided, altered or overtaken; there is no call."""


def callee_of(permit_id: UUID) -> int:
    """Return the person whom the permit is for.

    :raises PermitUnusableError: if there is no such permit
    """
    person_id = Permit.objects.filter(pk=permit_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise PermitUnusableError(f"There is no permit {permit_id}.")
    return person_id


@transaction.atomic
def redeem(*, permit_id: UUID, trunk_id: int, actor: str, now: datetime) -> SpentPermit:
    """Spend a permit as the last step before the INVITE; commit before sending it.

    :raises PermitUnusableError: unless exactly this call spends the permit now
    """
    permit = _genuine(permit_id)
    lock_number(permit.person_id)
    with connection.cursor() as cursor:
        cursor.execute(
            _SPEND,
            {
                "permit": permit_id,
                "trunk": trunk_id,
                "beyond": BEYOND_EVERYWHERE,
                "sealing_stop": SEALING_STOP_SECONDS,
            },
        )
        rows = cursor.fetchall()
    if len(rows) != 1:
        raise PermitUnusableError(f"Permit {permit_id} cannot be used any more.")
    callee = number_of(permit.person)
    audit.record(
        "permit.redeemed",
        obj=f"permit:{permit_id}",
        actor=actor,
        now=now,
        data={"trunk": permit.trunk.code, "seat": permit.seat_id, "filing": permit.filing_id},
        # What a carrier's call records are compared with, by anybody to whom it is disclosed.
        pii={"callee": callee, "caller": permit.caller_number.number},
        subject=f"person:{permit.person_id}",
    )
    return SpentPermit(
        permit_id=permit_id,
        filing_id=permit.filing_id,
        person_id=permit.person_id,
        seat_id=permit.seat_id,
        callee=callee,
        caller_number=permit.caller_number.number,
        redeemed_at=rows[0][0],
    )


def _genuine(permit_id: UUID) -> Permit:
    permit = (
        Permit.objects.select_related("decision", "person", "trunk", "caller_number")
        .filter(pk=permit_id)
        .first()
    )
    if permit is None:
        raise PermitUnusableError(f"There is no permit {permit_id}.")
    claims = claims_of(permit, callee=bytes(permit.person.number_index).hex())
    if not is_genuine(claims, bytes(permit.signature)):
        raise PermitUnusableError(f"Permit {permit_id} is not what the gate signed.")
    return permit
