"""The operations about dialling."""

from django.urls import path

from dialer.api import records
from dialer.api.dial_requests import DialRequests
from dialer.api.dispositions import Dispositions
from dialer.api.leads_import import LeadsImported

urlpatterns = [
    path("dial-requests", DialRequests.as_view(), name="api-dial-requests"),
    path("dial-requests/<uuid:permit>", records.DialRequest.as_view(), name="api-dial-request"),
    path("dispositions", Dispositions.as_view(), name="api-dispositions"),
    path("leads", records.Leads.as_view(), name="api-leads"),
    path("leads/import", LeadsImported.as_view(), name="api-leads-import"),
    path("attempts", records.Attempts.as_view(), name="api-attempts"),
    path("attempts/<whole:attempt>", records.OneAttempt.as_view(), name="api-attempt"),
]
