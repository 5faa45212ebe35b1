"""What an anchor is given, and what it answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A signed checkpoint that was published, as its exact bytes."""

    origin: str
    epoch: int
    size: int
    note: bytes

    @property
    def name(self) -> str:
        """The name of its file: it sorts by epoch and size."""
        return f"checkpoint-{self.epoch:03d}-{self.size:012d}.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """Where the checkpoint now is, and what proves it, if anything does by itself."""

    reference: str
    token: bytes | None = None


class AnchorError(Exception):
    """The checkpoint is not where the anchor should have put it."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
