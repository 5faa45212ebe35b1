"""The pages for what went wrong, each in both languages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400: the request makes no sense."""
    return render(request, "console/errors/400.html", status=400)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """403: the role may not."""
    return render(request, "console/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404: there is no such page or record."""
    return render(request, "console/errors/404.html", status=404)


def broken(_request: HttpRequest) -> HttpResponse:
    """500: something failed. The page asks for nothing that may be what failed."""
    return HttpResponse(render_to_string("console/errors/500.html"), status=500)
