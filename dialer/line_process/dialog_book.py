"""Which calls are up, in a file that outlives the process: who comes next says goodbye for us.

It lies beside the journal of INVITEs and is sealed as that one is. A thread beside the line writes
it, a few milliseconds after a call begins or changes, and waits for the disk so that a machine
that lost its power knows its calls too. A line of a call that is over takes the others back.
"""

import base64
import json
import logging
import os
import queue
import threading
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from compliance import clock
from compliance.vault import SealBrokenError, seal, unseal
from dialer.lines.open_dialog import OpenDialog

log = logging.getLogger(__name__)
SUFFIX = ".dialogs"
LONGEST = timedelta(hours=24)  # no carrier knows a call for longer
WORTH_REWRITING = 1 << 20  # bytes of the file
Change = tuple[str, OpenDialog | None]  # a call's id, and what it is now; None: it is over


class DialogBook:
    """The file of one trunk."""

    def __init__(self, *, folder: Path, trunk_code: str) -> None:
        """Read what a former process left; write nothing before `start`."""
        self._path = folder / f"{trunk_code}{SUFFIX}"
        self._open: dict[str, bytes] = {}  # the newest line of each call that is up
        self._waiting: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._file = -1
        self._writer = threading.Thread(target=self._write, name="dialogs", daemon=True)

    def left_open(self) -> list[OpenDialog]:
        """Return the calls that a former process had up, in the order in which they began."""
        found: dict[str, tuple[OpenDialog, bytes]] = {}
        lines = self._path.read_bytes().split(b"\n") if self._path.exists() else []
        for line in lines:
            call_id, dialog = _read(line)
            found.pop(call_id, None)
            if dialog is not None:
                found[call_id] = (dialog, line + b"\n")
        self._open = {call_id: line for call_id, (_, line) in found.items()}
        return [dialog for dialog, _ in found.values()]

    def start(self) -> None:
        """Begin to write, with what was left open and no more."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._rewrite()
        self._writer.start()

    def opened(self, dialog: OpenDialog) -> None:
        """Keep a call that is about to leave, or one that has changed."""
        self._waiting.put((dialog.call_id, dialog))

    def closed(self, call_id: str) -> None:
        """Forget a call that is over."""
        self._waiting.put((call_id, None))

    def close(self) -> None:
        """Write what waits and close the file."""
        self._waiting.put(None)
        if self._writer.ident is not None:
            self._writer.join()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write(self) -> None:
        going_on = True
        while going_on:
            batch = [self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get())
            going_on = None not in batch
            try:
                self._take([change for change in batch if change is not None])
            except OSError:  # the journal of INVITEs lies there too, and lets none leave
                log.exception("The book of open calls cannot be written.")

    def _take(self, changes: Iterable[Change]) -> None:
        newest = dict(changes)  # a short call may have begun and ended meanwhile
        lines = []
        for call_id, dialog in newest.items():
            known = self._open.pop(call_id, None)
            if dialog is not None:
                self._open[call_id] = line = _line(dialog)
                lines.append(line)
            elif known is not None:
                lines.append(json.dumps({"over": call_id}).encode() + b"\n")
        if not lines:
            return
        if os.fstat(self._file).st_size > WORTH_REWRITING + sum(map(len, self._open.values())):
            self._rewrite()
            return
        os.write(self._file, b"".join(lines))
        os.fdatasync(self._file)

    def _rewrite(self) -> None:
        """Put a file with the open calls only in the old one's place."""
        fresh = self._path.with_suffix(".new")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        os.write(file, b"".join(self._open.values()))
        os.fsync(file)
        fresh.replace(self._path)
        if self._file >= 0:
            os.close(self._file)
        self._file = file


def _line(dialog: OpenDialog) -> bytes:
    """Write one call; who is called stands in its headers, so all of it is sealed."""
    sealed = seal(json.dumps(asdict(dialog)), bound_to=dialog.call_id.encode())
    row = {
        "call": dialog.call_id,
        "at": clock.host_now().isoformat(),
        "sealed": base64.b64encode(sealed).decode(),
    }
    return json.dumps(row).encode() + b"\n"


def _read(line: bytes) -> tuple[str, OpenDialog | None]:
    """Read one line; half a line, an old one and one that somebody altered name no open call."""
    try:
        row = json.loads(line)
        if "over" in row:
            return str(row["over"]), None
        call_id = str(row["call"])
        if clock.host_now() - datetime.fromisoformat(row["at"]) > LONGEST:
            return call_id, None
        text = unseal(base64.b64decode(row["sealed"]), bound_to=call_id.encode())
        kept = json.loads(text)
        peer = tuple(kept["peer"]) if kept["peer"] else None
        return call_id, OpenDialog(**{**kept, "routes": tuple(kept["routes"]), "peer": peer})
    except (ValueError, KeyError, TypeError, SealBrokenError):
        return "", None
