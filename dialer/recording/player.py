"""The player: the one process that holds the key that opens recordings.

It believes nobody who asks. What it gives out, an entry of the audit trail has allowed before:
who hears which recording, and why.
"""

import hashlib
import json
import logging
import socketserver
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from dialer.recording.player_words import (
    ALTERED,
    AWAY,
    GONE,
    NotPlayedError,
    Question,
    address_of,
    question_of,
    read_line,
)
from dialer.recording.sealed_format import NotARecordingError
from dialer.recording.sealed_reader import AlteredError, SealedReader
from dialer.recording.sealed_writer import path_of
from dialer.recording.unwrapping import WrongKeyError

log = logging.getLogger(__name__)
REMEMBERED = 4  # recordings; each a few MB, and asked for again at every step through it
SECONDS = 10.0

Allowed = Callable[[UUID, UUID], str]  # entry, recording: the file's SHA-256, or NotPlayedError


class Player:
    """Answers questions on a Unix socket, one thread for each."""

    def __init__(
        self, *, address: Path, folder: Path, private: X25519PrivateKey, allowed: Allowed
    ) -> None:
        """Listen at `address`; `folder` is where recordings are."""
        self._folder = folder
        self._private = private
        self._allowed = allowed
        self._open: OrderedDict[UUID, SealedReader] = OrderedDict()
        self._lock = threading.Lock()
        self._address = address
        address.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        address.unlink(missing_ok=True)
        with address_of(address) as bound:
            self._server = _Server(bound, _Asked)
        self._server.answer = self.answer
        address.chmod(0o660)

    def serve(self) -> None:
        """Answer until told to stop."""
        self._server.serve_forever(poll_interval=0.2)

    def stop(self) -> None:
        """Stop; called from another thread."""
        self._server.shutdown()
        self._server.server_close()
        with suppress(OSError):
            self._address.unlink()

    def answer(self, question: Question) -> tuple[int, bytes]:
        """Return the size of the WAV and the part that was asked for.

        :raises NotPlayedError: if nothing is given out
        """
        digest = self._allowed(question.entry, question.recording)
        try:
            reader = self._reader(question.recording, digest)
            return reader.size, reader.wav(first=question.first, count=question.count)
        except (AlteredError, NotARecordingError, WrongKeyError) as error:
            log.error("recording %s: %s", question.recording, error)  # noqa: TRY400
            raise NotPlayedError(ALTERED) from error

    def _reader(self, recording: UUID, digest: str) -> SealedReader:
        with self._lock:
            known = self._open.get(recording)
            if known is not None and path_of(self._folder, recording).exists():
                self._open.move_to_end(recording)
                return known
        reader = SealedReader(self._content(recording, digest), private=self._private)
        if reader.parsed.head.recording != recording:
            raise AlteredError("The file is of another recording.")
        with self._lock:
            self._open[recording] = reader
            while len(self._open) > REMEMBERED:
                self._open.popitem(last=False)
        return reader

    def _content(self, recording: UUID, digest: str) -> bytes:
        try:
            content = path_of(self._folder, recording).read_bytes()
        except FileNotFoundError as error:
            raise NotPlayedError(GONE) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise AlteredError("The file is not what was put on the record.")
        return content


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    answer: Callable[[Question], tuple[int, bytes]]


class _Asked(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Answer one question."""
        self.request.settimeout(SECONDS)
        with suppress(OSError, ValueError):  # whoever asked has gone, or asks for nonsense
            head, content = self._answer(question_of(read_line(self.request)))
            self.request.sendall(json.dumps(head).encode() + b"\n" + content)

    def _answer(self, question: Question) -> tuple[dict[str, object], bytes]:
        try:
            size, content = self.server.answer(question)
        except NotPlayedError as refused:
            return {"error": refused.why}, b""
        except Exception:
            log.exception("recording %s cannot be played", question.recording)
            return {"error": AWAY}, b""
        return {"size": size, "bytes": len(content)}, content
