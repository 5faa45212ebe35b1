"""Give an account a token for the API: shown once, kept as a digest, for named uses and a time."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from knox.models import AuthToken

from audit import record as audit
from compliance.api.scopes import SCOPES
from compliance.models import TokenScope, User

MOST_HOURS = 24 * 90


class TokenRefusedError(Exception):
    """The account is closed, the token would live too long, or is for nothing that there is."""


@transaction.atomic
def token_make(
    *, user: User, hours: int, scopes: Collection[str], actor: str, now: datetime
) -> str:
    """Return a new token; nobody can ever show it again.

    :raises TokenRefusedError: if the account is closed, `hours` is out of bounds, or a scope is
        unknown or none is given
    """
    wanted = sorted(set(scopes))
    good = wanted and set(wanted) <= set(SCOPES)
    if not user.is_active or not 1 <= hours <= MOST_HOURS or not good:
        raise TokenRefusedError(f"{user.username}, {hours} h, {wanted}")
    stored, token = AuthToken.objects.create(user=user, expiry=timedelta(hours=hours))
    TokenScope.objects.create(token=stored, scopes=wanted)
    audit.record(
        "token.made",
        obj=f"u:{user.pk}",
        actor=actor,
        now=now,
        data={
            "through": "api_token",
            "token": stored.token_key,
            "hours": hours,
            "scopes": wanted,
        },
    )
    return str(token)
