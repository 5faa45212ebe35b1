"""The Django application of the console layer."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Name the app and its key type."""

    name = "console"
    default_auto_field = "django.db.models.BigAutoField"
