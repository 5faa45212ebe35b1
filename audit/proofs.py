"""Prove from stored tiles that an entry is in the tree, and that the tree has only grown."""

from base64 import b64encode
from dataclasses import dataclass

from audit.checkpoint import Checkpoint
from audit.checkpoint import parsed as checkpoint_of
from audit.merkle import consistency_path, inclusion_path
from audit.models import AuditCheckpoint, AuditLeaf, AuditState
from audit.note import parsed as note_of
from audit.stored_tiles import StoredTiles


class NotSealedError(Exception):
    """The entry is not in the tree, or no checkpoint covers it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """Where an entry is in the tree of so many, and the way from there to the root."""

    index: int
    size: int
    leaf: bytes
    path: list[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A checkpoint with the note that signs it."""

    checkpoint: Checkpoint
    epoch: int
    note: bytes  # its exact bytes

    @property
    def size(self) -> int:
        """How many entries it covers."""
        return self.checkpoint.size


def newest_checkpoint() -> Signed:
    """Return the newest signed checkpoint.

    :raises NotSealedError: if there is none
    """
    return _signed(AuditCheckpoint.objects.order_by("-epoch", "-size").first())


def checkpoint_at(size: int) -> Signed:
    """Return the newest beginning's checkpoint of exactly this size.

    :raises NotSealedError: if none of that size was signed
    """
    epochs = AuditState.objects.values("epoch")
    return _signed(AuditCheckpoint.objects.filter(epoch__in=epochs, size=size).first())


def inclusion(
    *,
    size: int,
    entry_id: int | None = None,
    leaf_index: int | None = None,
    tiles: StoredTiles | None = None,
) -> Inclusion:
    """Return the proof that the entry is one of the first `size`; name it by either number.

    `tiles` makes many proofs of one tree cheaper.

    :raises NotSealedError: if it is not
    :raises TileMissingError: if the tree is not stored whole
    """
    index = leaf_of(entry_id) if leaf_index is None and entry_id is not None else leaf_index
    if index is None or not 0 <= index < size:
        raise NotSealedError(f"There is no entry {index} among the first {size}.")
    leaf, path = (tiles or StoredTiles()).over(
        lambda node: (node(0, index), inclusion_path(index, size, node))
    )
    return Inclusion(index=index, size=size, leaf=leaf, path=path)


def consistency(*, old: int, new: int, tiles: StoredTiles | None = None) -> list[bytes]:
    """Return the proof that the tree of `new` entries begins with that of `old`.

    :raises ProofError: if `old` is beyond `new`
    :raises TileMissingError: if the tree is not stored whole
    """
    return (tiles or StoredTiles()).over(lambda node: consistency_path(old, new, node))


def leaf_of(entry_id: int) -> int:
    """Return the place of an entry in the tree.

    :raises NotSealedError: if it waits to be sealed, or does not exist
    """
    found = AuditLeaf.objects.filter(entry_id=entry_id).values_list("leaf_index", flat=True)
    index = found.first()
    if index is None:
        raise NotSealedError(f"Entry {entry_id} is not sealed.")
    return index


def tlog_proof(proof: Inclusion, signed: Signed) -> str:
    """Return the proof as text for one file, https://c2sp.org/tlog-proof.

    :raises NotSealedError: if the proof is of a tree of another size than the checkpoint
    """
    if proof.size != signed.size:
        raise NotSealedError(f"The checkpoint is of {signed.size}, the proof of {proof.size}.")
    lines = ["c2sp.org/tlog-proof@v1", f"index {proof.index}"]
    lines += [b64encode(one).decode() for one in proof.path]
    return "\n".join([*lines, "", signed.note.decode()])


def _signed(row: AuditCheckpoint | None) -> Signed:
    if row is None:
        raise NotSealedError("There is no checkpoint.")
    note = bytes(row.note)
    checkpoint = checkpoint_of(note_of(note)[0])
    return Signed(checkpoint=checkpoint, epoch=row.epoch, note=note)
