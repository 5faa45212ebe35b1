"""The answers to what went wrong, in both languages: pages for people, problems for programs."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from compliance.api.problems import CONTENT_TYPE, TITLES, ProblemError, problem_data

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400: the request makes no sense."""
    return _answer(request, HTTPStatus.BAD_REQUEST)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """403: the role may not."""
    return _answer(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404: there is no such page or record."""
    return _answer(request, HTTPStatus.NOT_FOUND)


def broken(_request: HttpRequest) -> HttpResponse:
    """500: something failed. The page asks for nothing that may be what failed."""
    return HttpResponse(render_to_string("console/errors/500.html"), status=500)


def _answer(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    if request.path.startswith(API):
        code = status.name.lower()
        told = problem_data(ProblemError(status, code, TITLES[status]))
        return JsonResponse(told, status=status, content_type=CONTENT_TYPE)
    return render(request, f"console/errors/{status.value}.html", status=status)
