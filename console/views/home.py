"""The first page of each role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from console.access import may, member
from console.navigation import FIRST_PAGES


def home(request: HttpRequest) -> HttpResponse:
    """Send people to where their work is."""
    user = member(request)
    first = next(name for name in FIRST_PAGES if may(user, name))
    return redirect(f"console:{first}")
