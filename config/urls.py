"""Every URL of the deployment."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("compliance.api.urls")),
    path("api/", include("dialer.api.urls")),
    path("", include("console.urls")),
]

handler400 = "console.views.errors.bad_request"
handler403 = "console.views.errors.denied"
handler404 = "console.views.errors.not_found"
handler500 = "console.views.errors.broken"
