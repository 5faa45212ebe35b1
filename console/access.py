"""Open to each role the pages that the matrix gives it; no page outside it can have a URL."""

from collections.abc import Callable, Mapping
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

from compliance.models import User
from console.asked import person_from
from console.matrix import MATRIX, OPEN, ROWS, SHOWS_PEOPLE
from console.second_factor import is_verified
from console.trail import note

View = Callable[..., HttpResponseBase]


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
            return _first(request, "console:log_in")
        if not (ROWS[name].before_factor or is_verified(request)):
            return _first(request, "console:factor")
        if not may(request.user, name):
            note("access.denied", request=request, obj=f"page:{name}", outcome="denied")
            raise PermissionDenied
        if name in SHOWS_PEOPLE:
            _note_reading(request, name, captured)
        return view(request, **captured)

    guarded.open_to = roles  # type: ignore[attr-defined]
    return guarded


def _note_reading(request: HttpRequest, name: str, captured: Mapping[str, object]) -> None:
    decision_id, person = captured.get("decision_id"), person_from(request.GET.get("person", ""))
    data: dict[str, object] = {"page": name}
    if person is not None:
        data["person"] = person
    if captured.get("person_id"):
        data["person"] = captured["person_id"]
    obj = f"decision:{decision_id}" if decision_id else f"page:{name}"
    if captured.get("case"):
        obj = f"complaint:{captured['case']}"
    note("records.read", request=request, obj=obj, data=data)


def _first(request: HttpRequest, page_name: str) -> HttpResponseBase:
    """Send the reader to log in, or to show the second factor, and back here then."""
    first = reverse(page_name)
    if "HX-Request" in request.headers:  # a part of a page: the page itself has to go
        return HttpResponse(status=204, headers={"HX-Redirect": first})
    if request.method != "GET":
        return redirect_to_login(reverse("console:home"), first)
    return redirect_to_login(request.get_full_path(), first)
