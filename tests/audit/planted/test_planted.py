"""Bugs that this design must not have, each put into the code, and the check that tells of it.

`alarms` are those of the attacks: our own checks, the signer, the officer's verifier with a
checkpoint held, receipts. Without a bug there are none (the controls of the fault table).
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from audit import check, merkle
from audit.merkle import leaf_hash, root
from audit.models import AuditEntry, AuditPending, AuditState
from audit.receipts import committed
from audit.sealing import batch, sequencer
from audit.sealing.reached import Reached, pass_by
from audit.sealing.state import standing
from audit.sealing.tiles import Place, grown
from audit.selectors import entries
from tests.audit.attacks.attacker import Attacker, Level
from tests.audit.attacks.scene import build, write_some
from tests.audit.fixtures import execute
from tests.audit.planted.planting import missed, plant, told, tree_alarms
from tests.audit.sealing import Log, sealed_ids, stopping_at
from tests.undone import undone

pytestmark = pytest.mark.django_db

# RFC 9162 2.1.1 over the seven leaves of Certificate Transparency's own test vectors.
VECTOR = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
VECTOR_ROOT = "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"


def vector_root() -> str:
    return root([merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in VECTOR]).hex()


class TestVectors:
    def test_hold(self) -> None:
        assert vector_root() == VECTOR_ROOT


class TestHashing:
    @pytest.mark.parametrize(
        ("name", "wrong"),
        [
            ("leaf_hash", lambda body: hashlib.sha256(body).digest()),
            ("node_hash", lambda left, right: hashlib.sha256(left + right).digest()),
            ("node_hash", lambda left, right: hashlib.sha256(b"\x01" + right + left).digest()),
            ("leaf_hash", lambda body: hashlib.sha256(b"\x01" + body).digest()),
        ],
        ids=["leaf without 0x00", "node without 0x01", "left and right swapped", "leaf as a node"],
    )
    def test_otherwise_is_told_by_the_vectors_and_by_the_verifier(
        self,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        name: str,
        wrong: Callable[..., bytes],
    ) -> None:
        plant(monkeypatch, merkle, name, wrong)

        assert vector_root() != VECTOR_ROOT
        assert "held" in told(tmp_path)


class TestSealing:
    def test_with_a_tile_that_forgets_its_beginning_is_told_by_the_tree(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:

        def forgetful(
            tiles: Mapping[Place, bytes], *, size: int, leaves: list[bytes]
        ) -> Iterator[tuple[Place, bytes]]:
            for place, hashes in grown(tiles, size=size, leaves=leaves):
                yield place, hashes[len(tiles.get(place, b"")) :] if size else hashes

        monkeypatch.setattr(batch, "grown", forgetful)
        log = Log(tmp_path)
        write_some(0, 3)
        log.seal()
        write_some(3, 6)

        assert log.seal().stopped == AuditState.Stop.REFUSED

    def test_with_one_wrong_hash_in_a_tile_is_told_by_the_tree(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:

        def wrong(
            tiles: Mapping[Place, bytes], *, size: int, leaves: list[bytes]
        ) -> Iterator[tuple[Place, bytes]]:
            for place, hashes in grown(tiles, size=size, leaves=leaves):
                yield place, hashes[:-32] + leaf_hash(b"wrong")

        monkeypatch.setattr(batch, "grown", wrong)

        assert {"tree", "held"} <= told(tmp_path)

    def test_without_the_order_of_the_queue_is_told_by_the_order_of_leaves(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        build(tmp_path / "right")
        assert sealed_ids() == sorted(sealed_ids())

        assert batch._WAITING.rstrip().endswith("ORDER BY waiting.entry_id")
        monkeypatch.setattr(batch, "_WAITING", f"{batch._WAITING.rstrip()} DESC")
        write_some(100, 110)
        Log(tmp_path / "right").seal()

        assert sealed_ids() != sorted(sealed_ids())

    def test_that_leaves_the_root_behind_is_told_by_the_tree(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(batch, "_root", lambda *_: standing().root)
        log = Log(tmp_path)
        write_some(0, 3)
        log.seal()

        assert tree_alarms(log) == {("state", "tree"), ("checkpoint 1-3", "checkpoint")}

    def test_that_does_not_look_at_codes_is_told_by_the_missing_quarantine(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(batch, "code_holds", lambda **_: True)

        assert missed(tmp_path, "forge an entry at the tail", Level.L1) == {"quarantine"}

    def test_that_quarantines_and_does_not_take_off_blocks_the_queue(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        scene = build(tmp_path)
        scene.log.seal()
        Attacker(Level.L1, scene.log).forge(500)
        write_some(100, 103)
        right = batch._take_off

        def leave_bad(cursor: Any, ids: list[int]) -> None:
            right(cursor, [one for one in ids if one in set(sealed_ids())])

        def waiting_after_steps() -> int:
            one = scene.log.sequencer(batch=1)
            for _ in range(6):
                one.step()
            return AuditPending.objects.count()

        with monkeypatch.context() as patch, undone():
            patch.setattr(batch, "_take_off", leave_bad)
            assert waiting_after_steps() == 4

        assert waiting_after_steps() == 0

    def test_that_takes_off_before_the_leaf_is_written_loses_what_a_crash_interrupts(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def take_off_first(*, limit: int, reached: Reached = pass_by) -> batch.Sealed:
            execute("DELETE FROM audit_pending")  # a transaction of its own
            reached("queue read")
            return batch.seal_batch(limit=limit)

        log = Log(tmp_path)
        write_some(0, 3)
        with monkeypatch.context() as patch, stopping_at("queue read") as reached:
            patch.setattr(sequencer, "seal_batch", take_off_first)
            log.sequencer(reached=reached).step()
        log.seal()

        assert [one.check.name for one in check.findings(entries())] == ["queue"] * 3


class TestChecking:
    @pytest.mark.parametrize(
        ("one", "attack"),
        [
            (check.PROJECTION, "alter a column only"),
            (check.PERSONAL, "alter personal data"),
            (check.MAC, "forge an entry at the tail"),
        ],
        ids=lambda one: getattr(one, "name", ""),
    )
    def test_without_one_check_is_told_by_its_attack(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, one: check.Check, attack: str
    ) -> None:
        fewer = tuple(pair for pair in check._CHECKS if pair[0] is not one)
        monkeypatch.setattr(check, "_CHECKS", fewer)

        assert missed(tmp_path, attack, Level.L1) == {one.name}


class TestReceipts:
    def test_before_the_commit_are_told_by_a_rollback(
        self, monkeypatch: pytest.MonkeyPatch, settings: Settings
    ) -> None:
        offered: list[Any] = []
        settings.AUDIT_RECEIPTS = "redis"
        monkeypatch.setattr(committed.outbox, "offer", offered.extend)
        monkeypatch.setattr(transaction, "on_commit", lambda send: send())

        with transaction.atomic():
            write_some(0, 1)
            transaction.set_rollback(True)

        assert offered
        assert not AuditEntry.objects.exists()
