"""The pages for what went wrong; they need neither a session nor a database."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request makes no sense."""
    return render(request, "console/errors/400.html", status=400)


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the role may not."""
    return render(request, "console/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is no such page or record."""
    return render(request, "console/errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: something failed; nothing was called because of it."""
    return render(request, "console/errors/500.html", status=500)
