"""Check a receipt against the trail, and take the proof home; only who holds it may ask."""

import io
import tempfile
import zipfile
from http import HTTPStatus
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from audit.exports.bundle import write_bundle
from audit.exports.selection import selected
from audit.receipts.receipt import Receipt, receipt_in
from audit.receipts.written import Checked, Standing, receipt_check
from console.public.throttle import PublicThrottle

LONGEST = 400  # signs of what may hold a receipt


@require_GET
def public_receipt(request: HttpRequest) -> HttpResponse:
    """Ask for a receipt."""
    return render(request, "console/public/receipt.html", {})


@require_POST
def public_receipt_check(request: HttpRequest) -> HttpResponse:
    """Say what the trail says to the receipt."""
    if not PublicThrottle(request).allows():
        return _page(request, {"busy": True}, HTTPStatus.TOO_MANY_REQUESTS)
    receipt = _receipt(request)
    if receipt is None:
        return _page(request, {"unread": True}, HTTPStatus.UNPROCESSABLE_ENTITY)
    checked = receipt_check(receipt)
    path = [one.hex() for one in checked.proof.path] if checked.proof else []
    return _page(
        request,
        {"receipt": receipt, "line": receipt.line(), "checked": checked, "path": path},
        HTTPStatus.OK,
    )


@require_POST
def public_receipt_bundle(request: HttpRequest) -> HttpResponse:
    """Give the entry with its proof, as a bundle that the verifier checks without us."""
    if not PublicThrottle(request).allows():
        return _page(request, {"busy": True}, HTTPStatus.TOO_MANY_REQUESTS)
    receipt = _receipt(request)
    checked = receipt_check(receipt) if receipt else Checked(standing=Standing.UNKNOWN)
    if receipt is None or checked.standing is not Standing.SEALED:
        return _page(request, {"unread": True}, HTTPStatus.UNPROCESSABLE_ENTITY)
    response = HttpResponse(_bundle(receipt, checked), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="receipt-{receipt.eid}.zip"'
    return response


def _page(request: HttpRequest, told: dict[str, object], status: HTTPStatus) -> HttpResponse:
    typed = request.POST.get("receipt", "")[:LONGEST]
    return render(request, "console/public/receipt.html", {"typed": typed} | told, status=status)


def _receipt(request: HttpRequest) -> Receipt | None:
    return receipt_in(request.POST.get("receipt", "")[:LONGEST])


def _bundle(receipt: Receipt, checked: Checked) -> bytes:
    assert checked.proof is not None  # noqa: S101 - it is sealed
    assert checked.signed is not None  # noqa: S101 - it is sealed
    selection = selected([checked.proof.index], about=f"receipt:{receipt.eid}")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_bundle(folder, selection=selection, signed=checked.signed, held=(), disclose=False)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.iterdir()):
                archive.write(file, file.name)
    return packed.getvalue()
