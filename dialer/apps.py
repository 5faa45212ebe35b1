"""The Django application of the dialer layer."""

from django.apps import AppConfig


class DialerConfig(AppConfig):
    """Name the app and its key type."""

    name = "dialer"
    default_auto_field = "django.db.models.BigAutoField"
