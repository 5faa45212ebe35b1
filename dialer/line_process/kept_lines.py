"""A file of lines that are still open, each under a key; it outlives the process at any moment.

A thread beside the line writes it, a few milliseconds after it is told, and waits for the disk, so
that a machine that lost its power knows them too. `{"over": KEY}` takes the line of that key back.
"""

import json
import logging
import os
import queue
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

log = logging.getLogger(__name__)
WORTH_REWRITING = 1 << 20  # bytes of the file
Change = tuple[str, Callable[[], bytes] | None]  # a key, and its line as it is now; None: over


class KeptLines:
    """One such file."""

    def __init__(self, path: Path) -> None:
        """Write nothing before `start`."""
        self._path = path
        self._open: dict[str, bytes] = {}  # the newest line of each key
        self._waiting: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._file = -1
        self._writer = threading.Thread(target=self._write, name=path.name, daemon=True)

    def left(self, key_of: Callable[[bytes], str]) -> dict[str, bytes]:
        """Return the lines that a former process left open, by key, in their order.

        `key_of` reads a line; a line without a key ("") is left out and not kept.
        """
        self._open = {}
        for line in self._path.read_bytes().split(b"\n") if self._path.exists() else []:
            over = _over(line)
            key = key_of(line) if over is None else over
            self._open.pop(key, None)
            if over is None and key:
                self._open[key] = line + b"\n"
        return dict(self._open)

    def start(self) -> None:
        """Begin to write, with what was left open and no more."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._rewrite()
        self._writer.start()

    def keep(self, key: str, line: Callable[[], bytes]) -> None:
        """Keep a line; it is made on the thread that writes it."""
        self._waiting.put((key, line))

    def forget(self, key: str) -> None:
        """Take the key's line back."""
        self._waiting.put((key, None))

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
                log.exception("%s cannot be written.", self._path)

    def _take(self, changes: Iterable[Change]) -> None:
        lines = []
        for key, line in dict(changes).items():  # what began and ended meanwhile is not written
            known = self._open.pop(key, None)
            if line is not None:
                self._open[key] = newest = line()
                lines.append(newest)
            elif known is not None:
                lines.append(json.dumps({"over": key}).encode() + b"\n")
        if not lines:
            return
        if os.fstat(self._file).st_size > WORTH_REWRITING + sum(map(len, self._open.values())):
            self._rewrite()
            return
        os.write(self._file, b"".join(lines))
        os.fdatasync(self._file)

    def _rewrite(self) -> None:
        """Put a file with the open lines only in the old one's place."""
        fresh = self._path.with_name(f"{self._path.name}.new")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        os.write(file, b"".join(self._open.values()))
        os.fsync(file)
        fresh.replace(self._path)
        if self._file >= 0:
            os.close(self._file)
        self._file = file


def _over(line: bytes) -> str | None:
    """Return the key that a line takes back, None if it takes back none."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    over = row.get("over") if isinstance(row, dict) else None
    return None if over is None else str(over)
