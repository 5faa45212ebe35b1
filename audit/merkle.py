"""Hashes and proofs of an RFC 9162 Merkle tree, over whatever returns its complete subtrees."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

# Returns the hash of the complete subtree of 2**level leaves whose first is index * 2**level.
Node = Callable[[int, int], bytes]

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


class ProofError(ValueError):
    """The proof proves nothing."""


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of what stands above two hashes."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    level = list(leaves)
    while len(level) > 1:
        alone = level[len(level) & ~1 :]
        level = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=False)] + alone
    return level[0] if level else EMPTY_ROOT


def root_from(size: int, node: Node) -> bytes:
    """Return the root of the first `size` leaves."""
    return _hash(0, size, node) if size else EMPTY_ROOT


def complete_subtrees(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield (level, index) of the largest complete subtrees that make up the leaves, in order.

    `begin` is a multiple of the first one's size.
    """
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that leaf `index` is among the first `size` (RFC 9162 2.1.3.1).

    :raises ProofError: if it is not
    """
    if not 0 <= index < size:
        raise ProofError(f"There is no leaf {index} in a tree of {size}.")
    begin, end = 0, size
    path = []
    while end - begin > 1:
        middle = begin + _half(end - begin)
        if index < middle:
            path.append(_hash(middle, end, node))
            end = middle
        else:
            path.append(_hash(begin, middle, node))
            begin = middle
    return path[::-1]


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """Return the proof that the first `old` of `new` leaves are what they were (RFC 9162 2.1.4.1).

    It is empty if `old` is 0 or `new`.

    :raises ProofError: if `old` is beyond `new`
    """
    if not 0 <= old <= new:
        raise ProofError(f"A tree of {old} is no beginning of one of {new}.")
    if old == 0:
        return []
    begin, end = 0, new
    path = []
    while end != old:
        middle = begin + _half(end - begin)
        if old <= middle:
            path.append(_hash(middle, end, node))
            end = middle
        else:
            path.append(_hash(begin, middle, node))
            begin = middle
    if begin:
        path.append(_hash(begin, end, node))
    return path[::-1]


def inclusion_root(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """Return the root of the tree in which the path proves the leaf (RFC 9162 2.1.3.2).

    :raises ProofError: if the path cannot belong to that place
    """
    if not 0 <= index < size:
        raise ProofError(f"There is no leaf {index} in a tree of {size}.")
    found = leaf
    for on_the_left, sibling in _sides(index, size - 1, path):
        found = node_hash(sibling, found) if on_the_left else node_hash(found, sibling)
    return found


def consistency_roots(old: int, new: int, old_root: bytes, path: Sequence[bytes]) -> bytes:
    """Return the root of the tree of `new` that extends the one of `old` (RFC 9162 2.1.4.2).

    An empty tree begins every other: there is nothing to prove about it, and no root to find.

    :raises ProofError: if the path does not lead to `old_root`, or cannot belong to these sizes
    """
    if not 0 < old <= new:
        raise ProofError(f"A tree of {old} is no beginning of one of {new}.")
    whole = old == new or old & (old - 1) == 0  # then the proof takes the older root as read
    steps = [old_root, *path] if whole else list(path)
    if not steps:
        raise ProofError("The proof is shorter than the way to the root.")
    before = after = steps[0]
    for on_the_left, sibling in _sides(*_while_right(old - 1, new - 1), steps[1:]):
        if on_the_left:
            before = node_hash(sibling, before)
        after = node_hash(sibling, after) if on_the_left else node_hash(after, sibling)
    if before != old_root:
        raise ProofError("The older tree is no beginning of the newer one.")
    return after


def _hash(begin: int, end: int, node: Node) -> bytes:
    """Return the hash of a subtree, which need not be complete."""
    *left, found = [node(level, index) for level, index in complete_subtrees(begin, end)]
    for subtree in reversed(left):
        found = node_hash(subtree, found)
    return found


def _half(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _sides(at: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Yield the siblings on the way from `at` to the root, and whether each is on the left.

    `last` is the last node of the level of `at`.

    :raises ProofError: if they are not as many as the way has
    """
    for sibling in path:
        if last == 0:
            raise ProofError("The proof is longer than the way to the root.")
        on_the_left = at & 1 == 1 or at == last
        if on_the_left:
            at, last = _to_next_right(at, last)
        at, last = at >> 1, last >> 1
        yield on_the_left, sibling
    if last:
        raise ProofError("The proof is shorter than the way to the root.")


def _while_right(at: int, last: int) -> tuple[int, int]:
    """Go up while the node is a right one; to the root, if it is the last one."""
    if at == last:
        return 0, 0
    while at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _to_next_right(at: int, last: int) -> tuple[int, int]:
    """Go up while the node is a left one without a sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last
