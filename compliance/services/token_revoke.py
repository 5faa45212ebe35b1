"""End tokens for the API before their time: one that leaked, or all that an account has."""

from datetime import datetime

from django.db import transaction
from knox.models import AuthToken

from audit import record as audit
from compliance.models import User


@transaction.atomic
def token_revoke(*, user: User, actor: str, now: datetime, token: str | None = None) -> int:
    """End all tokens of an account, or the one that is given; return how many there were.

    What a token has opened is over with its next request. Each is named on the trail by its first
    signs, as when it was made.
    """
    tokens = AuthToken.objects.filter(user=user)
    ended = [one for one in tokens if token is None or token.startswith(one.token_key)]
    for one in ended:
        one.delete()
        audit.record(
            "token.revoked",
            obj=f"u:{user.pk}",
            actor=actor,
            now=now,
            data={"token": one.token_key},
        )
    return len(ended)
