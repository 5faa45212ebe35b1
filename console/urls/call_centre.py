"""The call centre's pages."""

from django.urls import URLPattern

from console.access import page
from console.views import live
from console.views.call_centre import campaigns, lists, today, uploads, wizard

urlpatterns: list[URLPattern] = [
    page("today/", today.today, name="today"),
    page("today/clocks/", today.today_clocks, name="today_clocks"),
    page("live/", live.live, name="live"),
    page("live/events/", live.live_events, name="live_events"),
    page("campaigns/", campaigns.campaigns, name="campaigns"),
    page("campaigns/new/", campaigns.campaign_new, name="campaign_new"),
    page(
        "campaigns/drafts/<int:draft_id>/discard/",
        campaigns.campaign_discard,
        name="campaign_discard",
    ),
    page(
        "campaigns/drafts/<int:draft_id>/<slug:step>/",
        wizard.campaign_draft,
        name="campaign_draft",
    ),
    page("campaigns/<int:filing_id>/check/run/", campaigns.campaign_check, name="campaign_check"),
    page("campaigns/<int:filing_id>/ask/", campaigns.campaign_ask, name="campaign_ask"),
    page("campaigns/<int:filing_id>/pause/", campaigns.campaign_pause, name="campaign_pause"),
    page("campaigns/<int:filing_id>/resume/", campaigns.campaign_resume, name="campaign_resume"),
    page("campaigns/<int:filing_id>/<slug:step>/", wizard.campaign, name="campaign"),
    page("lists/", lists.lists, name="lists"),
    page("lists/<int:list_id>/", lists.one_list, name="list"),
    page("lists/<int:list_id>/hold/", lists.hold, name="list_hold"),
    page("lists/upload/", uploads.list_upload, name="list_upload"),
    page("lists/uploads/<int:upload_id>/", uploads.list_import, name="list_import"),
    page("lists/uploads/<int:upload_id>/columns/", uploads.list_columns, name="list_columns"),
    page(
        "lists/uploads/<int:upload_id>/state/",
        uploads.list_import_state,
        name="list_import_state",
    ),
    page("lists/uploads/<int:upload_id>/apply/", uploads.list_apply, name="list_apply"),
    page("lists/uploads/<int:upload_id>/discard/", uploads.list_discard, name="list_discard"),
    page("lists/uploads/<int:upload_id>/rejects/", uploads.list_rejects, name="list_rejects"),
]
