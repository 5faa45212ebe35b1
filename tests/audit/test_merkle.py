from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from audit.merkle import (
    EMPTY_ROOT,
    Node,
    ProofError,
    consistency_path,
    consistency_roots,
    inclusion_path,
    inclusion_root,
    leaf_hash,
    node_hash,
    root,
    root_from,
)

# The vectors that every implementation of certificate transparency is tested with.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = {
    (0, 1): [],
    (0, 8): [A, B, C],
    (5, 8): [D, E, ROOTS[3]],
    (2, 3): [ROOTS[1]],
    (1, 5): [ROOTS[0], B, D],
}
CONSISTENCY = {(1, 1): [], (1, 8): [A, B, C], (6, 8): [F, E, ROOTS[3]], (2, 5): [B, D]}
SIZES = st.integers(min_value=1, max_value=300)


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % n) for n in range(size)]


def nodes_over(leaves: Sequence[bytes]) -> Node:
    def node(level: int, index: int) -> bytes:
        below = leaves[index << level : (index + 1) << level]
        assert len(below) == 1 << level, "not a complete subtree"
        return root(below)

    return node


VECTORS = [leaf_hash(content) for content in INPUTS]


def as_hex(path: list[bytes]) -> list[str]:
    return [one.hex() for one in path]


class TestHashes:
    def test_tell_a_leaf_from_a_node(self) -> None:
        assert sha256(b"").digest() == EMPTY_ROOT
        assert leaf_hash(b"") == sha256(b"\0").digest()
        assert node_hash(b"l", b"r") == sha256(b"\1lr").digest()
        assert leaf_hash(b"lr") != node_hash(b"l", b"r")


class TestRoot:
    @pytest.mark.parametrize(("size", "expected"), [*enumerate(ROOTS, start=1)])
    def test_is_that_of_the_vectors(self, size: int, expected: str) -> None:
        assert root(VECTORS[:size]).hex() == expected
        assert root_from(size, nodes_over(VECTORS)).hex() == expected

    def test_of_no_leaves_is_that_of_nothing(self) -> None:
        assert root([]) == root_from(0, nodes_over([])) == EMPTY_ROOT

    @given(size=SIZES)
    def test_is_that_of_pymerkle(self, size: int) -> None:
        leaves = leaves_of(size)

        theirs = InmemoryTree(algorithm="sha256")
        for n in range(size):
            theirs.append_entry(b"%d" % n)

        assert root(leaves) == root_from(size, nodes_over(leaves)) == theirs.get_root()


class TestInclusion:
    @pytest.mark.parametrize(("place", "expected"), INCLUSION.items())
    def test_is_that_of_the_vectors(self, place: tuple[int, int], expected: list[str]) -> None:
        index, size = place

        path = inclusion_path(index, size, nodes_over(VECTORS))

        assert as_hex(path) == expected
        assert inclusion_root(index, size, VECTORS[index], path).hex() == ROOTS[size - 1]

    @given(size=SIZES, data=st.data())
    def test_is_that_of_pymerkle(self, size: int, data: st.DataObject) -> None:
        index = data.draw(st.integers(min_value=0, max_value=size - 1))
        leaves = leaves_of(size + 7)
        theirs = InmemoryTree(algorithm="sha256")
        for n in range(size + 7):
            theirs.append_entry(b"%d" % n)

        path = inclusion_path(index, size, nodes_over(leaves))
        proof = theirs.prove_inclusion(index + 1, size)

        verify_inclusion(leaves[index], root(leaves[:size]), proof)
        assert {one.hex() for one in (leaves[index], *path)} == set(proof.serialize()["path"])
        assert inclusion_root(index, size, leaves[index], path) == root(leaves[:size])

    @given(size=st.integers(min_value=2, max_value=70), data=st.data())
    def test_leads_elsewhere_once_it_is_changed(self, size: int, data: st.DataObject) -> None:
        index = data.draw(st.integers(min_value=0, max_value=size - 1))
        leaves = leaves_of(size)
        path = inclusion_path(index, size, nodes_over(leaves))
        changed = data.draw(st.integers(min_value=0, max_value=len(path) - 1))

        other = [*path[:changed], leaf_hash(b"other"), *path[changed + 1 :]]

        assert inclusion_root(index, size, leaves[index], other) != root(leaves)
        assert inclusion_root(index, size, leaf_hash(b"other"), path) != root(leaves)

    @pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (0, 0)])
    def test_is_of_a_leaf_that_is_there(self, index: int, size: int) -> None:
        with pytest.raises(ProofError, match="no leaf"):
            inclusion_path(index, size, nodes_over(VECTORS))
        with pytest.raises(ProofError, match="no leaf"):
            inclusion_root(index, size, VECTORS[0], [])

    @pytest.mark.parametrize(("index", "size"), [(0, 8), (5, 8), (7, 8), (4, 5), (0, 1)])
    def test_is_as_long_as_the_way_to_the_root(self, index: int, size: int) -> None:
        path = inclusion_path(index, size, nodes_over(VECTORS))

        with pytest.raises(ProofError, match="longer"):
            inclusion_root(index, size, VECTORS[index], [*path, VECTORS[0]])
        for length in range(len(path)):
            with pytest.raises(ProofError, match="shorter"):
                inclusion_root(index, size, VECTORS[index], path[:length])


