"""A mark that a browser keeps whoever logs in with it, so that two accounts in it are one person.

The browser holds a random value that no script can read; only its hash is ever stored. Logging
out leaves it where it is.
"""

import hashlib
import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

AGE = 400 * 24 * 3600  # seconds; as long as browsers keep anything
_MARK = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_name() -> str:
    """Return the cookie's name; over https, one that only this host can set."""
    return "__Host-browser" if settings.SESSION_COOKIE_SECURE else "browser"


class BrowserMark:
    """Give every browser a mark with its first page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Wrap the rest of the application."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Read the mark, or make one and send it."""
        kept = request.COOKIES.get(cookie_name(), "")
        known = _MARK.fullmatch(kept) is not None
        mark = kept if known else secrets.token_urlsafe(32)
        request.META["yunhu.browser"] = hashlib.sha256(mark.encode()).hexdigest()
        response = self._get_response(request)
        if not known:
            response.set_cookie(
                cookie_name(),
                mark,
                max_age=AGE,
                httponly=True,
                samesite="Strict",
                secure=bool(settings.SESSION_COOKIE_SECURE),
            )
        return response


def browser_of(request: HttpRequest) -> str:
    """Return the hash of the browser's mark."""
    return str(request.META["yunhu.browser"])
