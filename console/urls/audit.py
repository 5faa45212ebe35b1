"""The pages of the audit trail."""

from django.urls import URLPattern

from console.access import page
from console.views.audit import bundles, entries, head, verify, wire

urlpatterns: list[URLPattern] = [
    page("audit/", head.audit_head, name="audit"),
    page("audit/checkpoint.txt", head.audit_checkpoint, name="audit_checkpoint"),
    page("audit/verify.py", head.audit_verifier, name="audit_verifier"),
    page("audit/verify/", verify.audit_verify, name="audit_verify"),
    page("audit/entries/", entries.audit_entries, name="audit_entries"),
    page("audit/entries/<int:entry_id>/", entries.audit_entry, name="audit_entry"),
    page("audit/entries/<int:entry_id>/proof.txt", entries.audit_proof, name="audit_proof"),
    page("audit/export/", bundles.audit_export, name="audit_export"),
    page("audit/bundles/<uuid:job_id>/", bundles.audit_bundle, name="audit_bundle"),
    page("wire/", wire.wire, name="wire"),
    page("wire/<slug:hour>/", wire.wire_hour, name="wire_hour"),
]
