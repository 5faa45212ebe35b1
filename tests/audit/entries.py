"""Entries that several tests write."""

import uuid
from datetime import UTC, datetime

from audit.record import record

NOW = datetime(2026, 11, 21, 20, 8, 49, 123456, tzinfo=UTC)
NUMBER = "+8613800138000"


def write(obj: str = "lead:12345", *, eid: uuid.UUID | None = None, **data: object) -> uuid.UUID:
    return record("permit.issued", obj=obj, actor="u:17", now=NOW, data=data, eid=eid)


def write_about(number: str = NUMBER, *, eid: uuid.UUID | None = None) -> uuid.UUID:
    return record(
        "refusal.recorded",
        obj="refusal:7",
        actor="svc:dialer",
        now=NOW,
        pii={"number": number, "name": "张三"},
        subject="person:1",
        eid=eid,
    )
