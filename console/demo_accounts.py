"""The accounts that a demo offers on its log-in page, and when it may."""

from ipaddress import ip_address

from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.http.request import split_domain_port

from compliance.models import DemoClock, User
from console.trail import address_of

ACCOUNTS = ("supervisor", "compliance", "agent01", "owner", "regulator")
HOME = frozenset({"localhost", "127.0.0.1", "[::1]"})
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


def demo_accounts() -> QuerySet[User]:
    """Return the demo's accounts, the one to begin with first."""
    order = [When(username=name, then=Value(place)) for place, name in enumerate(ACCOUNTS)]
    return User.objects.filter(username__in=ACCOUNTS, is_active=True).order_by(Case(*order))


def is_demo_at_home(request: HttpRequest) -> bool:
    """Return whether this database runs on a demo clock and the browser is on this machine.

    The database refuses a demo clock beside a trunk to a real carrier. A request that somebody
    passed on, or that names another host, is not from here.
    """
    host, _ = split_domain_port(request.get_host())
    passed_on = any(name in request.headers for name in FORWARDED)
    if passed_on or host not in HOME or not _is_loopback(address_of(request)):
        return False
    return DemoClock.objects.exists()


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
