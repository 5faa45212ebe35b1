"""The passport of a permit: made by the process that asked the gate, checked at the edges.

It is made after the gate's commit and outside of its transaction. The private half of the key
belongs to whoever may ask the gate; line processes and edges have the public half only.
"""

from datetime import datetime
from uuid import UUID

from audit.curve_keys import curve_private_key, curve_public_key
from compliance import clock
from compliance.models import Permit
from compliance.passport_form import Passport, read, write
from compliance.services.person_for_number import number_of

KEY = "passport"


class NoSuchPermitError(Exception):
    """There is no permit with that id that could still be used."""


def passport_for(permit_id: UUID) -> str:
    """Return the value of the Identity header that lets the permit's one call leave.

    Its `iat` is the permit's issue as the host's clock showed it: edges know no stated clock.
    Fractions of a second are cut off, so that it never outlives the permit.

    :raises NoSuchPermitError: if the permit is unknown, spent or void
    """
    rows = Permit.objects.select_related("person", "trunk", "caller_number", "decision")
    permit = rows.filter(pk=permit_id, state=Permit.State.ISSUED).first()
    if permit is None:
        raise NoSuchPermitError(f"There is no permit {permit_id} that waits for its call.")
    return write(
        Passport(
            permit=str(permit.pk),
            rulebook=permit.decision.book_digest,
            trunk=permit.trunk.code,
            orig=permit.caller_number.number.removeprefix("+"),
            dest=number_of(permit.person).removeprefix("+"),
            issued_at=clock.on_the_wire(permit.issued_at).replace(microsecond=0),
        ),
        key=curve_private_key(KEY),
    )


def passport_check(identity: str, *, now: datetime) -> Passport:
    """Return what an Identity header lets leave at `now`, by the host's clock.

    :raises PassportError: unless it is genuine and at most ten seconds old
    """
    return read(identity, key=curve_public_key(KEY), now=now)
