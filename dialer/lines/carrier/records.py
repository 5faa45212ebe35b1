"""The loopback carrier's own call records: one row per call at receipt, one row per event.

Two files that only grow: FILE holds the calls (dialog-forming INVITEs), FILE.events what became
of them. Reading needs nothing but the standard library.
"""

import csv
import io
import os
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteRecord:
    """One call as it reached the carrier; retransmissions belong to the same row."""

    received_at: datetime  # UTC
    call_id: str
    from_tag: str
    from_number: str
    pai_number: str
    request_uri_number: str
    to_number: str
    source: str  # ip:port
    cseq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """Something that happened to a call."""

    at: datetime  # UTC
    call_id: str
    kind: str  # answered, acknowledged, ack_wrong, digit, canceled, refused, ended, reply …
    detail: str


class RecordBook:
    """Appends rows; a row that was written survives the death of the process."""

    def __init__(self, path: Path) -> None:
        self._calls = _open(path, InviteRecord)
        self._events = _open(events_path(path), EventRecord)
        self._known = {(row.call_id, row.from_tag) for row in read(path)}
        self._waiting: list[InviteRecord] = []

    def invite(self, record: InviteRecord) -> None:
        """Take a call down, unless it has its row already; `sync` puts it on the disk."""
        key = (record.call_id, record.from_tag)
        if key not in self._known:
            self._known.add(key)
            self._waiting.append(record)

    def sync(self) -> None:
        """Write what waits and wait for the disk."""
        if self._waiting:
            os.write(self._calls, _rows(self._waiting))
            os.fsync(self._calls)
            self._waiting.clear()

    def event(self, record: EventRecord) -> None:
        """Write one event."""
        os.write(self._events, _rows([record]))

    def close(self) -> None:
        """Write what waits and close the files."""
        self.sync()
        os.close(self._calls)
        os.close(self._events)


def events_path(path: Path) -> Path:
    """Return the path of the events that belong to a file of calls."""
    return path.with_name(f"{path.name}.events")


def read(path: Path) -> list[InviteRecord]:
    """Read the calls; a last row that was cut off is left out, a missing file has none."""
    return [
        InviteRecord(
            received_at=datetime.fromisoformat(row[0]),
            call_id=row[1],
            from_tag=row[2],
            from_number=row[3],
            pai_number=row[4],
            request_uri_number=row[5],
            to_number=row[6],
            source=row[7],
            cseq=int(row[8]),
        )
        for row in _lines(path, InviteRecord)
    ]


def read_events(path: Path) -> list[EventRecord]:
    """Read the events that belong to a file of calls."""
    return [
        EventRecord(at=datetime.fromisoformat(row[0]), call_id=row[1], kind=row[2], detail=row[3])
        for row in _lines(events_path(path), EventRecord)
    ]


def now() -> datetime:
    """Read the carrier's clock."""
    return datetime.now(tz=UTC)


def _lines(path: Path, kind: type[InviteRecord | EventRecord]) -> list[list[str]]:
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    whole = text[: text.rfind("\n") + 1]
    width = len(fields(kind))
    rows = csv.reader(io.StringIO(whole))
    next(rows, None)
    return [row for row in rows if len(row) == width]


def _open(path: Path, kind: type[InviteRecord | EventRecord]) -> int:
    """Open for appending, under a heading, on a line of its own."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    size = os.fstat(file).st_size
    if size == 0:
        os.write(file, _csv([[field.name for field in fields(kind)]]))
    elif os.pread(file, 1, size - 1) != b"\n":
        os.write(file, b"\n")
    return file


def _rows(records: Iterable[InviteRecord | EventRecord]) -> bytes:
    return _csv(
        [part.isoformat(timespec="microseconds") if isinstance(part, datetime) else str(part)
         for part in astuple(record)]
        for record in records
    )  # fmt: skip


def _csv(rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [cell.replace("\n", " ").replace("\r", " ") for cell in row] for row in rows
    )
    return out.getvalue().encode()
