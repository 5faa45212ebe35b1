"""The Django application of the dialer layer."""

from django.apps import AppConfig
from django.core.checks import register


class DialerConfig(AppConfig):
    """Name the app, its key type and its check."""

    name = "dialer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let `check --deploy` look at who can open recordings, and who can sign."""
        from dialer.deploy_check import lines_keys, recordings_key  # noqa: PLC0415 - settings

        register(recordings_key, "security", deploy=True)
        register(lines_keys, "security", deploy=True)
