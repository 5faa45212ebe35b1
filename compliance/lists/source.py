"""One open file that can be read several times and shows if somebody changes it meanwhile."""

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from compliance.lists.problems import CHANGED, EMPTY, UNREADABLE, ListFileError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 1 << 20  # bytes read at a time


class _Reader(io.RawIOBase):
    """Reads an open file from its start with a position of its own."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        count = os.preadv(self._descriptor, [buffer], self._at)
        self._at += count
        return count


class Source:
    """A file held open, so that every reading sees the same one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._stamp = self._stamped()

    @classmethod
    def open(cls, path: Path) -> "Source":
        """Open a list file.

        :raises ListFileError: if it is missing, not a plain file, not readable or empty
        """
        try:
            if not path.is_file():
                raise ListFileError(UNREADABLE.filled(why="不是普通文件 not a plain file"))
            source = cls(path.open("rb"))
        except OSError as error:
            raise ListFileError(UNREADABLE.filled(why=error.strerror)) from error
        if not source.size:
            source.close()
            raise ListFileError(EMPTY)
        return source

    @property
    def size(self) -> int:
        """Return the file's length in bytes."""
        return self._stamp[0]

    @property
    def file(self) -> IO[bytes]:
        """Return the open file itself, for readers that seek."""
        return self._file

    def reader(self) -> io.BufferedReader:
        """Start a reading of its own; close it, or let it go out of use."""
        return io.BufferedReader(_Reader(self._file.fileno()), BLOCK)

    def blocks(self) -> Iterator[bytes]:
        """Read the file block by block."""
        reader = self.reader()
        while block := reader.read(BLOCK):
            yield block

    def sha256(self) -> str:
        """Return the digest of the whole file, hex."""
        digest = hashlib.sha256()
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()

    def check_unchanged(self) -> None:
        """Make sure that nobody wrote to the file since it was opened.

        :raises ListFileError: if somebody did
        """
        if self._stamped() != self._stamp:
            raise ListFileError(CHANGED)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _stamped(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns
