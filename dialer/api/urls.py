"""The operations about dialling."""

from django.urls import path

from dialer.api.dial_requests import DialRequests
from dialer.api.dispositions import Dispositions

urlpatterns = [
    path("dial-requests", DialRequests.as_view(), name="api-dial-requests"),
    path("dispositions", Dispositions.as_view(), name="api-dispositions"),
]
