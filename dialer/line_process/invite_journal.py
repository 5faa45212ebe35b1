"""What this process put on the wire, in a file that only grows: it outlives a kill at any moment.

A line is written before the INVITE leaves and flushed to the disk by a thread beside the reactor,
which waits for no disk. The line process takes the lines over into the database every second, and
those of a process that was killed when it starts again. One file a day, named by the host's clock.
"""

import base64
import json
import logging
import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from compliance import clock
from compliance.vault import SealBrokenError, seal, unseal
from dialer.lines.base import InviteSent, RefusedRequest
from dialer.lines.sip.invites import number_in
from dialer.services.invites_note import InviteNoted

log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=7)
SUFFIX = ".invites"
TAIL_BYTES = 8 << 20  # 20,000 calls; a permit that is older than ten seconds is refused anyway


class InviteJournal:
    """Appends to the files of one trunk, and reads what has not been taken over yet."""

    def __init__(self, *, folder: Path, trunk_code: str) -> None:
        """Open nothing yet; begin to read with whatever is there."""
        self._folder = folder
        self._trunk = trunk_code
        self._day = ""
        self._file = -1
        self._lock = threading.Lock()
        self._taken: dict[Path, int] = {}  # bytes of each file that are in the database
        self._dirty = threading.Event()
        self._closing = False
        self._lost: OSError | None = None  # why lines do not reach the disk; nothing leaves then
        self._flusher = threading.Thread(target=self._flush, name="invites", daemon=True)
        self._flusher.start()

    def write(self, sent: InviteSent) -> None:
        """Write the INVITE down; it may leave when this has returned.

        :raises OSError: if it could not be written, or what was written before did not reach the
            disk; then it must not leave
        """
        if self._lost is not None:
            raise OSError(f"The journal of INVITEs does not reach the disk: {self._lost}")
        noted = InviteNoted(id=uuid4(), at=clock.host_now(), sent=sent)
        line = _line(noted)
        with self._lock:
            self._open(f"{noted.at:%Y%m%d}")
            if os.write(self._file, line) != len(line):
                self._day = ""  # opened anew, so that the next line begins as one of its own
                raise OSError("The journal of INVITEs took half a line: is the disk full?")
        self._dirty.set()

    def write_refused(self, request: RefusedRequest) -> None:
        """Write down that a carrier would have had a call of ours lead elsewhere.

        Its own calls to us are turned away, and are no incident of ours.
        """
        if request.kind == "inbound":
            return
        sent = InviteSent(
            permit_id=request.permit_id,
            call_id=request.call_id,
            callee=number_in(request.asked),
            caller="",
            disguised=False,
            refused=request.kind,
        )
        try:
            self.write(sent)
        except OSError as error:  # it has been refused all the same
            log.warning("a refusal cannot be written down: %s", error)

    def waiting(self, *, at_most: int) -> tuple[list[InviteNoted], dict[Path, int]]:
        """Return the next lines that are not taken over, and the mark to give to `taken`."""
        found: list[InviteNoted] = []
        marks: dict[Path, int] = {}
        for path in sorted(self._folder.glob(f"{self._trunk}.*{SUFFIX}")):
            if len(found) >= at_most:
                break
            start = self._taken.get(path, 0)
            if path.stat().st_size > start:
                lines, mark = _whole_lines(path, start, at_most - len(found))
                found.extend(filter(None, map(_noted, lines)))
                if mark > start:  # else it is half a line, and will be no more
                    marks[path] = mark
        return found, marks

    def left_before(self) -> list[tuple[str, datetime]]:
        """Return the permits whose INVITE left in the last minutes that are on record, and when.

        :raises OSError: if the files cannot be read; then nothing may leave
        """
        newest = sorted(self._folder.glob(f"{self._trunk}.*{SUFFIX}"))[-2:]  # about midnight: two
        return [left for path in newest for left in filter(None, map(_left, _tail(path)))]

    def taken(self, marks: dict[Path, int]) -> None:
        """Note that the database has committed what was read up to the marks."""
        self._taken |= marks

    def forget_old(self) -> None:
        """Delete the files of days that are long over and taken over whole."""
        oldest = f"{clock.host_now() - KEPT_FOR:%Y%m%d}"
        for path in list(self._taken):
            day = path.name.removesuffix(SUFFIX).rpartition(".")[2]
            if day < oldest and path.exists() and self._taken[path] == path.stat().st_size:
                path.unlink()
                del self._taken[path]

    def close(self) -> None:
        """Wait for the disk and close the file."""
        self._closing = True
        self._dirty.set()
        self._flusher.join()
        with self._lock:
            if self._file >= 0:
                os.fsync(self._file)
                os.close(self._file)
            self._file, self._day = -1, ""

    def _open(self, day: str) -> None:
        if day == self._day:
            return
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{self._trunk}.{day}{SUFFIX}"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                os.write(file, b"\n")  # half a line: a process was killed, or the disk was full
        except OSError:
            os.close(file)
            raise
        if self._file >= 0:
            os.close(self._file)
        self._file, self._day = file, day

    def _flush(self) -> None:
        while not self._closing:
            self._dirty.wait()
            self._dirty.clear()
            try:
                self._sync()
            except OSError as error:  # the pages may be gone: a second try would tell nothing
                self._lost = error

    def _sync(self) -> None:
        with self._lock:
            if self._file < 0:
                return
            file = os.dup(self._file)
        try:
            os.fdatasync(file)
        finally:
            os.close(file)


def _line(noted: InviteNoted) -> bytes:
    sent = noted.sent
    row = {
        "id": noted.id.hex,
        "at": noted.at.isoformat(),
        "permit": sent.permit_id,
        "call_id": sent.call_id,
        "callee": base64.b64encode(seal(sent.callee, bound_to=noted.id.bytes)).decode(),
        "caller": sent.caller,
        "disguised": sent.disguised,
        "refused": sent.refused,
    }
    return json.dumps(row).encode() + b"\n"


def _noted(line: bytes) -> InviteNoted | None:
    """Read one line; half a line is of an INVITE that did not leave, or of nobody's."""
    try:
        row = json.loads(line)
        known = UUID(hex=row["id"])
        at = datetime.fromisoformat(row["at"])
        callee = _opened(str(row["callee"]), known)
        sent = InviteSent(
            permit_id=str(row["permit"]),
            call_id=str(row["call_id"]),
            callee=callee,
            caller=str(row["caller"]),
            disguised=bool(row["disguised"]) or not callee,
            refused=str(row.get("refused", "")),
        )
    except (ValueError, KeyError, TypeError):
        return None
    return InviteNoted(id=known, at=at, sent=sent) if at.tzinfo else None


def _left(line: bytes) -> tuple[str, datetime] | None:
    """Read the permit and the instant of an INVITE that left."""
    try:
        row = json.loads(line)
        at = datetime.fromisoformat(row["at"])
        permit = str(row["permit"])
        refused = row.get("refused", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return (permit, at) if permit and not refused and at.tzinfo else None


def _tail(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        return file.read().splitlines()


def _opened(sealed: str, line: UUID) -> str:
    """Return the number; one that somebody altered is nobody's, and matches no permit."""
    try:
        return unseal(base64.b64decode(sealed), bound_to=line.bytes)
    except (SealBrokenError, ValueError):
        return ""


def _whole_lines(path: Path, start: int, at_most: int) -> tuple[Iterator[bytes], int]:
    with path.open("rb") as file:
        file.seek(start)
        lines: list[bytes] = []
        while len(lines) < at_most and (line := file.readline()).endswith(b"\n"):
            lines.append(line)
    return iter(lines), start + sum(map(len, lines))
