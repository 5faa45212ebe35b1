"""Whether the second factor of this session was shown, for the length of a shift.

A session says who was verified, by what and when. Only `verify` and, on a demo's own machine,
`verify_for_demo` can say so; a demo's session counts there alone, and is told as one.
"""

import base64
from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from compliance import clock
from compliance.models import User
from compliance.services.first_password import first_password_stands
from console.demo_accounts import is_demo_at_home
from console.models import SecondFactor
from console.trail import note
from console.witnesses import witness_needed

SHIFT = timedelta(seconds=settings.SESSION_COOKIE_AGE)
SESSION = "second_factor"  # {"by": "totp" or "demo", "id": key of the factor, "at": unix seconds}
KNOWN = "yunhu.verified"  # asked once a request; no header can be called so
ISSUER = "允呼 Yunhu"


def is_verified(request: HttpRequest) -> bool:
    """Return whether the person at this session has shown their second factor this shift."""
    known = request.META.get(KNOWN)
    if known is None:
        known = request.META[KNOWN] = request.user.is_authenticated and _asked(request)
    return bool(known)


def _asked(request: HttpRequest) -> bool:
    said = request.session.get(SESSION)
    if not isinstance(said, dict) or not _in_shift(said):
        return False
    if said["by"] == "demo":
        return is_demo_at_home(request)
    shown = SecondFactor.objects.filter(pk=said["id"], user=request.user.pk)
    return bool(shown.filter(confirmed_at__isnull=False, unwitnessed=False).exists())


def waits_for_witness(request: HttpRequest) -> SecondFactor | None:
    """Return the factor that this session has shown, and that nobody has confirmed yet."""
    said = request.session.get(SESSION)
    if not isinstance(said, dict) or not _in_shift(said):
        return None
    waiting = SecondFactor.objects.filter(pk=said["id"], user=request.user.pk, unwitnessed=True)
    found: SecondFactor | None = waiting.first()
    return found


def verified_by_demo(request: HttpRequest) -> bool:
    """Return whether this session is a demo's, which has shown nothing."""
    said = request.session.get(SESSION)
    return isinstance(said, dict) and said.get("by") == "demo"


def verify(request: HttpRequest, *, user: User, code: str) -> bool:
    """Take a code for this session; a person's first one confirms their new factor.

    A new one may still have to be witnessed, and until then the session is not verified. Nothing
    is right while the account's password is one that somebody else gave it. Both what is right and
    what is wrong goes on the record; the code does not.
    """
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        own = not first_password_stands(user)  # whoever gave the password is not its owner
        right = factor is not None and own and factor.verify(code.replace(" ", ""))
        if factor is None or not right:
            note("user.factor_failed", request=request, obj=f"u:{user.pk}", outcome="denied")
            return False
        if factor.confirmed_at is None:
            factor.confirmed_at = clock.host_now()
            factor.unwitnessed = witness_needed(user)
            factor.save(update_fields=["confirmed_at", "unwitnessed"])
            note("user.factor_enrolled", request=request, obj=f"u:{user.pk}")
        note("user.factor_verified", request=request, obj=f"u:{user.pk}")
        _say(request, by="totp", factor_id=factor.pk)
    return True


def verify_for_demo(request: HttpRequest) -> None:
    """Let the session of a demo's one press pass for verified, on the demo's own machine alone.

    :raises PermissionError: anywhere else
    """
    if not is_demo_at_home(request):
        raise PermissionError("Only a demo on its own machine goes without a second factor.")
    _say(request, by="demo", factor_id=None)


def factor_to_enrol(user: User) -> SecondFactor:
    """Return the person's factor that waits for its first code; made if there is none."""
    factor: SecondFactor | None = SecondFactor.objects.filter(user=user).first()
    if factor is None:
        factor = SecondFactor.made_for(user.pk)
        factor.save()
    return factor


def otpauth_uri(user: User, factor: SecondFactor) -> str:
    """Return what the QR code tells the app."""
    label = quote(f"{ISSUER}:{user.username}")
    return f"otpauth://totp/{label}?secret={key_text(factor)}&issuer={quote(ISSUER)}"


def key_text(factor: SecondFactor) -> str:
    """Return the key as people type it."""
    return base64.b32encode(factor.key).decode()


def _say(request: HttpRequest, *, by: str, factor_id: int | None) -> None:
    at = clock.host_now().timestamp()
    request.session[SESSION] = {"by": by, "id": factor_id, "at": at}
    request.META.pop(KNOWN, None)


def _in_shift(said: dict[str, object]) -> bool:
    at = said.get("at")
    if not isinstance(at, float) or said.get("by") not in ("totp", "demo"):
        return False
    return 0 <= clock.host_now().timestamp() - at < SHIFT.total_seconds()
