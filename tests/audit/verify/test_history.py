"""Older checkpoints that somebody kept, and witnesses who cosigned."""

from pathlib import Path

import pytest

from tests.audit.verify.conftest import Check
from tests.audit.verify.making import (
    LOG,
    NEW_LOG,
    WITNESSING,
    Signer,
    bodies,
    checkpoint,
    filtered_bundle,
    leaf,
    range_bundle,
)

SIZE = 21


@pytest.fixture
def held(tmp_path: Path) -> Path:
    return tmp_path / "held"


def older(size: int, *, forged: bool = False) -> bytes:
    leaves = [leaf(body) for body in bodies(size)]
    if forged:
        leaves[0] = leaf(b"another history")
    return checkpoint(leaves)


class TestAnOlderCheckpoint:
    @pytest.mark.parametrize("size", range(SIZE + 1))
    def test_is_shown_to_be_a_beginning_of_the_newer_one(
        self, check: Check, held: Path, size: int
    ) -> None:
        held.write_bytes(older(size))

        proved = check(filtered_bundle([3], SIZE, held=[size]), "--held", str(held))
        by_the_entries = check(range_bundle(0, SIZE, SIZE), "--held", str(held))

        assert (proved["exit"], by_the_entries["exit"]) == (0, 0)
        assert f"older checkpoint of {size} entries" in proved["told"]

    @pytest.mark.parametrize("size", [1, 4, 7, 16, 20, 21])
    def test_of_another_history_is_noticed(self, check: Check, held: Path, size: int) -> None:
        held.write_bytes(older(size, forged=True))

        proved = check(filtered_bundle([3], SIZE, held=[size]), "--held", str(held))
        by_the_entries = check(range_bundle(0, SIZE, SIZE), "--held", str(held))

        assert (proved["code"], by_the_entries["code"]) == ("held_fork", "held_fork")

    def test_needs_a_proof_where_the_entries_are_none(self, check: Check, held: Path) -> None:
        held.write_bytes(older(7))

        assert check(filtered_bundle([3], SIZE), "--held", str(held))["code"] == "held_unproved"
        assert check(range_bundle(8, SIZE, SIZE), "--held", str(held))["code"] == "held_unproved"
        assert check(range_bundle(7, SIZE, SIZE), "--held", str(held))["exit"] == 0

    def test_is_refused_with_the_proof_of_another_size(self, check: Check, held: Path) -> None:
        bundle = filtered_bundle([3], SIZE, held=[7, 9])
        first, second = bundle.manifest["consistency"]
        first["proof"], second["proof"] = second["proof"], first["proof"]
        held.write_bytes(older(7))

        assert check(bundle, "--held", str(held))["code"] == "held_fork"

    def test_that_is_newer_shows_that_entries_went(self, check: Check, held: Path) -> None:
        held.write_bytes(older(SIZE))

        assert check(range_bundle(0, 20, 20), "--held", str(held))["code"] == "held_newer"

    def test_may_be_signed_with_a_key_that_was_replaced(self, check: Check, held: Path) -> None:
        held.write_bytes(older(7))
        bundle = range_bundle(0, SIZE, SIZE, by=(NEW_LOG,))

        both = check(bundle, "--held", str(held), vkeys=(LOG.vkey, NEW_LOG.vkey))
        new = check(bundle, "--held", str(held), vkeys=(NEW_LOG.vkey,))

        assert (both["exit"], new["code"]) == (0, "unsigned")

    def test_that_is_no_checkpoint_is_refused(self, check: Check, held: Path) -> None:
        held.write_bytes(b"I promise.\n")

        assert check(range_bundle(0, 20, 20), "--held", str(held))["code"] == "held_note"


class TestAWitness:
    def test_has_cosigned_with_the_time(self, check: Check) -> None:
        bundle = range_bundle(0, SIZE, SIZE, by=(LOG, WITNESSING))

        found = check(bundle, "--witness", WITNESSING.vkey)

        assert found["exit"] == 0
        assert "Witnessed by compliance.example/w1 at 2023-11-14T22:13:20Z." in found["told"]

    def test_is_missed_if_it_was_asked_for(self, check: Check) -> None:
        bundle = range_bundle(0, SIZE, SIZE)

        assert check(bundle, "--witness", WITNESSING.vkey)["code"] == "witness_missing"

    def test_cannot_be_copied_from_another_checkpoint(self, check: Check) -> None:
        bundle = range_bundle(0, SIZE, SIZE)
        other = range_bundle(0, 20, 20, by=(LOG, WITNESSING))
        bundle.checkpoint += other.checkpoint.split(b"\n")[5] + b"\n"

        assert check(bundle)["exit"] == 0  # unknown signatures say nothing
        assert check(bundle, "--witness", WITNESSING.vkey)["code"] == "witness_wrong"

    def test_is_no_log(self, check: Check) -> None:
        alone = range_bundle(0, SIZE, SIZE, by=(WITNESSING,))

        assert check(alone, "--witness", WITNESSING.vkey)["code"] == "unsigned"
        assert check(alone, vkeys=(WITNESSING.vkey,))["exit"] == 2
        assert check(alone, "--witness", Signer(name=WITNESSING.name).vkey)["exit"] == 2
