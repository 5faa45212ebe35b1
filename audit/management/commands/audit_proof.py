"""Prove that one entry is in the sealed tree, for anybody to check."""

import json
from argparse import ArgumentParser
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from audit.merkle import ProofError
from audit.models import AuditEntry
from audit.proofs import (
    Inclusion,
    NotSealedError,
    Signed,
    consistency,
    inclusion,
    newest_checkpoint,
    tlog_proof,
)
from audit.stored_tiles import StoredTiles, TileMissingError


class Command(BaseCommand):
    """Write the proof as C2SP tlog-proof text, or as JSON."""

    help = "证明某条目已在封存树中 / Prove that an entry is in the sealed tree"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an entry, and an older size to prove the growth from."""
        parser.add_argument("entry", metavar="ENTRY", help="编号或 eid / its id or eid")
        parser.add_argument("--from", type=int, dest="old", metavar="SIZE")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: object, **options: object) -> None:
        """Print the proof against the newest checkpoint."""
        entry_id = _entry_id(str(options["entry"]))
        old = options["old"]
        tiles = StoredTiles()
        try:
            signed = newest_checkpoint()
            proof = inclusion(entry_id=entry_id, size=signed.size, tiles=tiles)
            grown = (
                consistency(old=old, new=signed.size, tiles=tiles)
                if isinstance(old, int)
                else None
            )
        except (NotSealedError, TileMissingError, ProofError) as error:
            raise CommandError(f"该条目尚不能证明 / it cannot be proved yet: {error}") from error
        if not options["json"]:
            self.stdout.write(tlog_proof(proof, signed), ending="")
            return
        self.stdout.write(json.dumps(_said(entry_id, proof, signed, grown)))


def _entry_id(named: str) -> int:
    if named.isdecimal():
        return int(named)
    try:
        found = AuditEntry.objects.filter(eid=UUID(named)).values_list("pk", flat=True).first()
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"没有这条记录 / there is no such entry: {named}")
    return int(found)


def _said(
    entry_id: int, proof: Inclusion, signed: Signed, grown: list[bytes] | None
) -> dict[str, object]:
    said: dict[str, object] = {
        "entry_id": entry_id,
        "leaf_index": proof.index,
        "leaf_hash": proof.leaf.hex(),
        "path": [one.hex() for one in proof.path],
        "origin": signed.checkpoint.origin,
        "size": signed.size,
        "root": signed.checkpoint.root.hex(),
        "checkpoint": signed.note.decode(),
        "tlog_proof": tlog_proof(proof, signed),
    }
    return said if grown is None else said | {"consistency": [one.hex() for one in grown]}
