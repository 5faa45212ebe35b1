"""Write one immutable entry of the audit trail, inside the transaction that it tells about."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


class AuditWriteError(Exception):
    """The entry was not written; the transaction that it belongs to must not commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What `record_many` writes: the arguments of `record`, without the clock."""

    action: str
    obj: str
    actor: str
    outcome: str = "ok"
    data: Mapping[str, object] = field(default_factory=dict)
    pii: Mapping[str, str] = field(default_factory=dict)
    subject: str | None = None
    eid: uuid.UUID | None = None


def record(
    action: str,
    *,
    obj: str,
    actor: str,
    now: datetime,
    outcome: str = "ok",
    data: Mapping[str, object] | None = None,
    pii: Mapping[str, str] | None = None,
    subject: str | None = None,
    eid: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write one entry and return its identifier."""
    raise NotImplementedError


def record_many(entries: Iterable[Entry], *, now: datetime) -> list[uuid.UUID]:
    """Write many entries of one instant; return their identifiers in order."""
    raise NotImplementedError
