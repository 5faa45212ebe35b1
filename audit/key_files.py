"""Key files on the disk: made once and whole, read only while nobody else can."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


class KeyFileError(Exception):
    """A key file is missing, readable by others, or does not hold a key of its kind."""


def place(path: Path, content: bytes, *, mode: int) -> bool:
    """Create `path` whole and on disk, or leave the file that is there. Return True if created."""
    if path.exists():
        return False
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its key stays
            os.link(file.name, path)
            sync_folder(path.parent)
            return True
    return False


def sync_folder(directory: Path) -> None:
    """Wait until the folder's entries are on disk."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_file(path: Path) -> bytes:
    """Read a key's file; a private one only if nobody else can.

    :raises KeyFileError: if it is missing or open to others
    """
    try:
        with path.open("rb") as file:
            if path.suffix == ".key" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise KeyFileError(f"{path}: 他人可读 / others can read it: chmod 600 {path}.")
            return file.read()
    except OSError as error:
        raise KeyFileError(
            f"{path}: 无法读取 / cannot be read ({error.strerror}): run manage.py keys_make."
        ) from error
