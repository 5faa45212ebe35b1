"""The reject file of one import: it takes its name only when the import has committed."""

import filecmp
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from compliance.imports.outcome import ImportRefusedError
from compliance.lists import Headings, RejectWriter
from compliance.lists.reject import Returned
from compliance.numbers import Words

IN_THE_WAY = Words(
    "文件 {path} 已存在，不会覆盖。请换一个名称或先移走它。",
    "The file {path} exists and is not overwritten. Choose another name, or move it away.",
)
NO_PLACE = Words(
    "无法写入退回文件 {path}（{why}）。请用 --rejects 指定可写的位置。",
    "The reject file {path} cannot be written ({why}). Name a writable place with --rejects.",
)


class RejectFile:
    """Collects rejects beside the list. They hold full numbers: only the owner can read them."""

    def __init__(self, *, path: Path, headings: Headings, earlier: Sequence[Path] = ()) -> None:
        """Prepare the file; nothing shows under its name yet."""
        self.path = path
        self._earlier = earlier
        self._headings = headings
        self._draft = path.with_name(f".{path.name}.{os.getpid()}")
        self._stream: TextIO | None = None
        self._writer: RejectWriter | None = None

    def __enter__(self) -> Self:
        """Open the draft.

        :raises ImportRefusedError: if there is a file already, or no place for one
        """
        if self.path.exists():
            raise ImportRefusedError(IN_THE_WAY.filled(path=self.path))
        try:
            handle = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            words = NO_PLACE.filled(path=self.path, why=error.strerror)
            raise ImportRefusedError(words) from error
        self._stream = os.fdopen(handle, "w", encoding="utf-8", newline="")
        self._writer = RejectWriter(self._stream, self._headings)
        return self

    @property
    def count(self) -> int:
        """Return how many rows were refused."""
        return self._writer.count if self._writer else 0

    def write(self, one: Returned) -> None:
        """Add a row."""
        if self._writer is None:
            raise RuntimeError("Enter the reject file before writing to it.")
        self._writer.write(one)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the file its name if there is something in it and nothing went wrong."""
        if self._stream is not None:
            self._stream.close()
        if error is None and self.count and not self._is_there_already():
            self._draft.rename(self.path)
        else:
            self._draft.unlink(missing_ok=True)

    def _is_there_already(self) -> bool:
        """Say whether the import before left the very same rejects; then those are the ones."""
        same = (one for one in self._earlier if filecmp.cmp(one, self._draft, shallow=False))
        self.path = next(same, self.path)
        return self.path in self._earlier


def paths_beside(source: Path) -> list[Path]:
    """Return the names of a list's reject files; the last is free: none is ever overwritten."""
    paths = [source.with_name(f"{source.stem}.rejects.csv")]
    while paths[-1].exists():
        paths.append(source.with_name(f"{source.stem}.rejects-{len(paths) + 1}.csv"))
    return paths
