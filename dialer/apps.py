"""The Django application of the dialer layer."""

from django.apps import AppConfig
from django.core.checks import register


class DialerConfig(AppConfig):
    """Name the app, its key type and its check."""

    name = "dialer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let `check --deploy` look at who can open recordings."""
        from dialer.deploy_check import recordings_key  # noqa: PLC0415 - needs the settings

        register(recordings_key, "security", deploy=True)
