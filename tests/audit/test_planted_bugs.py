"""Bugs that logs like this one have had, planted one by one: each is caught by what is named."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
from django.db import connection, transaction

from audit import merkle
from audit.checkpoint import Checkpoint
from audit.models import AuditCheckpoint, AuditEntry, AuditState
from audit.sealing import batch, sequencer, signer
from audit.sealing.batch import seal_in_transaction
from audit.sealing.signer import Signer
from audit.sealing.state import begin_log
from audit.sealing.tiles import grown
from audit.selectors import entries, verify_macs
from tests.audit.entries import write
from tests.audit.fixtures import execute
from tests.audit.sealing import (
    FORGED,
    Log,
    assert_sound,
    mended,
    sealed_ids,
    stopping_at,
    write_many,
)
from tests.audit.test_merkle import INPUTS, ROOTS

Patch = pytest.MonkeyPatch


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(folder=tmp_path)


def assert_published(log: Log) -> None:
    """Check that what is marked published is published."""
    for row in AuditCheckpoint.objects.exclude(published_at=None):
        assert (log.published / "checkpoints" / f"{row.epoch}-{row.size}").exists()


class TestTheVectorsCatch:
    def test_a_leaf_that_is_hashed_like_anything_else(self) -> None:
        leaves = [sha256(content).digest() for content in INPUTS]

        assert merkle.root(leaves).hex() != ROOTS[-1]

    def test_a_node_that_is_hashed_like_a_leaf(self, monkeypatch: Patch) -> None:
        leaves = [merkle.leaf_hash(content) for content in INPUTS]
        assert merkle.root(leaves).hex() == ROOTS[-1]

        monkeypatch.setattr(merkle, "node_hash", lambda left, right: sha256(left + right).digest())

        assert merkle.root(leaves).hex() != ROOTS[-1]

    def test_a_tree_that_doubles_its_last_leaf(self, monkeypatch: Patch) -> None:
        leaves = [merkle.leaf_hash(content) for content in INPUTS[:7]]

        assert merkle.root([*leaves, leaves[-1]]).hex() != ROOTS[6]


@pytest.mark.django_db
class TestTheCheckOfTheLogCatches:
    def test_a_leaf_without_its_prefix(self, log: Log, monkeypatch: Patch) -> None:
        monkeypatch.setattr(batch, "leaf_hash", lambda body: sha256(body).digest())
        write_many(2)
        log.seal()

        with pytest.raises(AssertionError):
            assert_sound(log)

    def test_the_newest_being_sealed_first(self, log: Log, monkeypatch: Patch) -> None:
        backwards = batch._WAITING.replace("ORDER BY entry_id", "ORDER BY entry_id DESC")
        monkeypatch.setattr(batch, "_WAITING", backwards)
        ids = write_many(3)
        log.sequencer(batch=1).drain()

        assert sealed_ids() != ids

    def test_a_code_that_nobody_looks_at(self, log: Log, monkeypatch: Patch) -> None:
        monkeypatch.setattr(batch, "code_holds", lambda **_: True)
        write()
        execute(FORGED)
        log.seal()

        assert AuditState.objects.get().stopped == ""
        assert verify_macs(entries()) == [AuditEntry.objects.get(object="lead:forged").pk]

    def test_a_signer_that_signs_a_fork(self, log: Log, monkeypatch: Patch) -> None:
        monkeypatch.setattr(signer, "_check_one_log", lambda *_: None)
        write_many(3)
        log.seal()
        mended("UPDATE audit_leaf SET leaf_hash = sha256('')")
        mended("UPDATE audit_tile SET hashes = sha256('') || sha256('') || sha256('')")
        node = merkle.root([sha256(b"").digest()] * 3)
        mended("UPDATE audit_state SET root = %s", [node])
        write_many(1)
        log.seconds = 100
        log.seal()

        assert AuditState.objects.get().stopped == ""
        with pytest.raises(AssertionError):
            assert_sound(log)

    def test_marking_published_what_is_not_yet(self, log: Log, monkeypatch: Patch) -> None:
        def marked_first(*, folder: Path, reached: Callable[[str], None]) -> int:
            execute("UPDATE audit_checkpoint SET published_at = now() WHERE published_at IS NULL")
            reached("checkpoint published")
            return 0

        monkeypatch.setattr(sequencer, "publish", marked_first)
        write_many(1)
        with stopping_at("checkpoint published") as reached:
            log.sequencer(reached=reached).step()

        with pytest.raises(AssertionError):
            assert_published(log)


@pytest.mark.django_db
class TestTheAlarmsOfSealingCatch:
    def test_a_queue_that_is_never_emptied(self, log: Log, monkeypatch: Patch) -> None:
        monkeypatch.setattr(batch, "_take_off", lambda *_: None)
        write_many(2)
        one = log.sequencer()
        one.step()
        one.step()

        assert AuditState.objects.get().stopped == "quarantine"

    def test_tiles_of_which_the_upper_ones_are_forgotten(
        self, log: Log, monkeypatch: Patch
    ) -> None:
        real = grown
        lower = lambda *args, **named: (  # noqa: E731
            (place, tile) for place, tile in real(*args, **named) if place[0] == 0
        )
        write_many(300)
        monkeypatch.setattr(batch, "grown", lower)
        log.seal()

        assert AuditState.objects.get().stopped == "refused"

    def test_a_signer_that_keeps_no_account(self, log: Log, monkeypatch: Patch) -> None:
        monkeypatch.setattr(Signer, "_write", lambda *_: None)
        for _ in range(2):
            write_many(1)
            log.seconds += 100
            log.seal()

        assert AuditState.objects.get().stopped == "refused"

    def test_signing_before_the_commit(self, log: Log) -> None:
        write_many(1)
        log.seal()
        write_many(1)
        with transaction.atomic():  # the batch is signed, and then its transaction is lost
            seal_in_transaction()
            state = AuditState.objects.get()
            wanted = Checkpoint(origin=state.origin, size=state.size, root=bytes(state.root))
            log.signer().sign(wanted, prove=sequencer._prove)
            transaction.set_rollback(True)
        execute("DELETE FROM audit_pending")  # and this time another entry is in the batch
        write_many(1)
        log.seconds = 100

        assert log.seal().stopped == "refused"


@pytest.mark.django_db(transaction=True)
class TestALongTransactionCatches:
    def test_taking_whatever_is_behind_the_last_id(self, log: Log, monkeypatch: Patch) -> None:
        behind = batch._WAITING.replace(
            "SELECT entry_id FROM audit_pending",
            "SELECT entry_id FROM audit_pending"
            " WHERE entry_id > (SELECT coalesce(max(entry_id), 0) FROM audit_leaf)",
        )
        monkeypatch.setattr(batch, "_WAITING", behind)
        began, sealed = Event(), Event()

        def long_transaction() -> None:
            with transaction.atomic():
                write("lead:long")
                began.set()
                sealed.wait(timeout=30)
            connection.close()

        begin_log()
        with ThreadPoolExecutor(1) as pool:
            long = pool.submit(long_transaction)
            assert began.wait(timeout=30)
            with transaction.atomic():
                write("lead:short")
            log.seal()
            sealed.set()
            long.result(timeout=30)
        log.seal()

        assert len(sealed_ids()) == 1 < AuditEntry.objects.count()
