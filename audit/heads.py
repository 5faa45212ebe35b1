"""The newest signed head of the tree, and whether it continues one that somebody saw before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from audit import checkpoint, note
from audit.merkle import ProofError
from audit.models import AuditCheckpoint
from audit.note import NoteError, Verifier, verifier_of
from audit.proofs import NotSealedError, Signed, consistency, newest_checkpoint
from audit.sealing_keys import log_public_keys
from audit.stored_tiles import StoredTiles, TileMissingError
from audit.verify import is_consistent


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest checkpoint, and who signed it as far as this deployment's keys tell."""

    signed: Signed
    signed_at: datetime
    published_at: datetime | None
    keys: Sequence[Verifier]  # empty: the signature is not right


class Since(StrEnum):
    """What the newest head is to one that was seen before."""

    FIRST = "first"  # nothing was seen before
    SAME = "same"
    GROWN = "grown"  # the older tree is the beginning of the newer one: proved
    BEGUN_ANEW = "begun_anew"  # another log: an epoch began
    BROKEN = "broken"  # shorter, another root, or not to be proved


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A head that somebody saw."""

    origin: str
    size: int
    root: bytes


def newest_head() -> Head | None:
    """Return the newest head, if any was signed."""
    try:
        signed = newest_checkpoint()
    except NotSealedError:
        return None
    row = AuditCheckpoint.objects.get(epoch=signed.epoch, size=signed.size)
    return Head(
        signed=signed,
        signed_at=row.signed_at,
        published_at=row.published_at,
        keys=_signers(signed),
    )


def log_verifiers(origin: str) -> list[Verifier]:
    """Return the verifier keys of the log, the oldest first."""
    return [verifier_of(origin, key) for key in log_public_keys()]


def since(*, seen: Seen | None, head: Signed) -> Since:
    """Return whether the head continues what was seen; what cannot be proved is broken."""
    now = head.checkpoint
    if seen is None:
        return Since.FIRST
    if seen.origin != now.origin:
        return Since.BEGUN_ANEW
    if seen.size == now.size:
        return Since.SAME if seen.root == now.root else Since.BROKEN
    return Since.GROWN if _grew(seen, now) else Since.BROKEN


def _grew(seen: Seen, now: checkpoint.Checkpoint) -> bool:
    """Check with the verifier's own code, not with that which made the proof."""
    try:
        path = consistency(old=seen.size, new=now.size, tiles=StoredTiles())
    except (ProofError, TileMissingError):
        return False
    return is_consistent(seen.size, now.size, seen.root, now.root, path)


def _signers(signed: Signed) -> Sequence[Verifier]:
    try:
        return note.opened(signed.note, log_verifiers(signed.checkpoint.origin)).verified
    except NoteError:
        return ()
