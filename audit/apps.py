"""The Django application of the audit layer."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Name the app and its key type."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
