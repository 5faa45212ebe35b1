"""Bugs planted where checkpoints are signed and published, and what tells of each."""

from pathlib import Path

import pytest
from django.db import transaction

from audit.checkpoint import Checkpoint
from audit.models import AuditPending, AuditState
from audit.sealing import batch, publish, sequencer, signer
from audit.sealing.reached import Reached, pass_by
from audit.sealing.state import standing
from tests.audit.attacks.attacker import Level
from tests.audit.attacks.scene import write_some
from tests.audit.fixtures import execute
from tests.audit.planted.planting import missed, tree_alarms
from tests.audit.sealing import Log, stopping_at

pytestmark = pytest.mark.django_db


class TestSigning:
    def test_before_the_commit_makes_the_signer_refuse_after_a_crash(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        log = Log(tmp_path)
        write_some(0, 4)
        late = min(AuditPending.objects.values_list("entry_id", flat=True))
        execute(f"DELETE FROM audit_pending WHERE entry_id = {late}")  # not committed yet

        def sign_first(*, limit: int, reached: Reached = pass_by) -> batch.Sealed:
            with transaction.atomic():
                sealed = batch.seal_in_transaction(limit=limit)
                wanted = standing()
                checkpoint = Checkpoint(wanted.origin, wanted.size, wanted.root)
                log.signer().sign(checkpoint, prove=sequencer._prove, first=True)
                reached("leaves written")
            return sealed

        with monkeypatch.context() as patch, stopping_at("leaves written") as reached:
            patch.setattr(sequencer, "seal_batch", sign_first)
            log.sequencer(reached=reached).step()
        execute(f"INSERT INTO audit_pending VALUES ({late})")  # commits now, and goes first

        assert log.seal().stopped == AuditState.Stop.REFUSED

    def test_whatever_is_asked_is_told_by_the_attack_that_it_should_refuse(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(signer, "_check_one_log", lambda *_: None)

        assert missed(tmp_path, "alter a body", Level.L2) == {"signer"}

    def test_more_than_is_committed_is_told_by_the_checkpoint(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def one_more(*, origin: str, size: int, root: bytes) -> Checkpoint:
            return Checkpoint(origin=origin, size=size + 1, root=root)

        log = Log(tmp_path)
        write_some(0, 4)
        with monkeypatch.context() as patch:
            patch.setattr("audit.sealing.sequencer.Checkpoint", one_more)
            log.sequencer().step()

        assert tree_alarms(log) == {("checkpoint 1-5", "checkpoint")}


class TestPublishing:
    def test_after_the_mark_is_told_by_the_folder(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        right = publish.publish

        def mark_first(*, folder: Path, reached: Reached = pass_by) -> int:
            execute("UPDATE audit_checkpoint SET published_at = now() WHERE published_at IS NULL")
            reached("checkpoint marked")
            return right(folder=folder, reached=reached)

        log = Log(tmp_path)
        write_some(0, 3)
        log.seal()
        write_some(3, 6)
        with monkeypatch.context() as patch, stopping_at("checkpoint marked") as reached:
            patch.setattr(sequencer, "publish", mark_first)
            log.sequencer(reached=reached).drain()
        write_some(6, 9)
        log.seal()

        assert tree_alarms(log) == {("checkpoint 1-6", "dropped")}
