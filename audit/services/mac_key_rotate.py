"""Let a new key write entries; what the old one wrote stays verifiable."""

import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from audit.commitment import key_id
from audit.keys import SECRET_BYTES, place, read_secret
from audit.models import AuditKey, AuditState
from audit.record import record
from audit.sealing.files import write_whole
from audit.sealing_keys import MAC


@transaction.atomic(durable=True)
def mac_key_rotate(*, by: str, now: datetime) -> str:
    """Replace the key that writes entries; return the new one's id.

    Processes that run go on with the old key until they start anew: both are ours.
    """
    state = AuditState.objects.select_for_update().get()
    directory = Path(settings.KEYS_DIR)
    old, new = read_secret(directory, MAC), secrets.token_bytes(SECRET_BYTES)
    kid = key_id(new)
    place(directory / f"{MAC}-{key_id(old)}.key", old, mode=0o600)
    AuditKey.objects.update_or_create(
        kid=key_id(old),
        defaults={"to_size": state.size},
        create_defaults={"kind": AuditKey.Kind.MAC, "from_size": 0, "to_size": state.size},
    )
    AuditKey.objects.create(kid=kid, kind=AuditKey.Kind.MAC, from_size=state.size)
    record(
        "audit.key_rotated",
        obj="audit_key:mac",
        actor=by,
        now=now,
        data={"kind": "mac", "kid": kid, "from_size": state.size},
    )
    write_whole(directory / f"{MAC}.key", new, mode=0o600)
    return kid
