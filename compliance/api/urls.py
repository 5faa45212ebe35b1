"""The operations about who may be called."""

from django.urls import path

from compliance.api.can_i_call import CanICall

urlpatterns = [path("can-i-call", CanICall.as_view(), name="api-can-i-call")]
