"""A mark that a browser keeps whoever logs in with it, so that two accounts in it are one person.

The browser holds a random value that no script can read; only its hash is ever stored. Logging
out leaves it where it is.
"""

import hashlib
import re
import secrets

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

AGE = 400 * 24 * 3600  # seconds; as long as browsers keep anything
_MARK = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_name() -> str:
    """Return the cookie's name; over https, one that only this host can set."""
    return "__Host-browser" if settings.SESSION_COOKIE_SECURE else "browser"


class BrowserMark(MiddlewareMixin):
    """Give every browser a mark with its first page."""

    def process_request(self, request: HttpRequest) -> None:
        """Read the mark, or make one."""
        kept = request.COOKIES.get(cookie_name(), "")
        known = _MARK.fullmatch(kept) is not None
        mark = kept if known else secrets.token_urlsafe(32)
        request.META["yunhu.browser"] = hashlib.sha256(mark.encode()).hexdigest()
        if not known:
            request.META["yunhu.browser.new"] = mark

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Send the mark to a browser that has none."""
        if (mark := request.META.get("yunhu.browser.new")) is not None:
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
