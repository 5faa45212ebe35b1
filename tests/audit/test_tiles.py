import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.merkle import (
    consistency_path,
    consistency_roots,
    inclusion_path,
    inclusion_root,
    leaf_hash,
    root,
    root_from,
)
from audit.sealing.tiles import MissingNodeError, Place, Tiles, edge, grown

LEAVES = [leaf_hash(b"%d" % n) for n in range(70_000)]
BATCHES = st.lists(st.sampled_from([1, 2, 3, 100, 255, 256, 257, 511, 513]), max_size=6)


def tiled(*batches: int) -> dict[Place, bytes]:
    """Grow a tree by these batches, each with nothing but the edge of the one before."""
    tiles: dict[Place, bytes] = {}
    size = 0
    for count in batches:
        at_hand = {place: tiles[place] for place in edge(size)}
        tiles.update(grown(at_hand, size=size, leaves=LEAVES[size : size + count]))
        size += count
    return tiles


def tree(tiles: dict[Place, bytes], size: int) -> Tiles:
    return Tiles(size=size, read=lambda level, idx: tiles.get((level, idx)))


class TestGrown:
    @given(batches=BATCHES)
    def test_gives_the_same_tiles_whatever_the_batches(self, batches: list[int]) -> None:
        size = sum(batches)

        tiles = tiled(*batches)

        assert tiles == tiled(size)
        assert root_from(size, tree(tiles, size).node) == root(LEAVES[:size])

    def test_fills_a_tile_of_the_third_level(self) -> None:
        tiles = tiled(256, 65_535, 300)

        assert tiles[2, 0] == root(LEAVES[:65_536])
        assert len(tiles[1, 0]) == 256 * 32
        assert root_from(66_091, tree(tiles, 66_091).node) == root(LEAVES[:66_091])

    def test_refuses_an_edge_that_is_not_there(self) -> None:
        with pytest.raises(MissingNodeError):
            dict(grown({}, size=3, leaves=LEAVES[3:4]))
        with pytest.raises(MissingNodeError):
            dict(grown({(0, 0): LEAVES[0] * 2}, size=3, leaves=LEAVES[3:4]))

    def test_passes_over_what_stands_behind_the_edge(self) -> None:
        longer = {(0, 0): b"".join(LEAVES[9:20])}

        tiles = dict(grown(longer, size=2, leaves=LEAVES[:1]))

        assert tiles == {(0, 0): b"".join([*LEAVES[9:11], LEAVES[0]])}


class TestTiles:
    TILES = tiled(1000)

    @given(size=st.integers(1, 1000), data=st.data())
    def test_make_proofs_at_every_size(self, size: int, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, size - 1))
        older = data.draw(st.integers(1, size))
        node = tree(self.TILES, size).node

        path = inclusion_path(index, size, node)
        consistency = consistency_path(older, size, node)

        assert inclusion_root(index, size, LEAVES[index], path) == root(LEAVES[:size])
        found = consistency_roots(older, size, root(LEAVES[:older]), consistency)
        assert found == root(LEAVES[:size])

    @pytest.mark.parametrize(("level", "index"), [(0, 0), (3, 1), (7, 0), (8, 0), (9, 0)])
    def test_have_the_nodes_of_the_tree(self, level: int, index: int) -> None:
        expected = root(LEAVES[index << level : (index + 1) << level])

        assert tree(self.TILES, 1000).node(level, index) == expected

    def test_have_no_node_beyond_the_size(self) -> None:
        with pytest.raises(MissingNodeError, match="beyond"):
            tree(self.TILES, 255).node(8, 0)

    def test_say_which_tile_is_missing(self) -> None:
        with pytest.raises(MissingNodeError, match="Tile 0/3 does not hold node 0/999"):
            tree({}, 1000).node(0, 999)

    def test_read_each_tile_once(self) -> None:
        asked = []

        def read(level: int, idx: int) -> bytes | None:
            asked.append((level, idx))
            return self.TILES.get((level, idx))

        tiles = Tiles(size=1000, read=read)
        for index in range(1000):
            inclusion_path(index, 1000, tiles.node)

        assert sorted(asked) == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)]
