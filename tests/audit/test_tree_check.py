"""The whole tree made anew and held against what is stored; the sizes are around tiles' edges."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from audit.check import findings
from audit.growing_tree import GrowingTree
from audit.merkle import leaf_hash, root
from audit.record import Entry, record_many
from audit.sealing.tiles import grown
from audit.sealing_keys import log_public_keys
from audit.selectors import entries
from audit.tree_check import tree_findings
from tests.audit.entries import NOW
from tests.audit.sealing import Log, mended


def write(count: int) -> None:
    batch = (Entry(action="permit.expired", obj=f"lead:{n}", actor="u:1") for n in range(count))
    record_many(batch, now=NOW)


def found(log: Log) -> set[tuple[str, str]]:
    told = tree_findings(keys=log_public_keys(), published=log.published)
    return {(one.what, one.check.name) for one in told}


@pytest.fixture
def log(tmp_path: Path, settings: Settings) -> Log:
    settings.AUDIT_PUBLISH_DIR = tmp_path / "published"
    return Log(tmp_path)


class TestGrowingTree:
    @pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 65_536, 65_537])
    def test_has_the_root_and_the_tiles_of_what_seals(self, size: int) -> None:
        leaves = [leaf_hash(b"%d" % number) for number in range(size)]
        growing = GrowingTree()

        tiles = [tile for leaf in leaves for tile in growing.add(leaf)]
        tiles += growing.unfinished()

        assert growing.root() == root(leaves)
        made = {(level, index): hashes for level, index, hashes in tiles}
        assert made == dict(grown({}, size=0, leaves=leaves))


@pytest.mark.django_db
class TestTreeFindings:
    @pytest.mark.parametrize("count", [0, 1, 300])
    def test_are_none_for_what_was_sealed(self, log: Log, count: int) -> None:
        write(count)
        log.seal()
        write(3)

        assert found(log) == set()
        assert list(findings(entries())) == []

    @pytest.mark.parametrize(
        ("statement", "expected"),
        [
            (
                "UPDATE audit_leaf SET leaf_hash = sha256('x') WHERE leaf_index = 0",
                {("entry {0}", "rows")},
            ),
            (
                "UPDATE audit_leaf SET leaf_index = 1000 WHERE leaf_index = 0",
                {
                    *((f"entry {{{n}}}", "complete") for n in range(300)),
                    ("tile 0/0", "tree"),
                    ("tile 0/1", "tree"),
                    ("tile 1/0", "tree"),
                    ("state", "tree"),
                    ("checkpoint 1-300", "checkpoint"),
                },
            ),
            (
                "UPDATE audit_tile SET hashes = sha256('x') WHERE level = 1",
                {("tile 1/0", "tree")},
            ),
            ("INSERT INTO audit_tile VALUES (3, 0, sha256('x'))", {("tile 3/0", "tree")}),
            ("DELETE FROM audit_tile WHERE idx = 1", {("tile 0/1", "tree")}),
            ("UPDATE audit_state SET size = 299", {("state", "tree")}),
            (
                "UPDATE audit_state SET origin = 'other'",
                {("checkpoint 1-300", "checkpoint")},
            ),
            (
                "UPDATE audit_checkpoint SET size = 299",
                {
                    ("checkpoint 1-299", "checkpoint"),
                    ("checkpoint 1-299", "dropped"),
                    ("checkpoint 1-300", "published"),
                },
            ),
            (
                "UPDATE audit_checkpoint SET note = overlay(note PLACING 'x' FROM 30)",
                {("checkpoint 1-300", "checkpoint"), ("checkpoint 1-300", "published")},
            ),
            ("DELETE FROM audit_checkpoint", {("checkpoint 1-300", "published")}),
            (
                "INSERT INTO audit_quarantine VALUES (5, 'mac', now())",
                {("entry 5", "quarantine")},
            ),
        ],
    )
    def test_name_what_was_changed(
        self, log: Log, statement: str, expected: set[tuple[str, str]]
    ) -> None:
        write(300)
        log.seal()
        ids = list(entries().values_list("id", flat=True))
        order = ids if "1000" not in statement else [*ids[1:], ids[0]]

        mended(statement)

        assert found(log) == {(what.format(*order), name) for what, name in expected}
        with pytest.raises(CommandError, match="findings in 300 entries"):
            call_command("audit_check")

    def test_are_none_of_the_epoch_that_was_given_up(self, log: Log) -> None:
        write(3)
        log.seal()

        mended("UPDATE audit_state SET epoch = 2, origin = origin || '/2'")

        assert found(log) == set()
