"""Check stored entries: written by this deployment, unchanged, and waiting to be sealed."""

import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from audit.body import timestamp
from audit.canonical import CanonicalError, canon
from audit.commitment import commitment, mac
from audit.models import (
    AuditEntry,
    AuditEntryQuerySet,
    AuditLeaf,
    AuditPending,
    AuditPii,
    AuditQuarantine,
)
from audit.sealing_keys import mac_key

CHUNK = 2000  # entries held in memory at once


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must be true of every entry, and what it means when it is not."""

    name: str
    zh: str
    en: str


MAC = Check("mac", "并非由本系统写入，或内容已被改动", "was not written here, or was changed")
BODY = Check("body", "正文不是规范格式", "has a body that is not canonical")
PROJECTION = Check("projection", "检索列与正文不一致", "has columns that differ from its body")
PERSONAL = Check(
    "personal", "个人信息与承诺值不一致", "has personal data that it did not commit to"
)
QUEUE = Check("queue", "既未封存也未排队", "is neither sealed nor queued for sealing")
ENTRY = Check("entry", "在队列中但条目不存在", "is queued for sealing and does not exist")


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry of which one check is not true."""

    entry_id: int
    check: Check


def findings(entries: AuditEntryQuerySet) -> Iterator[Finding]:
    """Yield what is wrong with the entries; nothing, if all is well. Erased data is not wrong."""
    checked = entries.prefetch_related("personal").order_by("pk")
    for entry in checked.iterator(chunk_size=CHUNK):
        for check, holds in _CHECKS:
            if not _holds(holds, entry):
                yield Finding(entry.pk, check)
    placed = [
        ~Exists(table.objects.filter(entry_id=OuterRef("id")))
        for table in (AuditPending, AuditLeaf, AuditQuarantine)
    ]
    for entry_id in entries.filter(*placed).order_by("pk").values_list("id", flat=True):
        yield Finding(entry_id, QUEUE)


def orphans() -> Iterator[Finding]:
    """Yield the places of the sealing queue that belong to no entry."""
    entry = AuditEntry.objects.filter(pk=OuterRef("entry_id"))
    queue = AuditPending.objects.filter(~Exists(entry)).values_list("entry_id", flat=True)
    for entry_id in queue.iterator():
        yield Finding(entry_id, ENTRY)


def _holds(check: Callable[[AuditEntry], bool], entry: AuditEntry) -> bool:
    try:
        return check(entry)
    except (ValueError, KeyError, TypeError, AttributeError):  # what is unreadable is not well
        return False


def mac_holds(entry: AuditEntry) -> bool:
    """Return True if the entry's code was made over these bytes with a key of this deployment."""
    return code_holds(body=bytes(entry.body), code=bytes(entry.mac), kid=entry.kid)


def code_holds(*, body: bytes, code: bytes, kid: str) -> bool:
    """Return True if `code` was made over `body` with the key `kid` of this deployment."""
    key = mac_key(kid)
    return key is not None and hmac.compare_digest(code, mac(body=body, key=key))


def _body_holds(entry: AuditEntry) -> bool:
    try:
        return canon(_said(entry)) == bytes(entry.body)
    except CanonicalError:
        return False


def _projection_holds(entry: AuditEntry) -> bool:
    said = _said(entry)
    columns = {
        "eid": str(entry.eid),
        "ts": timestamp(entry.ts),
        "tenant": entry.tenant,
        "action": entry.action,
        "actor": entry.actor,
        "object": entry.object,
        "outcome": entry.outcome,
    }
    return all(said[name] == value for name, value in columns.items())


def _personal_holds(entry: AuditEntry) -> bool:
    committed = _said(entry)["pii"]
    return isinstance(committed, dict) and all(
        _commits(committed, row) for row in entry.personal.all()
    )


def _commits(committed: Mapping[str, object], row: AuditPii) -> bool:
    expected = commitment(field=row.field, value=row.plain, salt=bytes(row.salt))
    return committed.get(row.field) == expected


def _said(entry: AuditEntry) -> dict[str, object]:
    said: dict[str, object] = json.loads(bytes(entry.body))
    return said


_CHECKS = (
    (MAC, mac_holds),
    (BODY, _body_holds),
    (PROJECTION, _projection_holds),
    (PERSONAL, _personal_holds),
)
