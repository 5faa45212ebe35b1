"""A checkpoint in a folder of storage that never gives a file up: WORM, or with object lock."""

import contextlib
import os
from pathlib import Path

from audit.anchors.anchored import Anchored, AnchorError, Published


def anchor_write_once(published: Published, *, folder: Path) -> Anchored:
    """Leave the checkpoint in the folder; one that is there already must be the same.

    :raises AnchorError: if it cannot be written, or another is there under its name
    """
    path = folder / published.name
    try:
        with contextlib.suppress(FileExistsError):
            _write(path, published.note)
        there = path.read_bytes()
    except OSError as error:
        why = error.strerror
        raise AnchorError(
            zh=f"无法写入 {path}：{why}",
            en=f"{path} cannot be written: {why}",
        ) from error
    if there != published.note:
        raise AnchorError(
            zh=f"{path} 中是另一个检查点", en=f"{path} holds another checkpoint of the same size"
        )
    return Anchored(reference=str(path)[:200])


def _write(path: Path, note: bytes) -> None:
    """Create the file, readable and nothing else, and wait until the storage has it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    try:
        os.write(handle, note)
        os.fsync(handle)
    finally:
        os.close(handle)
