"""The books of one trunk's process: of the trunk's own calls, and of the legs to seats' phones."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from dialer.line_process.dialog_book import DialogBook
from dialer.lines.open_dialog import DialogKeeper, OpenDialog, OrphanEnded, OrphanHeard


class Keepable(Protocol):
    """A line whose calls can be kept and, by the next process, ended."""

    def keep_dialogs(self, keeper: DialogKeeper) -> None:
        """Have every call's dialog told to `keeper`; say so before the start."""

    def end_orphans(self, orphans: Sequence[OpenDialog], on_end: OrphanHeard) -> None:
        """End the calls that a former process left up, after the start; say so before."""


L = TypeVar("L", bound=Keepable)


class DialogBooks:
    """Only the trunk's owner keeps them: who reads a book hangs up on everybody in it."""

    def __init__(
        self,
        *,
        folder: Path,
        trunk_code: str,
        ended: Callable[[OrphanEnded, Callable[[], object]], object],
    ) -> None:
        """Keep books in a folder; `ended` is told of each orphan, and what to do once noted."""
        self._folder = folder
        self._code = trunk_code
        self._ended = ended
        self._books: list[DialogBook] = []

    def kept(self, line: L, *, registrar: str = "") -> L:
        """Return the line, to be started: its calls are kept, those left before are ended."""
        name = f"{self._code}~{registrar}" if registrar else self._code
        book = DialogBook(folder=self._folder, trunk_code=name)

        def heard(ended: OrphanEnded) -> None:
            self._ended(ended, lambda: book.closed(ended.dialog.call_id))

        line.end_orphans(book.left_open(), heard)
        line.keep_dialogs(book)
        book.start()
        self._books.append(book)
        return line

    def close(self) -> None:
        """Write what waits and close the files."""
        for book in self._books:
            book.close()
