"""A small trail with copies outside: 40 entries sealed, 5 waiting, a checkpoint of 30 held."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from audit.models import AuditCheckpoint, AuditEntry
from audit.receipts.receipt import Receipt
from audit.record import record
from tests.audit.entries import NOW
from tests.audit.sealing import Log

SEALED = (20, 30, 35, 40)  # sizes of its checkpoints
HELD = 30  # what the checkpoint that somebody outside holds covers
PENDING = 5
VICTIM = 12  # index of the sealed entry that attacks are about
BACKUP = 35  # size of the tree when the backup was made


@dataclass(frozen=True)
class Outside:
    """What nobody in the house can reach."""

    held: bytes  # a checkpoint that was handed out
    receipts: list[Receipt]


@dataclass(frozen=True)
class Scene:
    """The trail, and what is kept outside of it."""

    log: Log
    outside: Outside


def build(folder: Path) -> Scene:
    """Write and seal the entries."""
    log = Log(folder)
    written = 0
    for size in SEALED:
        write_some(written, size)
        log.seal()
        written = size
    write_some(written, written + PENDING)
    held = AuditCheckpoint.objects.get(size=HELD)
    receipts = [
        Receipt.of(eid=one.eid, ts=one.ts, body=bytes(one.body))
        for one in AuditEntry.objects.order_by("pk")
    ]
    return Scene(log, Outside(bytes(held.note), receipts))


def write_some(first: int, end: int) -> None:
    """Record what happened; every fourth entry holds personal data."""
    for number in range(first, end):
        personal = {"number": f"+86138001{number:05d}"} if number % 4 == 0 else {}
        record(
            "refusal.recorded",
            obj=f"refusal:{number}",
            actor="u:17",
            now=at(number),
            pii=personal,
            subject=f"person:{number}" if personal else None,
        )


def at(number: int) -> datetime:
    return NOW + timedelta(seconds=number)
