"""Asks the player, which alone can open recordings, for a part of one."""

import json
import socket
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from dialer.recording.player_words import (
    AWAY,
    LONGEST_PART,
    NotPlayedError,
    Question,
    address_of,
    read_line,
)

SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some bytes of a recording's WAV."""

    size: int  # of the whole WAV
    content: bytes


def play(
    player: Path, *, recording: UUID, entry: UUID, first: int = 0, count: int = LONGEST_PART
) -> Part:
    """Return bytes of the WAV from `first` on, as many as the player gives at once.

    :raises NotPlayedError: if it is away, or gives nothing out
    """
    asked = Question(recording=recording, entry=entry, first=first, count=count)
    try:
        with socket.socket(socket.AF_UNIX) as sock, address_of(player) as address:
            sock.settimeout(SECONDS)
            sock.connect(address)
            sock.sendall(asked.line())
            said = json.loads(read_line(sock))
            content = _read(sock, int(said.get("bytes", 0)))
    except (OSError, ValueError) as error:
        raise NotPlayedError(AWAY) from error
    if "error" in said:
        raise NotPlayedError(str(said["error"]))
    return Part(size=int(said["size"]), content=content)


def whole(player: Path, *, recording: UUID, entry: UUID) -> bytes:
    """Return the whole WAV.

    :raises NotPlayedError: as `play`
    """
    part = play(player, recording=recording, entry=entry)
    parts, got = [part.content], len(part.content)
    while got < part.size and part.content:
        part = play(player, recording=recording, entry=entry, first=got)
        parts.append(part.content)
        got += len(part.content)
    return b"".join(parts)


def _read(sock: socket.socket, size: int) -> bytes:
    parts = []
    while size > 0:
        part = sock.recv(min(size, 65_536))
        if not part:
            raise ValueError("The player has stopped in mid sentence.")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
