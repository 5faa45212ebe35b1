"""The Django application of the compliance layer."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Name the app and its key type."""

    name = "compliance"
    default_auto_field = "django.db.models.BigAutoField"
