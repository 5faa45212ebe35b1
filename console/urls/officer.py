"""The compliance officer's pages about calls and people."""

from django.urls import URLPattern

from console.access import page
from console.views import decision, decisions, recording

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
]
