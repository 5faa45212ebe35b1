"""Whether a disk has room for what calls will say."""

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

LEAST_FREE = 512 * 1024 * 1024  # bytes
OF_A_CALL = 16 * 1024 * 1024  # bytes: both sides for a quarter of an hour
PROBE = bytes(4096)


def why_no_room(folder: Path, *, calls: int) -> str:
    """Return why no other call can be recorded beside so many; empty if one can."""
    try:
        disk = os.statvfs(folder)
        free = disk.f_bavail * disk.f_frsize
        needed = LEAST_FREE + (calls + 1) * OF_A_CALL
        if free < needed:
            return f"{free >> 20} MiB free, {needed >> 20} MiB needed"
        _write_something(folder)
    except OSError as error:
        return f"the folder of recordings: {error.strerror or error}"
    return ""


def _write_something(folder: Path) -> None:
    """Have the disk take a page, as only a disk that can be written does."""
    path = folder / f".{uuid4().hex}"
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if os.write(file, PROBE) != len(PROBE):
            raise OSError("it takes half a page")
    finally:
        os.close(file)
        with suppress(OSError):
            path.unlink()
