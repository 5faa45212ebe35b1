"""What the player is asked and what it answers: a line of JSON each, then bytes of the WAV."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

LONGEST_LINE = 4096
LONGEST_PART = 1 << 20  # bytes of one answer
LONGEST_PATH = 100  # of a socket's address, unix(7)
AWAY, NOT_ALLOWED, ALTERED, GONE = "away", "not_allowed", "altered", "gone"


class NotPlayedError(Exception):
    """The player gives nothing out; `why` is one of the words above."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The recording is not played: {why}.")
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which part of which recording, and the entry of the trail that says who may hear it."""

    recording: UUID
    entry: UUID
    first: int
    count: int

    def line(self) -> bytes:
        """Return it as it is sent."""
        asked = {
            "recording": self.recording.hex,
            "entry": self.entry.hex,
            "first": self.first,
            "count": self.count,
        }
        return json.dumps(asked).encode() + b"\n"


def question_of(line: bytes) -> Question:
    """Read a question.

    :raises ValueError: if it is none
    """
    try:
        asked = json.loads(line)
        question = Question(
            recording=UUID(hex=asked["recording"]),
            entry=UUID(hex=asked["entry"]),
            first=int(asked["first"]),
            count=min(int(asked["count"]), LONGEST_PART),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("This is no question.") from error
    if question.first < 0 or question.count <= 0:
        raise ValueError("first, count: from 0, and above 0.")
    return question


@contextmanager
def address_of(path: Path) -> Iterator[str]:
    """Give the socket's address, which the system wants short."""
    if len(os.fsencode(path)) <= LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def read_line(sock: socket.socket) -> bytes:
    """Read up to a line's end.

    :raises ValueError: if none comes
    """
    line = b""
    while not line.endswith(b"\n"):
        byte = sock.recv(1)
        if not byte or len(line) > LONGEST_LINE:
            raise ValueError("There is no whole line.")
        line += byte
    return line
