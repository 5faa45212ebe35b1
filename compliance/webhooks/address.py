"""Where messages may go: https anywhere, plain http to this machine alone."""

from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from compliance.api.problems import ProblemError
from compliance.models.api import LONGEST_ADDRESS
from compliance.numbers import Words

BAD = Words(
    "地址须为 https（本机可用 http），不含账号、片段。",
    "The address must be https (http on this machine), without an account or a fragment.",
)


def address(url: str) -> SplitResult:
    """Read a webhook's address.

    :raises ProblemError: if messages may not go there
    """
    try:
        parts = urlsplit(url)
        if _is_good(url, parts):
            return parts
    except ValueError:  # no address at all, such as a port beyond 65535
        pass
    raise ProblemError(HTTPStatus.BAD_REQUEST, "address_bad", BAD, {"field": "url"})


def _is_good(url: str, parts: SplitResult) -> bool:
    plain = url.isascii() and url.isprintable() and " " not in url
    if not plain or len(url) > LONGEST_ADDRESS or not parts.hostname or parts.port == 0:
        return False
    if parts.username is not None or parts.password is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_here(parts.hostname))


def is_here(host: str) -> bool:
    """Return whether the host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
