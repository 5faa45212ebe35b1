"""Which anchors this deployment has named."""

from django.conf import settings

from audit.models import AuditAnchor

Kind = AuditAnchor.Kind


def named_kinds() -> set[str]:
    """Return the kinds that the settings name; the drop folder always is one."""
    named = {
        Kind.FILE: True,
        Kind.MAIL: bool(settings.AUDIT_MAIL_TO),
        Kind.TSA: bool(settings.AUDIT_TSA_URL),
        Kind.OBJECT_LOCK: bool(settings.AUDIT_WRITE_ONCE_DIR),
    }
    return {kind.value for kind, is_named in named.items() if is_named}
