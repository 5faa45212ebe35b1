"""What is signed about the tree, as C2SP defines it: which log, how many leaves, which root."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from audit.merkle import EMPTY_ROOT, HASH_BYTES

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_ROOT = re.compile(r"[A-Za-z0-9+/]{43}=")


class CheckpointError(ValueError):
    """The text is not that of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of one log at one size."""

    origin: str  # `yunhu.example/audit`; another one after every new beginning
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed: three lines. Time is told by cosignatures and timestamps, not here."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def parsed(text: str) -> Checkpoint:
    """Return the checkpoint that the text of a note holds.

    :raises CheckpointError: if it holds anything else, extension lines included: we write none
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:  # noqa: PLR2004 - origin, size, root, and the last newline
        raise CheckpointError("A checkpoint has three lines.")
    origin, size, root = lines[:3]
    if not origin or not _SIZE.fullmatch(size) or not _ROOT.fullmatch(root):
        raise CheckpointError("A checkpoint tells origin, size and root, one to a line.")
    found = Checkpoint(origin=origin, size=int(size), root=b64decode(root))
    if found.text != text or len(found.root) != HASH_BYTES:
        raise CheckpointError("A checkpoint has one spelling.")
    if found.size == 0 and found.root != EMPTY_ROOT:
        raise CheckpointError("A tree without leaves has the root of an empty tree.")
    return found
