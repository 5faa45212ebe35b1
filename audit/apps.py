"""The Django application of the audit layer."""

from django.apps import AppConfig
from django.core.checks import register


class AuditConfig(AppConfig):
    """Name the app, its key type and its check."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let `check --deploy` look at the database role."""
        from audit.deploy_check import database_role  # noqa: PLC0415 - needs the apps

        register(database_role, "database", deploy=True)
