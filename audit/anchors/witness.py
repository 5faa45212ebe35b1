"""Take in what a witness returns: a checkpoint that it has cosigned."""

from datetime import datetime

from django.db import transaction

from audit import checkpoint, note
from audit import record as audit
from audit.anchors.anchored import Anchored, AnchorError, Published
from audit.anchors.write import anchor_write
from audit.cosignature import Witness, cosigned_at, witness
from audit.models import AuditAnchor, AuditCheckpoint, AuditKey, AuditState
from audit.note import NoteError


@transaction.atomic(durable=True)
def witness_name(*, vkey: str, actor: str, now: datetime) -> Witness:
    """Take on a witness by the verifier key that it handed over.

    :raises AnchorError: if it is no witness's key, or another one has the name
    """
    try:
        found = witness(vkey)
    except NoteError as error:
        raise AnchorError(zh="不是见证人的公钥", en=str(error)) from error
    row, made = AuditKey.objects.get_or_create(
        kid=found.name,
        defaults={
            "kind": AuditKey.Kind.WITNESS,
            "public": found.vkey,
            "from_size": AuditState.objects.get().size,
        },
    )
    if row.public != found.vkey:
        raise AnchorError(
            zh=f"{found.name} 已用另一公钥登记", en=f"{found.name} has another key on record"
        )
    if made:
        audit.record(
            "audit.witness_named",
            obj=f"witness:{found.key_hash.hex()}",
            actor=actor,
            now=now,
            data={"name": found.name},
        )
    return found


def witness_add(*, content: bytes, actor: str, now: datetime) -> tuple[Published, datetime]:
    """Keep a cosigned checkpoint of ours; return which, and when the witness saw it.

    :raises AnchorError: if it is none of ours, or no witness that we know has cosigned it
    """
    try:
        text, _ = note.parsed(content)
        told = checkpoint.parsed(text)
    except ValueError as error:
        raise AnchorError(zh="文件不是检查点", en=f"the file is no checkpoint: {error}") from error
    published = _ours(text, told)
    whom, at = _cosigner(content)
    reference = f"{whom.name} {at.isoformat()}"
    anchored = Anchored(reference=reference, token=content)
    anchor_write(AuditAnchor.Kind.WITNESS, published, anchored, actor=actor, now=now)
    return published, at


def _ours(text: str, told: checkpoint.Checkpoint) -> Published:
    for row in AuditCheckpoint.objects.filter(size=told.size):
        stored = bytes(row.note)
        if note.parsed(stored)[0] == text:
            return Published(origin=told.origin, epoch=row.epoch, size=row.size, note=stored)
    raise AnchorError(
        zh="该检查点不在本库中：请保留该文件并核查",
        en="this database has no such checkpoint: keep the file, and look into it",
    )


def _cosigner(content: bytes) -> tuple[Witness, datetime]:
    why = "no witness is on record"
    for key in AuditKey.objects.filter(kind=AuditKey.Kind.WITNESS):
        whom = witness(key.public)
        try:
            return whom, cosigned_at(content, whom)
        except NoteError as error:
            why = str(error)
    raise AnchorError(zh="没有已登记见证人的有效副署", en=why)
