"""Begin a new epoch of the log, after the signer refused to go on with the old one."""

from datetime import datetime

from django.db import transaction

from audit.models import AuditQuarantine, AuditState
from audit.plain_numbers import without_numbers
from audit.record import record
from audit.sealing.batch import BATCH, seal_in_transaction
from audit.sealing.rebuild import rebuild
from audit.sealing.signer import RefusedError, Signed, Signer
from audit.sealing.state import list_keys


class NothingSaidError(ValueError):
    """A new epoch needs a reason: 请写明原因 / say why."""


@transaction.atomic(durable=True)
def epoch_begin(*, reason: str, by: str, signer: Signer, now: datetime) -> AuditState:
    """Give the log a new origin, and let an entry commit to what the old one came to, and why.

    The leaves stay where they are: the new epoch's first checkpoint holds them all and this entry.
    The old checkpoints stay as evidence, and so does the signer's former account.

    :raises NothingSaidError: if the reason is empty
    :raises LeavesMissingError: if leaves are missing, so that there is no tree to go on with
    """
    if not reason.strip():
        raise NothingSaidError("请写明原因 / Say why the log begins anew.")
    state = AuditState.objects.select_for_update().get()
    epoch = state.epoch + 1
    held = _held(signer)
    record(
        "audit.epoch_begun",
        obj=f"audit_epoch:{epoch}",
        actor=by,
        now=now,
        data={
            "reason": without_numbers(reason),
            "old_origin": state.origin,
            "old_size": state.size,
            "old_root": bytes(state.root).hex(),
            "signed_size": held.checkpoint.size if held else None,
            "signed_root": held.checkpoint.root.hex() if held else None,
        },
    )
    origin = f"{state.origin.removesuffix(f'/{state.epoch}')}/{epoch}"
    state.size, state.root = rebuild()
    state.epoch, state.origin = epoch, origin
    state.stopped, state.stopped_at = AuditState.Stop.RUNNING, None
    state.quarantined = AuditQuarantine.objects.count()
    state.save()
    while seal_in_transaction().taken == BATCH:
        continue
    list_keys(origin=origin, size=state.size)
    signer.begin(origin)  # should the commit fail: it begins nothing that was signed
    state.refresh_from_db()
    return state


def _held(signer: Signer) -> Signed | None:
    try:
        return signer.held()
    except RefusedError:  # an account that cannot be read is why some epochs begin
        return None
