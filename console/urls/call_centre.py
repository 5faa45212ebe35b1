"""The call centre's pages."""

from django.urls import URLPattern

from console.access import page
from console.views import live

urlpatterns: list[URLPattern] = [
    page("live/", live.live, name="live"),
    page("live/events/", live.live_events, name="live_events"),
]
