"""The compliance officer's pages about calls and people."""

from django.urls import URLPattern

from console.access import page
from console.views import decision, decisions, recording
from console.views.officer import (
    bundle,
    complaint,
    complaint_packs,
    complaints,
    dossier,
    proof,
    refusals,
    reports,
    suspensions,
)

urlpatterns: list[URLPattern] = [
    page("decisions/", decisions.decisions, name="decisions"),
    page("decisions/by-number/", decisions.decisions_by_number, name="decisions_by_number"),
    page("decisions/<uuid:decision_id>/", decision.decision, name="decision"),
    page(
        "decisions/<uuid:decision_id>/findings/",
        decision.decision_findings,
        name="decision_findings",
    ),
    page("decisions/<uuid:decision_id>/facts/", decision.decision_facts, name="decision_facts"),
    page("decisions/<uuid:decision_id>/recording/", recording.recording, name="recording"),
    page(
        "decisions/<uuid:decision_id>/recording/<uuid:entry>/",
        recording.recording_heard,
        name="recording_heard",
    ),
    page(
        "decisions/<uuid:decision_id>/recording/<uuid:entry>/audio.wav",
        recording.recording_audio,
        name="recording_audio",
    ),
    page("dossiers/", dossier.dossiers, name="dossiers"),
    page("dossiers/<int:person_id>/", dossier.dossier, name="dossier"),
    page("dossiers/<int:person_id>/dossier.pdf", dossier.dossier_paper, name="dossier_paper"),
    page("dossiers/<int:person_id>/number/", dossier.dossier_reveal, name="dossier_reveal"),
    page("dossiers/<int:person_id>/bundle/", bundle.dossier_bundle, name="dossier_bundle"),
    page(
        "dossiers/bundles/<uuid:job_id>/", bundle.dossier_bundle_made, name="dossier_bundle_made"
    ),
    page(
        "dossiers/bundles/<uuid:job_id>/bundle.zip",
        bundle.dossier_bundle_file,
        name="dossier_bundle_file",
    ),
    page("proofs/<uuid:entry>/", proof.proof, name="proof"),
    page("proofs/<uuid:entry>/tlog-proof", proof.proof_file, name="proof_file"),
    page("complaints/", complaints.complaints, name="complaints"),
    page("complaints/new/", complaints.complaint_open_page, name="complaint_open"),
    page("complaints/<int:case>/", complaint.complaint, name="complaint"),
    page("complaints/<int:case>/step/", complaint.complaint_step_page, name="complaint_step"),
    page(
        "complaints/<int:case>/accused/", complaint.complaint_accuse_page, name="complaint_accuse"
    ),
    page("complaints/<int:case>/pack.zip", complaint_packs.complaint_pack, name="complaint_pack"),
    page(
        "complaints/packs/<uuid:job_id>/",
        complaint_packs.complaint_pack_made,
        name="complaint_pack_made",
    ),
    page(
        "complaints/packs/<uuid:job_id>/pack.zip",
        complaint_packs.complaint_pack_file,
        name="complaint_pack_file",
    ),
    page("refusals/heard/", refusals.refusal_inbox, name="refusal_inbox"),
    page("refusals/<int:refusal_id>/", refusals.refusal, name="refusal"),
    page("refusals/<int:refusal_id>/lift/", refusals.refusal_lift, name="refusal_lift"),
    page("suspensions/", suspensions.suspensions, name="suspensions"),
    page("suspensions/<int:suspension_id>/", suspensions.suspension, name="suspension"),
    page(
        "suspensions/<int:suspension_id>/report/",
        suspensions.suspension_report,
        name="suspension_report",
    ),
    page("reports/", reports.daily_reports, name="daily_reports"),
    page("reports/make/", reports.daily_report_make_page, name="daily_report_make"),
    page("reports/<int:report_id>/", reports.daily_report, name="daily_report"),
    page(
        "reports/<int:report_id>/report.pdf", reports.daily_report_paper, name="daily_report_paper"
    ),
    page(
        "reports/<int:report_id>/report.json", reports.daily_report_file, name="daily_report_file"
    ),
]
