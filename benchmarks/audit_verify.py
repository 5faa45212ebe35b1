"""The verifier over a bundle on a disk beside plain SHA-256 over the same bytes."""

import contextlib
import hashlib
import io
import uuid
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verify
from audit.canonical import canon
from audit.checkpoint import Checkpoint
from audit.merkle import leaf_hash, root
from audit.note import note, signature, verifier_of
from benchmarks.report import Comparison, at_least

ENTRIES = 100_000
ORIGIN = "benchmark.example/audit"
KEY = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
ACTIONS = ("permit.refused", "permit.issued", "permit.deferred", "permit.redeemed", "call.ended")


def measure(*, server_url: str, rounds: int) -> list[Comparison]:  # noqa: ARG001 - needs none
    """Verify a range of a hundred thousand entries, and hash its lines, taking turns."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        size = _make(folder)
        lines = (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)
        found = [(_verified(folder), _hashed(lines)) for _ in range(rounds)]
    return [
        Comparison(
            name="audit: entries verified offline, against SHA-256 of the same bytes",
            ours="audit/verify.py, entries/s",
            peer="hashlib.sha256 of each line of entries.jsonl, lines/s",
            rounds=[(ENTRIES / mine, ENTRIES / theirs) for mine, theirs in found],
            goal=at_least(0.2),
            notes=[f"{size / ENTRIES:.0f} bytes a line; nothing disclosed, no proof per entry"],
        )
    ]


def _verified(folder: Path) -> float:
    vkey = verifier_of(ORIGIN, KEY.public_key()).vkey
    began = perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        code = verify.main([str(folder), "--vkey", vkey])
    if code:
        raise AssertionError("The bundle was not verified.")
    return perf_counter() - began


def _hashed(lines: list[bytes]) -> float:
    began = perf_counter()
    for line in lines:
        hashlib.sha256(line).digest()
    return perf_counter() - began


def _make(folder: Path) -> int:
    """Write the bundle; return the size of its entries."""
    bodies = list(_bodies())
    leaves = [leaf_hash(body) for body in bodies]
    with (folder / "entries.jsonl").open("wb") as file:
        for place, (body, leaf) in enumerate(zip(bodies, leaves, strict=True)):
            line = {"i": place, "b": b64encode(body).decode(), "h": leaf.hex()}
            file.write(canon(line) + b"\n")
        size = file.tell()
    zh, en = verify.SAYS["range"]
    manifest = {
        "format": verify.FORMAT,
        "origin": ORIGIN,
        "kind": "range",
        "consistency": [],
        "range": {"lo": 0, "hi": ENTRIES, "left": [], "right": []},
        "says_zh": zh,
        "says_en": en,
    }
    (folder / "manifest.json").write_bytes(canon(manifest))
    text = Checkpoint(origin=ORIGIN, size=ENTRIES, root=root(leaves)).text
    signed = note(text, [signature(text, name=ORIGIN, key=KEY)])
    (folder / "checkpoint").write_bytes(signed)
    return size


def _bodies() -> Iterator[bytes]:
    for place in range(ENTRIES):
        digest = hashlib.sha256(b"%d" % place).hexdigest()
        yield canon(
            {
                "v": 1,
                "eid": str(uuid.UUID(int=place + (7 << 76))),
                "ts": f"2026-11-21T20:{place // 60 % 60:02d}:{place % 60:02d}.{place:06d}Z",
                "tenant": "operator",
                "action": ACTIONS[place % len(ACTIONS)],
                "actor": "svc:dialer",
                "object": f"permit:{uuid.UUID(int=place)}",
                "outcome": "denied" if place % 5 == 0 else "ok",
                "data": {
                    "decision": str(uuid.UUID(int=place)),
                    "filing": place % 7,
                    "person": place,
                    "seat": place % 50,
                    "origin": "dialer",
                    "facts_sha256": digest,
                    "book_sha256": digest[::-1],
                    "rules": ["CN13-TIM-01", "CN13-REF-01"][: place % 3],
                },
                "pii": {},
            }
        )
