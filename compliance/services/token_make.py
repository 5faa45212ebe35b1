"""Give an account a token for the API: shown once, stored as a digest, and it expires."""

from datetime import datetime, timedelta

from django.db import transaction
from knox.models import AuthToken

from audit import record as audit
from compliance.models import User

MOST_HOURS = 24 * 90


class TokenRefusedError(Exception):
    """The account is closed, or the token would live too long."""


@transaction.atomic
def token_make(*, user: User, hours: int, actor: str, now: datetime) -> str:
    """Return a new token; nobody can ever show it again.

    :raises TokenRefusedError: if the account is closed, or `hours` is out of bounds
    """
    if not user.is_active or not 1 <= hours <= MOST_HOURS:
        raise TokenRefusedError(f"{user.username}, {hours} h")
    stored, token = AuthToken.objects.create(user=user, expiry=timedelta(hours=hours))
    audit.record(
        "token.made",
        obj=f"u:{user.pk}",
        actor=actor,
        now=now,
        data={"through": "api_token", "token": stored.token_key, "hours": hours},
    )
    return str(token)