class TestConsistency:
    @pytest.mark.parametrize(("sizes", "expected"), CONSISTENCY.items())
    def test_is_that_of_the_vectors(self, sizes: tuple[int, int], expected: list[str]) -> None:
        old, new = sizes

        path = consistency_path(old, new, nodes_over(VECTORS))

        assert as_hex(path) == expected
        found = consistency_roots(old, new, bytes.fromhex(ROOTS[old - 1]), path)
        assert found.hex() == ROOTS[new - 1]

    # Its proofs of consistency are cut another way: each side opens its own, on the same roots.
    @given(new=SIZES, data=st.data())
    def test_holds_where_pymerkle_says_so(self, new: int, data: st.DataObject) -> None:
        old = data.draw(st.integers(min_value=1, max_value=new))
        leaves = leaves_of(new)
        theirs = InmemoryTree(algorithm="sha256")
        for n in range(new):
            theirs.append_entry(b"%d" % n)

        path = consistency_path(old, new, nodes_over(leaves))
        proof = theirs.prove_consistency(old, new)

        verify_consistency(root(leaves[:old]), root(leaves), proof)
        assert consistency_roots(old, new, root(leaves[:old]), path) == root(leaves)

    @given(new=st.integers(min_value=2, max_value=70), data=st.data())
    def test_fails_once_anything_is_changed(self, new: int, data: st.DataObject) -> None:
        old = data.draw(st.integers(min_value=1, max_value=new - 1))
        leaves = leaves_of(new)
        path = consistency_path(old, new, nodes_over(leaves))
        changed = data.draw(st.integers(min_value=0, max_value=len(path) - 1))

        other = [*path[:changed], leaf_hash(b"other"), *path[changed + 1 :]]

        assert not self._proves(old, new, root(leaves[:old]), other, root(leaves))
        assert not self._proves(old, new, leaf_hash(b"other"), path, root(leaves))

    @staticmethod
    def _proves(old: int, new: int, before: bytes, path: list[bytes], after: bytes) -> bool:
        try:
            return consistency_roots(old, new, before, path) == after
        except ProofError:
            return False

    def test_with_the_empty_tree_needs_no_proof_and_has_none_to_check(self) -> None:
        assert consistency_path(0, 8, nodes_over(VECTORS)) == []
        with pytest.raises(ProofError, match="no beginning"):
            consistency_roots(0, 8, EMPTY_ROOT, [])

    @pytest.mark.parametrize(("old", "new"), [(9, 8), (-1, 8)])
    def test_is_of_an_older_tree_with_a_newer_one(self, old: int, new: int) -> None:
        with pytest.raises(ProofError, match="no beginning"):
            consistency_path(old, new, nodes_over(VECTORS))
        with pytest.raises(ProofError, match="no beginning"):
            consistency_roots(old, new, VECTORS[0], [])

    def test_of_a_tree_with_itself_is_empty(self) -> None:
        assert consistency_path(8, 8, nodes_over(VECTORS)) == []
        with pytest.raises(ProofError, match="longer"):
            consistency_roots(8, 8, VECTORS[0], [VECTORS[1]])
        assert consistency_roots(7, 7, VECTORS[0], []) == VECTORS[0]

    @pytest.mark.parametrize(("old", "new"), [(1, 8), (6, 8), (2, 5), (4, 8), (3, 7), (5, 6)])
    def test_is_as_long_as_the_way_to_the_root(self, old: int, new: int) -> None:
        path = consistency_path(old, new, nodes_over(VECTORS))
        before = bytes.fromhex(ROOTS[old - 1])

        with pytest.raises(ProofError, match="longer"):
            consistency_roots(old, new, before, [*path, VECTORS[0]])
        for length in range(len(path)):
            with pytest.raises(ProofError, match="shorter"):
                consistency_roots(old, new, before, path[:length])
