"""Logging in and out, the language, and each role's first page."""

from django.urls import URLPattern
from django.views.i18n import set_language

from console.access import page
from console.views import home, log_in

urlpatterns: list[URLPattern] = [
    page("", home.home, name="home"),
    page("login/", log_in.LogIn.as_view(), name="log_in"),
    page("login/demo/", log_in.demo_log_in, name="demo_log_in"),
    page("logout/", log_in.log_out, name="log_out"),
    page("language/", set_language, name="language"),
]
