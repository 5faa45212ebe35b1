"""How often one address may ask the pages without an account for something that takes work."""

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle

from console.trail import address_of


class PublicThrottle(SimpleRateThrottle):
    """Counts by address. Refusals are counted in the database instead, and need no other store."""

    scope = "public"
    rate = "30/min"

    def __init__(self, request: HttpRequest) -> None:
        """Count for whoever asks."""
        super().__init__()
        self._key = self.cache_format % {"scope": self.scope, "ident": address_of(request)}

    def get_cache_key(self, *_: object) -> str:
        """Return what is counted."""
        return self._key

    def allows(self) -> bool:
        """Count one request. Return False if it is one too many."""
        return bool(self.allow_request(None, None))  # type: ignore[arg-type]  # reads the key alone
