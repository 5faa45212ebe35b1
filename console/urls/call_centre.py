"""The call centre's pages."""

from django.urls import URLPattern

from console.access import page
from console.views import live
from console.views.call_centre import lists, uploads

urlpatterns: list[URLPattern] = [
    page("live/", live.live, name="live"),
    page("live/events/", live.live_events, name="live_events"),
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
