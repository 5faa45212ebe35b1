"""The operations about dialling."""

from django.urls import path

from dialer.api.dial_requests import DialRequests

urlpatterns = [path("dial-requests", DialRequests.as_view(), name="api-dial-requests")]
