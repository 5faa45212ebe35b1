"""The pages that need no account; they are the open set of the matrix."""

from django.urls import URLPattern

from console.access import page
from console.views.public import about, objection, receipts

urlpatterns: list[URLPattern] = [
    page("public/", about.public_home, name="public_home"),
    page("public/refuse/", objection.public_refuse, name="public_refuse"),
    page("public/confirm/", objection.public_confirm, name="public_confirm"),
    page("public/receipt/", receipts.public_receipt, name="public_receipt"),
    page("public/receipt/check/", receipts.public_receipt_check, name="public_receipt_check"),
    page("public/receipt/bundle/", receipts.public_receipt_bundle, name="public_receipt_bundle"),
    page("public/cannot/", about.public_cannot, name="public_cannot"),
    page("public/verifying/", about.public_verifying, name="public_verifying"),
    page("public/verifying/checkpoint", about.public_checkpoint, name="public_checkpoint"),
    page("public/verifying/verify.py", about.public_verifier, name="public_verifier"),
]
