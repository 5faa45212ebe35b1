"""Put checkpoints where others fetch them: files in a drop folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from audit.sealing.files import write_whole
from audit.sealing.reached import Reached, pass_by

_UNPUBLISHED = """
SELECT epoch, size, note FROM audit_checkpoint WHERE published_at IS NULL ORDER BY epoch, size
"""
_NEWEST = "SELECT note FROM audit_checkpoint ORDER BY epoch DESC, size DESC LIMIT 1"
# The trigger lets the instant be set once; a second sequencer may have been first.
_MARK = """
UPDATE audit_checkpoint SET published_at = clock_timestamp()
WHERE epoch = %s AND size = %s AND published_at IS NULL
"""


class PublishedOtherwiseError(Exception):
    """The drop folder holds another note under the name of this checkpoint."""


def publish(*, folder: Path, reached: Reached = pass_by) -> int:
    """Publish every checkpoint that is not marked so; return how many.

    `checkpoints/<epoch>-<size>` holds each, `checkpoint` the newest. A checkpoint is marked only
    when its file is on disk: after a crash it is published again, with the same bytes.

    :raises PublishedOtherwiseError: if the folder contradicts the database
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNPUBLISHED)
        found = [(epoch, size, bytes(note)) for epoch, size, note in cursor.fetchall()]
        if not found:
            return 0
        with _alone(folder):
            for epoch, size, note in found:
                _place(folder / "checkpoints" / f"{epoch}-{size}", note)
            cursor.execute(_NEWEST)
            (newest,) = cursor.fetchone()
            write_whole(folder / "checkpoint", bytes(newest), mode=0o644)
        reached("checkpoint published")
        cursor.executemany(_MARK, [(epoch, size) for epoch, size, _ in found])
        reached("checkpoint marked")
    return len(found)


def _place(path: Path, note: bytes) -> None:
    if not path.exists():
        write_whole(path, note, mode=0o644)
    elif path.read_bytes() != note:
        raise PublishedOtherwiseError(f"{path} holds another note than the database.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    (folder / "checkpoints").mkdir(mode=0o755, parents=True, exist_ok=True)
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
