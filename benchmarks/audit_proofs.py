"""Inclusion proofs at a million entries: from our stored tiles, and from pymerkle's store."""

import random
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from pymerkle import SqliteTree

from benchmarks.database import fresh_database
from benchmarks.report import Comparison, at_most, p50, p99

SIZE = 1_000_000
PROOFS = 300  # of ours in a round
PEER_PROOFS = 20  # of pymerkle's in a round
LIMIT_US = 1000.0  # a proof takes a millisecond at most


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Prove the same places on both sides, taking turns; each side proves the other's root."""
    with fresh_database(server_url), TemporaryDirectory() as folder:
        from django.db import connection  # noqa: PLC0415 - needs Django set up

        from audit.merkle import inclusion_root, root_from  # noqa: PLC0415
        from audit.proofs import inclusion  # noqa: PLC0415
        from audit.sealing.tiles import grown  # noqa: PLC0415
        from audit.stored_tiles import StoredTiles  # noqa: PLC0415

        leaves = [sha256(b"\x00%d" % place).digest() for place in range(SIZE)]
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY audit_tile (level, idx, hashes) FROM STDIN") as copy,
        ):
            for (level, idx), hashes in grown({}, size=0, leaves=leaves):
                copy.write_row((level, idx, hashes))
        tiles = StoredTiles()
        root = tiles.over(lambda node: root_from(SIZE, node))
        with _peer(Path(folder)) as peer:
            if peer.get_root() != root:
                raise AssertionError("The two trees are not one.")

            def ours(index: int) -> None:
                proof = inclusion(leaf_index=index, size=SIZE, tiles=tiles)
                if inclusion_root(index, SIZE, leaves[index], proof.path) != root:
                    raise AssertionError(f"The proof of entry {index} proves nothing.")

            found = [
                _round(ours, lambda index: peer.prove_inclusion(index + 1, SIZE))
                for _ in range(rounds)
            ]
    median = [(p50(mine), p50(theirs)) for mine, theirs in found]
    tail = p99([one for mine, _ in found for one in mine])
    return [
        Comparison(
            name="audit: an inclusion proof at a million entries, against pymerkle",
            ours="our proof from tiles in PostgreSQL, made and checked, p50 us",
            peer="pymerkle's SqliteTree, made only, p50 us",
            rounds=median,
            goal=at_most(1.0),
            notes=[f"p99 of ours {tail:,.0f} us"],
        ),
        Comparison(
            name="audit: an inclusion proof at a million entries, against a millisecond",
            ours="our proof from tiles in PostgreSQL, made and checked, p50 us",
            peer="one millisecond",
            rounds=[(mine, LIMIT_US) for mine, _ in median],
            goal=at_most(1.0),
        ),
    ]


class _Peer:
    """The same million entries in pymerkle."""

    def __init__(self, folder: Path) -> None:
        self.tree = SqliteTree(str(folder / "pymerkle.db"), algorithm="sha256")
        self.tree.append_entries([b"%d" % place for place in range(SIZE)])

    def __enter__(self) -> SqliteTree:
        return self.tree

    def __exit__(self, *_: object) -> None:
        self.tree.close()


def _peer(folder: Path) -> _Peer:
    return _Peer(folder)


def _round(
    ours: Callable[[int], object], theirs: Callable[[int], object]
) -> tuple[list[float], list[float]]:
    """Return how long each proof took, in seconds."""
    return list(_times(ours, PROOFS)), list(_times(theirs, PEER_PROOFS))


def _times(prove: Callable[[int], object], count: int) -> Iterator[float]:
    for _ in range(count):
        index = random.randrange(SIZE)
        began = perf_counter()
        prove(index)
        yield perf_counter() - began
