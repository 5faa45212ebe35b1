"""Notes, tiles and proofs beside Go's golang.org/x/mod/sumdb: frozen vectors, and Go itself."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import checkpoint, note, verify
from audit.merkle import (
    Node,
    consistency_path,
    consistency_roots,
    inclusion_path,
    inclusion_root,
    leaf_hash,
    root,
)
from audit.proofs import consistency, inclusion
from audit.sealing.tiles import Tiles, grown
from audit.stored_tiles import StoredTiles
from tests.audit.tree import store_tiles

FOLDER = Path(__file__).parent / "vectors"
GO: dict[str, Any] = json.loads((FOLDER / "sumdb.json").read_bytes())
SIZE: int = GO["size"]
ROOTS: Mapping[int, bytes] = {int(size): bytes.fromhex(one) for size, one in GO["roots"].items()}
LEAVES = [leaf_hash(b"entry %d" % place) for place in range(SIZE)]
TILES = {tuple(map(int, at.split("/"))): bytes.fromhex(held) for at, held in GO["tiles"].items()}
SOURCES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")


def hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def tree() -> Node:
    tiles = {(level, idx): held for (level, idx), held in TILES.items()}
    return Tiles(size=SIZE, read=lambda level, idx: tiles.get((level, idx))).node


class TestOurTree:
    def test_has_the_roots_that_go_finds(self) -> None:
        for size, expected in ROOTS.items():
            assert root(LEAVES[:size]) == expected

    def test_has_the_tiles_that_go_stores(self) -> None:
        ours = dict(grown({}, size=0, leaves=LEAVES))

        assert ours == TILES

    def test_proves_entries_as_go_does(self) -> None:
        for one in GO["inclusion"]:
            index, size, path = one["index"], one["size"], hashes(one["path"])

            assert inclusion_path(index, size, tree()) == path
            assert inclusion_root(index, size, LEAVES[index], path) == ROOTS[size]
            assert verify.inclusion_root(index, size, LEAVES[index], path) == ROOTS[size]
            assert LEAVES[index].hex() == one["leaf"]

    def test_proves_growth_as_go_does(self) -> None:
        for one in GO["consistency"]:
            old, new, path = one["old"], one["new"], hashes(one["path"])

            assert consistency_path(old, new, tree()) == path
            assert consistency_roots(old, new, ROOTS[old], path) == ROOTS[new]
            assert verify.is_consistent(old, new, ROOTS[old], ROOTS[new], path)

    def test_is_the_one_that_the_verifier_grows(self) -> None:
        growing = verify.Growing(0, [])
        for size, leaf in enumerate(LEAVES, 1):
            growing.add(leaf)
            if size in ROOTS:
                assert growing.root() == ROOTS[size]


class TestOurNotes:
    def test_are_signed_byte_for_byte_as_go_signs_them(self) -> None:
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(GO["seed"]))
        said = checkpoint.Checkpoint(origin="yunhu.example/audit", size=SIZE, root=ROOTS[SIZE])

        made = note.note(said.text, [note.signature(said.text, name=said.origin, key=key)])

        assert made.decode() == GO["note"]
        assert note.verifier_of(said.origin, key.public_key()).vkey == GO["vkey"]

    def test_of_go_open_here_and_in_the_verifier(self) -> None:
        opened = note.opened(GO["note"].encode(), [note.verifier(GO["vkey"])])
        theirs = verify.read_checkpoint(GO["note"].encode())

        assert checkpoint.parsed(opened.text).root == theirs.root == ROOTS[SIZE]
        assert verify.signers(theirs, [verify.read_key(GO["vkey"], 1)])


@pytest.mark.django_db
class TestStoredTiles:
    def test_prove_as_go_does(self) -> None:
        store_tiles(LEAVES)
        tiles = StoredTiles()

        for one in GO["inclusion"]:
            found = inclusion(leaf_index=one["index"], size=one["size"], tiles=tiles)
            assert found.path == hashes(one["path"])
        for one in GO["consistency"]:
            found_path = consistency(old=one["old"], new=one["new"], tiles=tiles)
            assert found_path == hashes(one["path"])


@pytest.mark.apt
class TestGoItself:
    @pytest.fixture
    def go(self, tmp_path: Path) -> Path:
        found = shutil.which("go")
        assert found, "Not installed: apt install golang-go"
        assert SOURCES.is_dir(), "Not installed: apt install golang-golang-x-mod-dev"
        program = tmp_path / "sumdb"
        environment = os.environ | {
            "GOPATH": "/usr/share/gocode",
            "GO111MODULE": "off",
            "GOCACHE": str(tmp_path / "cache"),
        }
        built = [found, "build", "-o", str(program), str(FOLDER / "make.go")]
        subprocess.run(built, env=environment, check=True)
        return program

    def test_makes_the_vectors_again(self, go: Path) -> None:
        made = subprocess.run([go, "make"], capture_output=True, check=True)

        assert json.loads(made.stdout) == GO

    @pytest.mark.django_db
    def test_opens_our_notes_and_proves_the_same_from_our_tiles(self, go: Path) -> None:
        ours = made_here(size=517)

        told = subprocess.run([go, "check"], input=ours, capture_output=True, check=False)

        assert (told.returncode, told.stderr) == (0, b"")
        assert told.stdout == b"300 inclusion, 300 consistency proofs\n"

    @pytest.mark.django_db
    @pytest.mark.parametrize("part", ["note", "roots", "tiles", "path"])
    def test_would_notice(self, go: Path, part: str) -> None:
        ours = json.loads(made_here(size=517))
        if part == "note":
            ours["note"] = ours["note"].replace("517", "518", 1)
        elif part == "path":
            ours["inclusion"][5]["path"][0] = "00" * 32
        else:
            ours[part] |= dict.fromkeys(list(ours[part])[:1], "00" * 32)

        told = subprocess.run([go, "check"], input=json.dumps(ours).encode(), check=False)

        assert told.returncode == 1


def made_here(*, size: int) -> bytes:
    """Return a tree of ours as Go's program reads it: every part by our own code."""
    leaves = [leaf_hash(b"ours %d" % place) for place in range(size)]
    store_tiles(leaves)
    tiles = StoredTiles()
    key = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
    said = checkpoint.Checkpoint(origin="ours.example", size=size, root=root(leaves))
    signed = note.note(said.text, [note.signature(said.text, name=said.origin, key=key)])
    places = [(index * 7919 % size, size - index % 3) for index in range(300)]
    sizes = [(1 + step * 331 % (size - 3), size - step % 3) for step in range(300)]
    return json.dumps(
        {
            "vkey": note.verifier_of(said.origin, key.public_key()).vkey,
            "note": signed.decode(),
            "size": size,
            "roots": {one: root(leaves[:one]).hex() for one in range(1, size + 1)},
            "tiles": {
                f"{level}/{idx}": held.hex()
                for (level, idx), held in grown({}, size=0, leaves=leaves)
            },
            "inclusion": [
                {
                    "index": index % of,
                    "size": of,
                    "leaf": leaves[index % of].hex(),
                    "path": [
                        one.hex()
                        for one in inclusion(leaf_index=index % of, size=of, tiles=tiles).path
                    ],
                }
                for index, of in places
            ],
            "consistency": [
                {
                    "old": old,
                    "new": new,
                    "path": [one.hex() for one in consistency(old=old, new=new, tiles=tiles)],
                }
                for old, new in sizes
            ],
        }
    ).encode()
