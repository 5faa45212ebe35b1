"""What this system cannot do, and what an outsider needs to check it: verifier and tree head."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

import audit.verify
from audit.proofs import NotSealedError, Signed, newest_checkpoint
from console.public.cannot import cannot_rows

VERIFIER = Path(audit.verify.__file__)


@require_GET
def public_home(request: HttpRequest) -> HttpResponse:
    """Show the four things that anybody may do here."""
    return render(request, "console/public/home.html", {})


@require_GET
def public_cannot(request: HttpRequest) -> HttpResponse:
    """List what the software has been built not to be able to do."""
    return render(request, "console/public/cannot.html", {"rows": cannot_rows()})


@require_GET
def public_verifying(request: HttpRequest) -> HttpResponse:
    """Show the newest checkpoint, and where the verifier is."""
    return render(request, "console/public/verifying.html", {"signed": _signed()})


@require_GET
def public_checkpoint(request: HttpRequest) -> HttpResponse:
    """Give the newest signed checkpoint, as its exact bytes."""
    del request
    signed = _signed()
    if signed is None:
        return HttpResponse("No checkpoint is signed yet.\n", "text/plain", 404)
    return HttpResponse(signed.note, content_type="text/plain; charset=utf-8")


@require_GET
def public_verifier(request: HttpRequest) -> HttpResponse:
    """Give the verifier: one file, to be read before it is run."""
    del request
    response = HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify.py"'
    return response


def _signed() -> Signed | None:
    try:
        return newest_checkpoint()
    except NotSealedError:
        return None
