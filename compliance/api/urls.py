"""The operations about who may be called, and the records behind the answer."""

from django.urls import path

from compliance.api import (
    campaign_pause,
    campaigns,
    can_i_call,
    complaints,
    consents,
    decisions,
    openapi,
    parties,
    people,
    refusals,
    trail,
    webhooks,
    whole,  # noqa: F401 - registers a converter
)

urlpatterns = [
    path("openapi.json", openapi.OpenApi.as_view(), name="api-openapi"),
    path("can-i-call", can_i_call.CanICall.as_view(), name="api-can-i-call"),
    path("campaigns", campaigns.Campaigns.as_view(), name="api-campaigns"),
    path("campaigns/<slug:code>", campaigns.Campaign.as_view(), name="api-campaign"),
    path(
        "campaigns/<slug:code>/pause",
        campaign_pause.CampaignPause.as_view(),
        name="api-campaign-pause",
    ),
    path("people/find", people.PeopleFind.as_view(), name="api-people-find"),
    path("consents", consents.Consents.as_view(), name="api-consents"),
    path(
        "consents/<whole:consent>/withdraw",
        people.ConsentWithdraw.as_view(),
        name="api-consent-withdraw",
    ),
    path("refusals", refusals.Refusals.as_view(), name="api-refusals"),
    path("refusals/record", people.RefusalsRecord.as_view(), name="api-refusals-record"),
    path("parties", parties.Parties.as_view(), name="api-parties"),
    path("licences", parties.Licences.as_view(), name="api-licences"),
    path("decisions", decisions.Decisions.as_view(), name="api-decisions"),
    path("decisions/<uuid:decision>", decisions.OneDecision.as_view(), name="api-decision"),
    path("complaints", complaints.Complaints.as_view(), name="api-complaints"),
    path("complaints/open", people.ComplaintsOpen.as_view(), name="api-complaints-open"),
    path("audit/entries", trail.Entries.as_view(), name="api-audit-entries"),
    path("audit/entries/<whole:entry>/proof", trail.Proof.as_view(), name="api-audit-proof"),
    path("audit/checkpoint", trail.Checkpoint.as_view(), name="api-audit-checkpoint"),
    path("webhooks", webhooks.Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/make", webhooks.WebhookMake.as_view(), name="api-webhook-make"),
    path("webhooks/<uuid:webhook>/end", webhooks.WebhookEnd.as_view(), name="api-webhook-end"),
    path(
        "webhooks/<uuid:webhook>/deliveries",
        webhooks.Deliveries.as_view(),
        name="api-webhook-deliveries",
    ),
    path(
        "webhooks/deliveries/<uuid:delivery>/again",
        webhooks.DeliverAgain.as_view(),
        name="api-webhook-again",
    ),
]
