"""Who may open what: one matrix of views and roles; a view that is not in it cannot have a URL."""

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

from compliance.models import User
from console.trail import note

View = Callable[..., HttpResponseBase]

MOST_DIGITS = 10  # of a person's id in an address; nothing longer could be taken for a number

ADMINISTRATOR, COMPLIANCE = User.Role.ADMINISTRATOR, User.Role.COMPLIANCE
SUPERVISOR, AGENT, REGULATOR = User.Role.SUPERVISOR, User.Role.AGENT, User.Role.REGULATOR
EVERYBODY = frozenset(User.Role)
OVERSIGHT = frozenset({ADMINISTRATOR, COMPLIANCE, SUPERVISOR})

MATRIX: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "home": EVERYBODY,
        "log_out": EVERYBODY,
        "live": OVERSIGHT,
        "live_events": OVERSIGHT,
        "decisions": OVERSIGHT | {REGULATOR},
        "decision": OVERSIGHT | {REGULATOR},
        "decision_findings": OVERSIGHT | {REGULATOR},
        "decision_facts": frozenset({ADMINISTRATOR, COMPLIANCE}),
        "decisions_by_number": frozenset({ADMINISTRATOR, COMPLIANCE}),
        "seat": frozenset({AGENT}),
        "seat_state": frozenset({AGENT}),
        "seat_ready": frozenset({AGENT}),
        "seat_pause": frozenset({AGENT}),
    }
)
# What shows records about people: looking is on the record too, before anything is shown.
SHOWS_PEOPLE = frozenset(
    {
        *("live", "live_events", "seat"),
        *("decisions", "decision", "decision_findings", "decision_facts"),
    }
)
OPEN = frozenset({"log_in", "demo_log_in", "language"})  # before anybody has logged in


def page(route: str, view: View, *, name: str) -> URLPattern:
    """Return the URL of a view as the matrix opens it.

    :raises KeyError: if the matrix does not know the view
    """
    return path(route, view if name in OPEN else _guarded(view, name, MATRIX[name]), name=name)


def may(user: object, name: str) -> bool:
    """Return whether this person may open the view."""
    return isinstance(user, User) and user.is_active and user.role in MATRIX[name]


def member(request: HttpRequest) -> User:
    """Return who is logged in.

    :raises PermissionDenied: if nobody is
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _guarded(view: View, name: str, roles: frozenset[str]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, **captured: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _log_in_first(request)
        if not may(request.user, name):
            note("access.denied", request=request, obj=f"page:{name}", outcome="denied")
            raise PermissionDenied
        if name in SHOWS_PEOPLE:
            _note_reading(request, name, captured)
        return view(request, **captured)

    guarded.open_to = roles  # type: ignore[attr-defined]
    return guarded


def _note_reading(request: HttpRequest, name: str, captured: Mapping[str, object]) -> None:
    decision_id, person = captured.get("decision_id"), request.GET.get("person", "")
    data: dict[str, object] = {"page": name}
    if person.isascii() and person.isdecimal() and len(person) < MOST_DIGITS:
        data["person"] = int(person)
    obj = f"decision:{decision_id}" if decision_id else f"page:{name}"
    note("records.read", request=request, obj=obj, data=data)


def _log_in_first(request: HttpRequest) -> HttpResponseBase:
    log_in = reverse("console:log_in")
    if "HX-Request" in request.headers:  # a part of a page: the page itself has to go
        return HttpResponse(status=204, headers={"HX-Redirect": log_in})
    if request.method != "GET":
        return redirect_to_login(reverse("console:home"), log_in)
    return redirect_to_login(request.get_full_path(), log_in)
