"""Let a new key sign the log beside the old one, and the old one stop later."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from audit.keys import make_pair, read_public
from audit.models import AuditEntry, AuditKey, AuditState
from audit.note import Verifier, verifier_of
from audit.record import record
from audit.sealing.state import begin_log, list_keys
from audit.sealing_keys import LOG, log_key_names


class OnlyKeyError(Exception):
    """The log's only key cannot be retired: 请先轮换 / rotate first."""


@transaction.atomic(durable=True)
def log_key_rotate(*, by: str, now: datetime) -> Verifier:
    """Make one more log key; from the next checkpoint on both sign. Return the new one's verifier.

    Hand its key out before the old one is retired. A key that an interrupted rotation left behind
    is taken up.
    """
    begin_log()
    state = AuditState.objects.select_for_update().get()
    directory = Path(settings.KEYS_DIR)
    names = log_key_names(suffix=".pub")
    if len(names) == 1 or _is_recorded(len(names)):
        names.append(f"{LOG}-{len(names) + 1}")
        make_pair(directory, names[-1])
    whose = verifier_of(state.origin, read_public(directory, names[-1]))
    record(
        "audit.key_rotated",
        obj=f"audit_key:log-{len(names)}",
        actor=by,
        now=now,
        data={"kind": "log", "public": whose.public.hex(), "from_size": state.size},
    )
    list_keys(origin=state.origin, size=state.size)
    return whose


@transaction.atomic(durable=True)
def log_key_retire(*, by: str, now: datetime) -> Verifier:
    """End the overlap: the oldest log key signs no more, and its private half is deleted.

    :raises OnlyKeyError: if no other key signs
    """
    state = AuditState.objects.select_for_update().get()
    directory = Path(settings.KEYS_DIR)
    signing = log_key_names(suffix=".key")
    if len(signing) < 2:  # noqa: PLR2004 - one goes, one stays
        raise OnlyKeyError("只有一把日志密钥，请先轮换 / There is one log key only: rotate first.")
    whose = verifier_of(state.origin, read_public(directory, signing[0]))
    AuditKey.objects.filter(public=whose.vkey, to_size=None).update(to_size=state.size)
    record(
        "audit.key_retired",
        obj=f"audit_key:{signing[0].removeprefix('audit-')}",
        actor=by,
        now=now,
        data={"kind": "log", "public": whose.public.hex(), "to_size": state.size},
    )
    (directory / f"{signing[0]}.key").unlink()
    return whose


def _is_recorded(number: int) -> bool:
    about = AuditEntry.objects.about(f"audit_key:log-{number}")
    return about.of("audit.key_rotated").exists()
