"""What tells of an attack: our own checks, the signer, and what is kept outside."""

import base64
from pathlib import Path

from audit import note, verify
from audit.check import findings, orphans
from audit.models import AuditCheckpoint, AuditEntry, AuditLeaf, AuditState
from audit.note import verifier_of
from audit.receipts.matching import unmatched
from audit.sealing_keys import log_public_keys
from audit.selectors import entries
from audit.tree_check import tree_findings
from tests.audit.attacks.scene import HELD, Scene, write_some
from tests.audit.sealing import Log
from tests.audit.verify.making import Bundle, consistency, leaf


def alarms(scene: Scene, log: Log, *, bundle: Path) -> set[str]:
    """Let life go on for a moment, then return the name of everything that raises an alarm."""
    write_some(900, 902)
    log.seal()
    told = {one.check.name for one in findings(entries())}
    told |= {one.check.name for one in orphans()}
    found = tree_findings(keys=log_public_keys(), published=log.published)
    told |= {one.check.name for one in found}
    if AuditState.objects.get().stopped == AuditState.Stop.REFUSED:
        told.add("signer")
    if list(unmatched(scene.outside.receipts)):
        told.add("receipts")
    if not _verifies(scene, bundle):
        told.add("held")
    return told


def _verifies(scene: Scene, folder: Path) -> bool:
    """Return whether the officer's verifier accepts all there is, with the checkpoint held.

    The bundle holds what the database has: the newest checkpoint, and every entry below it.
    """
    newest = AuditCheckpoint.objects.order_by("-size").first()
    if newest is None:
        return False
    _bundle(bytes(newest.note), newest.size).write(folder)
    (folder / "held").write_bytes(scene.outside.held)
    origin = note.parsed(scene.outside.held)[0].partition("\n")[0]
    key = verifier_of(origin, log_public_keys()[0]).vkey
    arguments = [str(folder), "--vkey", key, "--held", str(folder / "held"), "--lang", "en"]
    return verify.main(arguments) == 0


def _bundle(checkpoint: bytes, size: int) -> Bundle:
    order = AuditLeaf.objects.filter(leaf_index__lt=size).order_by("leaf_index")
    stored = dict(AuditEntry.objects.values_list("id", "body"))
    bodies = [bytes(stored.get(one.entry_id, b"{}")) for one in order]
    leaves = [leaf(body) for body in bodies]
    zh, en = verify.SAYS["range"]
    manifest = {
        "format": verify.FORMAT,
        "origin": note.parsed(checkpoint)[0].partition("\n")[0],
        "kind": "range",
        "consistency": [_proof(leaves)] if len(leaves) >= HELD else [],
        "says_zh": zh,
        "says_en": en,
        "range": {"lo": 0, "hi": len(leaves), "left": [], "right": []},
    }
    lines = [
        {"i": index, "b": base64.b64encode(body).decode(), "h": leaf(body).hex()}
        for index, body in enumerate(bodies)
    ]
    return Bundle(checkpoint, manifest, lines)


def _proof(leaves: list[bytes]) -> dict[str, object]:
    return {"from": HELD, "proof": [one.hex() for one in consistency(HELD, leaves)]}
