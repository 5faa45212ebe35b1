"""The API alone, where the deployment puts it."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("compliance.api.urls")),
    path("api/", include("dialer.api.urls")),
]
