"""Who has to have seen whose authenticator was enrolled, so that nobody enrols for two people.

Whoever gave an account its first password could log in with it before its owner does, enrol an
authenticator of their own, and then be the second person to what they ask for. So what was
enrolled counts once somebody else who decides has confirmed, at another browser, that it was the
account's owner.
"""

from audit.models import AuditEntry
from compliance.models import User
from compliance.services.account_admit import DECIDERS
from console.models import SecondFactor


def witness_needed(user: User) -> bool:
    """Return whether somebody has to confirm who enrolled the person's authenticator.

    Nobody has to for agents, who ask for nothing and decide nothing, nor while there is nobody who
    could: in a new house the first one has none. Whoever was closed since counts too, so that
    closing the others frees nobody.
    """
    if user.role == User.Role.AGENT:
        return False
    others = SecondFactor.objects.filter(
        confirmed_at__isnull=False,
        unwitnessed=False,
        user__role__in=DECIDERS,
    )
    return bool(others.exclude(user__in=[user.pk, *givers_of(user)]).exists())


def givers_of(user: User) -> frozenset[int]:
    """Return who ever gave the account a password, as the trail has it.

    Not the last one alone: whoever enrolled with the password that they gave could have somebody
    else give another, and then be the witness.
    """
    given = AuditEntry.objects.of("user.password_given").filter(object=f"u:{user.pk}")
    actors = given.values_list("actor", flat=True).distinct()
    return frozenset(int(actor.removeprefix("u:")) for actor in actors)
