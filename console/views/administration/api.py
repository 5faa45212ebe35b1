"""The API's document as a page, with the files of drf-spectacular-sidecar."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def api_document(request: HttpRequest) -> HttpResponse:
    """Show it."""
    return render(request, "console/administration/api_document.html")
