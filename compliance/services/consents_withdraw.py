"""Take back every consent that a person gave a principal, or everybody, in one step."""

from datetime import datetime

from compliance.models import Consent, Person, Principal
from compliance.services.consent_withdraw import consent_withdraw


def consents_withdraw(
    *, person: Person, principal: Principal | None, actor: str, now: datetime
) -> int:
    """Withdraw them one by one, each in its own transaction; return how many stood until now."""
    standing = Consent.objects.standing().filter(person=person)
    if principal is not None:
        standing = standing.filter(whitelist__principal=principal)
    return sum(
        consent_withdraw(consent=consent, actor=actor, now=now)
        for consent in standing.order_by("pk")
    )
