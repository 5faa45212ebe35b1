"""Proofs from stored tiles are those of RFC 9162, and lead to the signed root."""

import json
from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.merkle import consistency_roots, inclusion_root
from audit.models import AuditEntry
from audit.proofs import (
    NotSealedError,
    checkpoint_at,
    consistency,
    inclusion,
    newest_checkpoint,
    tlog_proof,
)
from audit.stored_tiles import KEPT, StoredTiles, TileMissingError, _Tile
from tests.audit.entries import write
from tests.audit.tree import seal_all, store_tiles
from tests.audit.verify import making

pytestmark = pytest.mark.django_db

SIZE = 700  # three tiles of leaves, the last not full, below one of a second level
LEAVES = [sha256(b"\x00%d" % place).digest() for place in range(SIZE)]
PLACES = [0, 1, 100, 255, 256, 511, 512, 640, 698, 699]


class TestAnInclusionProof:
    def test_is_the_one_of_the_standard(self) -> None:
        store_tiles(LEAVES)
        tiles = StoredTiles()

        for size in (1, 2, 256, 257, 512, 513, 699, 700):
            for index in [place for place in PLACES if place < size]:
                proof = inclusion(leaf_index=index, size=size, tiles=tiles)

                assert proof.leaf == LEAVES[index]
                assert proof.path == making.inclusion(index, LEAVES[:size])
                root = making.root(LEAVES[:size])
                assert inclusion_root(index, size, proof.leaf, proof.path) == root

    def test_is_read_in_one_question(self) -> None:
        store_tiles(LEAVES)

        with CaptureQueriesContext(connection) as asked:
            inclusion(leaf_index=300, size=SIZE)

        assert len(asked) == 1

    def test_asks_nothing_about_tiles_that_were_read(self) -> None:
        store_tiles(LEAVES)
        tiles = StoredTiles()
        inclusion(leaf_index=300, size=SIZE, tiles=tiles)

        with CaptureQueriesContext(connection) as asked:
            inclusion(leaf_index=301, size=SIZE, tiles=tiles)

        assert len(asked) == 0

    def test_follows_a_tile_that_has_grown(self) -> None:
        store_tiles(LEAVES[:600])
        tiles = StoredTiles()
        inclusion(leaf_index=599, size=600, tiles=tiles)
        store_tiles(LEAVES)

        proof = inclusion(leaf_index=650, size=SIZE, tiles=tiles)

        assert proof.path == making.inclusion(650, LEAVES)

    def test_forgets_tiles_rather_than_grow_for_ever(self) -> None:
        store_tiles(LEAVES)
        tiles = StoredTiles()
        for place in range(3):
            one_tile = _Tile(bytes(32))
            tiles._tiles.update({(9, place * KEPT + one): one_tile for one in range(KEPT)})

            inclusion(leaf_index=300, size=SIZE, tiles=tiles)

            assert len(tiles._tiles) == KEPT

    def test_is_none_of_what_is_not_in_the_tree(self) -> None:
        store_tiles(LEAVES)

        for index in (-1, SIZE):
            with pytest.raises(NotSealedError):
                inclusion(leaf_index=index, size=SIZE)
        with pytest.raises(NotSealedError):
            inclusion(entry_id=1, size=SIZE)

    def test_is_none_without_the_tiles(self) -> None:
        store_tiles(LEAVES, without=(0, 1))

        with pytest.raises(TileMissingError):
            inclusion(leaf_index=300, size=SIZE)
        with pytest.raises(TileMissingError):
            inclusion(leaf_index=0, size=SIZE + 1)


class TestAConsistencyProof:
    def test_is_the_one_of_the_standard(self) -> None:
        store_tiles(LEAVES)
        tiles = StoredTiles()

        for new in (1, 256, 257, 513, 700):
            for old in [size for size in (0, 1, 2, 255, 256, 300, 512, 513, 700) if size <= new]:
                path = consistency(old=old, new=new, tiles=tiles)

                assert path == making.consistency(old, LEAVES[:new])
                if old:
                    roots = making.root(LEAVES[:old]), making.root(LEAVES[:new])
                    assert consistency_roots(old, new, roots[0], path) == roots[1]


class TestAProofOnPaper:
    @pytest.fixture(autouse=True)
    def _sealed(self) -> None:
        for place in range(5):
            write(f"lead:{place}")
        seal_all()

    def test_is_c2sp_text(self) -> None:
        signed = newest_checkpoint()
        entry = AuditEntry.objects.order_by("pk")[2]

        text = tlog_proof(inclusion(entry_id=entry.pk, size=5), signed)

        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 2"]
        assert len(lines) == 2 + 3
        assert note.encode() == signed.note

    def test_is_of_the_tree_that_is_signed(self) -> None:
        with pytest.raises(NotSealedError):
            tlog_proof(inclusion(leaf_index=0, size=4), newest_checkpoint())

    def test_is_written_by_a_command(self) -> None:
        entry = AuditEntry.objects.order_by("pk")[2]
        told = [StringIO(), StringIO()]

        for out, named in zip(told, (str(entry.pk), str(entry.eid)), strict=True):
            call_command("audit_proof", named, "--json", "--from", "3", stdout=out)

        said = json.loads(told[0].getvalue())
        assert told[0].getvalue() == told[1].getvalue()
        assert said["leaf_index"] == 2
        assert said["root"] == checkpoint_at(5).checkpoint.root.hex()
        leaf, path = bytes.fromhex(said["leaf_hash"]), [*map(bytes.fromhex, said["path"])]
        assert inclusion_root(2, 5, leaf, path).hex() == said["root"]
        assert len(said["consistency"]) == 4  # RFC 9162 2.1.5: c, d, g, l

    @pytest.mark.parametrize("named", ["999999", "x", "019aa000-0000-7000-8000-000000000000"])
    def test_is_refused_for_what_is_not_sealed(self, named: str) -> None:
        with pytest.raises(CommandError):
            call_command("audit_proof", named)

    def test_is_refused_where_nothing_was_signed(self) -> None:
        with pytest.raises(NotSealedError):
            checkpoint_at(4)
