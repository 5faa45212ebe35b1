"""Bundles that were never in a database: entries, a tree, a signed checkpoint, the three files.

Everything here is written down a second time, apart from the code that seals and exports.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verify

SIZE = 21  # of the tree that bundles are of
ORIGIN = "yunhu.example/audit"
WITNESS = "compliance.example/w1"
NUMBERS = {"caller": "+8695123456", "callee": "+8613800138000"}


def dumped(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def body_of(place: int, *, action: str = "permit.refused", **changes: object) -> bytes:
    """Return an entry's exact bytes; numbers of a call and a name are committed to."""
    pii = {name: commitment(name, value, place) for name, value in personal(place).items()}
    said: dict[str, object] = {
        "v": 1,
        "eid": f"019aa000-0000-7000-8000-{place:012x}",
        "ts": f"2026-11-21T20:{place // 60 % 60:02d}:{place % 60:02d}.123456Z",
        "tenant": "yunhu",
        "action": "permit.redeemed" if place % 3 == 1 else action,
        "actor": "svc:dialer",
        "object": f"permit:{place}",
        "outcome": "ok",
        "data": {"filing": 3, "rules": ["CN13-TIM-01"], "words": '第一条 "x"'},
        "pii": pii,
    }
    return dumped(said | changes)


def personal(place: int) -> dict[str, str]:
    return dict(NUMBERS) if place % 3 == 1 else {}


def salt(field_name: str, place: int) -> bytes:
    return hashlib.sha256(f"{field_name}{place}".encode()).digest()


def commitment(field_name: str, value: str, place: int) -> str:
    said = dumped([field_name, value])
    return "hs256:" + hmac.new(salt(field_name, place), said, hashlib.sha256).hexdigest()


def leaf(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162 2.1.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()


def inclusion(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 9162 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return [*inclusion(index, leaves[:k]), root(leaves[k:])]
    return [*inclusion(index - k, leaves[k:]), root(leaves[:k])]


def consistency(old: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 9162 2.1.4.1."""
    return [] if old in (0, len(leaves)) else _subproof(old, leaves, known=True)


def _subproof(old: int, leaves: Sequence[bytes], *, known: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if known else [root(leaves)]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= k:
        return [*_subproof(old, leaves[:k], known=known), root(leaves[k:])]
    return [*_subproof(old - k, leaves[k:], known=False), root(leaves[:k])]


@dataclass(frozen=True)
class Signer:
    """A key that signs notes, or checkpoints of others with the time."""

    name: str = ORIGIN
    seed: bytes = b"\x01" * 32
    algorithm: int = 1

    @property
    def key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def public(self) -> bytes:
        return bytes([self.algorithm]) + self.key.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self.public).decode()}"

    def line(self, text: bytes, *, at: int = 1_700_000_000) -> bytes:
        cosigns = self.algorithm == 4
        said = b"cosignature/v1\ntime %d\n" % at + text if cosigns else text
        signature = (at.to_bytes(8, "big") if cosigns else b"") + self.key.sign(said)
        return f"— {self.name} {base64.b64encode(self.id + signature).decode()}\n".encode()


LOG = Signer()
NEW_LOG = Signer(seed=b"\x02" * 32)
WITNESSING = Signer(name=WITNESS, seed=b"\x03" * 32, algorithm=4)


def checkpoint(leaves: Sequence[bytes], *, by: Iterable[Signer] = (LOG,), origin: str = ORIGIN,
               found: bytes | None = None) -> bytes:  # fmt: skip
    said = base64.b64encode(root(leaves) if found is None else found).decode()
    text = f"{origin}\n{len(leaves)}\n{said}\n".encode()
    return text + b"\n" + b"".join(signer.line(text) for signer in by)


@dataclass
class Bundle:
    """The three files, still to be changed."""

    checkpoint: bytes
    manifest: dict[str, Any]
    lines: list[dict[str, Any]] = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "checkpoint").write_bytes(self.checkpoint)
        (folder / "manifest.json").write_bytes(dumped(self.manifest))
        entries = b"".join(dumped(line) + b"\n" for line in self.lines)
        (folder / "entries.jsonl").write_bytes(entries)
        return folder


@cache
def bodies(size: int) -> tuple[bytes, ...]:
    return tuple(body_of(place) for place in range(size))


def line(place: int, body: bytes, *, disclose: bool = True) -> dict[str, Any]:
    made: dict[str, Any] = {"i": place, "b": base64.b64encode(body).decode()}
    if disclose and (known := personal(place)):
        made["d"] = {
            name: {"v": value, "s": salt(name, place).hex()} for name, value in known.items()
        }
    return made


def range_bundle(
    lo: int, hi: int, size: int, *, held: Iterable[int] = (), by: Iterable[Signer] = (LOG,),
    disclose: bool = True, change: Mapping[int, Callable[[bytes], bytes]] | None = None,
) -> Bundle:  # fmt: skip
    """Return a bundle of the entries lo..hi-1; `change` alters what was sealed."""
    written = [(change or {}).get(i, bytes)(body) for i, body in enumerate(bodies(size))]
    leaves = [leaf(body) for body in written]
    manifest = _manifest("range", leaves, held) | {
        "range": {
            "lo": lo,
            "hi": hi,
            "left": [one.hex() for one in _subtrees(leaves, 0, lo)],
            "right": [one.hex() for one in _subtrees(leaves, hi, size)],
        }
    }
    lines = [
        line(i, written[i], disclose=disclose) | {"h": leaves[i].hex()} for i in range(lo, hi)
    ]
    return Bundle(checkpoint(leaves, by=by), manifest, lines)


def filtered_bundle(places: Iterable[int], size: int, *, held: Iterable[int] = (),
                    by: Iterable[Signer] = (LOG,)) -> Bundle:  # fmt: skip
    written = bodies(size)
    leaves = [leaf(body) for body in written]
    lines = [
        line(i, written[i]) | {"p": [one.hex() for one in inclusion(i, leaves)]} for i in places
    ]
    return Bundle(checkpoint(leaves, by=by), _manifest("filtered", leaves, held), lines)


def _manifest(kind: str, leaves: Sequence[bytes], held: Iterable[int]) -> dict[str, Any]:
    zh, en = verify.SAYS[kind]
    proofs = [
        {"from": old, "proof": [one.hex() for one in consistency(old, leaves)]} for old in held
    ]
    return {
        "format": verify.FORMAT,
        "origin": ORIGIN,
        "kind": kind,
        "consistency": proofs,
        "says_zh": zh,
        "says_en": en,
    }


def _subtrees(leaves: Sequence[bytes], start: int, end: int) -> list[bytes]:
    """Return the roots of the largest aligned complete subtrees, from left to right."""
    found = []
    while start < end:
        width = 1
        while start % (width * 2) == 0 and start + width * 2 <= end:
            width *= 2
        found.append(root(leaves[start : start + width]))
        start += width
    return found
