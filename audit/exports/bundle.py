"""Write the three files of a bundle: the checkpoint, what it proves, and the entries."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from audit import note
from audit.canonical import canon
from audit.exports.sealed_entries import SealedEntry, sealed_entries
from audit.exports.selection import Selection
from audit.merkle import Node
from audit.models import AuditAnchor
from audit.proofs import Signed, consistency, inclusion
from audit.stored_tiles import StoredTiles
from audit.verify import FORMAT, SAYS, bundle_sha256, levels_after, levels_before

MOST_PROOFS = 1000  # of older checkpoints, the newest first
Told = Callable[[int], None]  # how many entries are written


def unheard(_count: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written."""

    sha256: str
    count: int
    disclosed: int  # personal fields
    disclosed_entries: int


def write_bundle(
    folder: Path,
    *,
    selection: Selection,
    signed: Signed,
    held: Iterable[int],
    disclose: bool,
    told: Told = unheard,
) -> Written:
    """Write the bundle into an empty folder.

    :raises EntryGoneError: if an entry is not there
    :raises TileMissingError: if the tree is not stored whole
    """
    tiles = StoredTiles()
    checkpoint = _with_cosignatures(signed)
    manifest = canon(_manifest(selection, signed, _older(held, signed), tiles))
    _write(folder / "checkpoint", checkpoint)
    _write(folder / "manifest.json", manifest)
    _write_stamp(folder, signed)
    digest = hashlib.sha256()
    count = disclosed = disclosed_entries = 0
    indexes = selection.indexes or range(selection.lo, selection.hi)
    with (folder / "entries.jsonl").open("xb") as file:
        for entry in sealed_entries(indexes, disclose=disclose):
            line = canon(_line(entry, selection, signed, tiles)) + b"\n"
            file.write(line)
            digest.update(line)
            count += 1
            disclosed += len(entry.personal)
            disclosed_entries += bool(entry.personal)
            told(count)
    return Written(
        sha256=bundle_sha256(checkpoint, manifest, digest.hexdigest()),
        count=count,
        disclosed=disclosed,
        disclosed_entries=disclosed_entries,
    )


def _line(
    entry: SealedEntry, selection: Selection, signed: Signed, tiles: StoredTiles
) -> dict[str, object]:
    line: dict[str, object] = {"i": entry.index, "b": b64encode(entry.body).decode()}
    if selection.kind == "range":
        line["h"] = entry.leaf.hex()
    else:
        proof = inclusion(leaf_index=entry.index, size=signed.size, tiles=tiles)
        line["p"] = [one.hex() for one in proof.path]
    if entry.personal:
        line["d"] = {
            name: {"v": value, "s": salt.hex()} for name, (value, salt) in entry.personal.items()
        }
    return line


def _manifest(
    selection: Selection, signed: Signed, older: list[int], tiles: StoredTiles
) -> dict[str, object]:
    zh, en = SAYS[selection.kind]
    manifest: dict[str, object] = {
        "format": FORMAT,
        "origin": signed.checkpoint.origin,
        "kind": selection.kind,
        "consistency": [
            {
                "from": size,
                "proof": [
                    one.hex() for one in consistency(old=size, new=signed.size, tiles=tiles)
                ],
            }
            for size in older
        ],
        "says_zh": zh,
        "says_en": en,
    }
    if selection.kind == "range":
        left, right = tiles.over(lambda node: _beside(selection, signed.size, node))
        manifest["range"] = {"lo": selection.lo, "hi": selection.hi, "left": left, "right": right}
    return manifest


def _beside(selection: Selection, size: int, node: Node) -> tuple[list[str], list[str]]:
    """Return the hashes of what stands left and right of the range, from left to right."""
    left = _subtrees(0, levels_before(selection.lo), node)
    return left, _subtrees(selection.hi, levels_after(selection.hi, size), node)


def _subtrees(begin: int, levels: list[int], node: Node) -> list[str]:
    found = []
    for level in levels:
        found.append(node(level, begin >> level).hex())
        begin += 1 << level
    return found


def _older(held: Iterable[int], signed: Signed) -> list[int]:
    """Return the sizes to prove the growth from: those asked for, and those that others hold."""
    asked = sorted({size for size in held if 0 < size < signed.size})
    anchored = (
        AuditAnchor.objects.filter(size__gt=0, size__lt=signed.size, epoch=signed.epoch)
        .order_by("-size")
        .values_list("size", flat=True)
        .distinct()[:MOST_PROOFS]
    )
    return sorted({*asked, *anchored})


def _with_cosignatures(signed: Signed) -> bytes:
    """Return the note with what witnesses have returned of it."""
    text, signatures = note.parsed(signed.note)
    lines = dict.fromkeys(signatures)
    for token in _tokens(AuditAnchor.Kind.WITNESS, signed):
        theirs, cosigned = note.parsed(token)
        if theirs == text:
            lines |= dict.fromkeys(cosigned)
    return note.note(text, list(lines)[: note.MOST_SIGNATURES])


def _write_stamp(folder: Path, signed: Signed) -> None:
    for token in _tokens(AuditAnchor.Kind.TSA, signed)[:1]:
        _write(folder / "checkpoint.tsr", token)
        _write(folder / "checkpoint.stamped", signed.note)  # without what witnesses added later


def _tokens(kind: str, signed: Signed) -> list[bytes]:
    found = AuditAnchor.objects.filter(kind=kind, epoch=signed.epoch, size=signed.size)
    rows = found.exclude(token=None).order_by("pk").values_list("token", flat=True)
    return [bytes(token) for token in rows if token]


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
