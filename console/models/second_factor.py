"""The second factor of a person: an authenticator whose key is sealed, throttled by django-otp."""

import os

from django.db import models
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from compliance import clock
from compliance.vault import seal_bytes, unseal_bytes

KEY_BYTES = 20  # RFC 4226 4: 160 bits
STEP_SECONDS = 30
DIGITS = 6
TOLERANCE = 1  # steps before and after: a telephone's clock is off by some seconds


class SecondFactor(ThrottlingMixin, Device):  # type: ignore[misc]  # it has no types
    """An authenticator app, by time (RFC 6238); a failure doubles the wait for the next try."""

    name = confirmed = None  # of the library's device: `confirmed_at` says more
    user = models.OneToOneField(
        "compliance.User", on_delete=models.CASCADE, related_name="second_factor"
    )
    sealed_key = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)  # host's clock; before, it verifies nobody
    unwitnessed = models.BooleanField(default=False)  # until somebody has seen who enrolled it
    last_step = models.BigIntegerField(default=-1)  # the same code is never taken twice

    def __str__(self) -> str:
        return f"second factor {self.pk}"

    @classmethod
    def made_for(cls, user_id: int) -> "SecondFactor":
        """Return a new one, not stored and not confirmed."""
        sealed = seal_bytes(os.urandom(KEY_BYTES), bound_to=_binding(user_id))
        return cls(user_id=user_id, sealed_key=sealed)

    @property
    def key(self) -> bytes:
        """The secret that it shares with the app.

        :raises SealBrokenError: if the row is another's, or was altered
        """
        return unseal_bytes(bytes(self.sealed_key), bound_to=_binding(self.user_id))

    def verify(self, code: str) -> bool:
        """Return whether the app shows this code now; hold the row's lock.

        It goes by the host's clock, as the telephone does, whatever a demo's clock states.
        """
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        totp = TOTP(self.key, STEP_SECONDS, 0, DIGITS)
        totp.time = clock.host_now().timestamp()
        shaped = len(code) == DIGITS and code.isascii() and code.isdecimal()
        if not (shaped and totp.verify(int(code), TOLERANCE, self.last_step + 1)):
            self.throttle_increment(commit=True)
            return False
        self.last_step = totp.t()
        self.throttle_reset(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> float:
        """Return the seconds to wait after the first failure."""
        return 1.0


def _binding(user_id: int) -> bytes:
    return f"second-factor:{user_id}".encode()
