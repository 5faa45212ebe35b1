"""Where sealing stands, as the database has it, and the few moves of that one row."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from audit.models import AuditKey, AuditState
from audit.note import verifier_of
from audit.sealing_keys import log_public_keys

log = logging.getLogger(__name__)

_READ = """
SELECT clock_timestamp(), epoch, origin, size, root, sealed_until, stopped,
    coalesce((SELECT max(size) FROM audit_checkpoint AS c WHERE c.epoch = s.epoch), 0),
    EXISTS (SELECT FROM audit_checkpoint)
FROM audit_state AS s WHERE id = 1
"""
_SEALED_UNTIL = """
UPDATE audit_state SET sealed_until = %s
WHERE id = 1 AND stopped <> 'refused'
"""
_STOP = """
UPDATE audit_state SET stopped = %s, stopped_at = clock_timestamp()
WHERE id = 1 AND stopped <> 'refused'
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The row of `audit_state`, and what is signed of it."""

    read_at: datetime  # by the database's clock, before the row was read
    epoch: int
    origin: str
    size: int
    root: bytes
    sealed_until: datetime
    stopped: str
    signed: int  # the size of the epoch's newest stored checkpoint
    ever_signed: bool


def standing() -> Standing:
    """Read where sealing stands."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        at, epoch, origin, size, root, *rest = cursor.fetchone()
    return Standing(at, epoch, origin, size, bytes(root), *rest)


def anything_waits() -> bool:
    """Return whether an entry waits to be sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM audit_pending)")
        return bool(cursor.fetchone() == (True,))


def sealed_until(instant: datetime) -> None:
    """Note that all that was committed until then is sealed and signed."""
    with connection.cursor() as cursor:
        cursor.execute(_SEALED_UNTIL, [instant])


def stop(reason: str) -> None:
    """Stop sealing; the gate then lets nobody be called. A refusal is not overwritten."""
    with connection.cursor() as cursor:
        cursor.execute(_STOP, [reason])


@transaction.atomic
def begin_log() -> None:
    """Name the log before its first checkpoint, and list the keys that sign it."""
    state = AuditState.objects.select_for_update().get()
    if not state.origin:
        state.origin = settings.AUDIT_ORIGIN or _default_origin()
        state.save(update_fields=["origin"])
        log.info("the log %s is begun", state.origin)
    list_keys(origin=state.origin, size=state.size)


def list_keys(*, origin: str, size: int) -> None:
    """Put every log key that is not listed under this origin on the list."""
    for key in log_public_keys():
        whose = verifier_of(origin, key)
        AuditKey.objects.get_or_create(
            kid=whose.vkey.rpartition("+")[0],
            defaults={"kind": AuditKey.Kind.LOG, "public": whose.vkey, "from_size": size},
        )


def _default_origin() -> str:
    """Return a name that no other log has: that of its first key."""
    first = verifier_of("yunhu", log_public_keys()[0])
    return f"yunhu.localhost/{settings.AUDIT_TENANT}/{first.key_hash.hex()}"
