"""The receipt of an entry that is in the trail, and what a receipt is worth when it comes back."""

from dataclasses import dataclass
from enum import StrEnum

from audit.merkle import inclusion_root
from audit.models import AuditEntry
from audit.proofs import Inclusion, NotSealedError, Signed, inclusion, newest_checkpoint
from audit.receipts.receipt import Receipt


class Standing(StrEnum):
    """What the trail says to a receipt."""

    UNKNOWN = "unknown"  # no entry of ours has this identifier and this hash
    WAITING = "waiting"  # written, and not sealed under a signed checkpoint yet
    SEALED = "sealed"  # in the tree, under a signed checkpoint, and the proof holds
    BROKEN = "broken"  # what is in the tree there is not what the receipt says


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A receipt, held against the trail."""

    standing: Standing
    proof: Inclusion | None = None
    signed: Signed | None = None


def receipt_of(action: str, *, obj: str) -> Receipt:
    """Return the receipt of the one entry about an object with this action.

    :raises AuditEntry.DoesNotExist: if there is none
    """
    entry = AuditEntry.objects.of(action).get(object=obj)
    return Receipt.of(eid=entry.eid, ts=entry.ts, body=bytes(entry.body))


def receipt_check(receipt: Receipt) -> Checked:
    """Look for the entry of a receipt, prove it to be in the sealed tree, and check the proof.

    Whoever does not hold the whole receipt learns nothing, not even that there is an entry.
    """
    entry = AuditEntry.objects.filter(eid=receipt.eid).first()
    if entry is None or Receipt.of(eid=entry.eid, ts=entry.ts, body=bytes(entry.body)) != receipt:
        return Checked(standing=Standing.UNKNOWN)
    try:
        signed = newest_checkpoint()
        proof = inclusion(entry_id=entry.pk, size=signed.size)
    except NotSealedError:
        return Checked(standing=Standing.WAITING)
    root = inclusion_root(proof.index, proof.size, receipt.leaf, proof.path)
    holds = proof.leaf == receipt.leaf and root == signed.checkpoint.root
    standing = Standing.SEALED if holds else Standing.BROKEN
    return Checked(standing=standing, proof=proof, signed=signed)
