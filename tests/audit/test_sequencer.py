"""What the sequencer does, step by step, and what makes it stop."""

from pathlib import Path

import pytest

from audit.models import (
    AuditCheckpoint,
    AuditPending,
    AuditState,
)
from audit.record import record
from audit.sealing.publish import publish
from audit.sealing.state import begin_log, standing
from audit.sealing.status import sealing_status
from tests.audit.entries import NOW
from tests.audit.fixtures import execute
from tests.audit.sealing import (
    FORGED,
    Log,
    assert_sound,
    mended,
    stopping_at,
    write_many,
)


@pytest.mark.django_db
class TestSequencer:
    def test_seals_signs_and_publishes(self, log: Log) -> None:
        write_many(3)

        state = log.seal()

        row = AuditCheckpoint.objects.get()
        assert row.size == state.size == log.newest().size == 3
        assert row.published_at is not None
        assert row.published_at >= row.signed_at
        assert log.newest().origin == state.origin
        assert (log.published / "checkpoints" / "1-3").read_bytes() == bytes(row.note)
        assert_sound(log)

    def test_names_the_log_after_its_key_unless_told(self, log: Log) -> None:
        begin_log()
        origin = AuditState.objects.get().origin
        assert origin.startswith("yunhu.localhost/operator/")

        begin_log()
        assert AuditState.objects.get().origin == origin

    def test_signs_nothing_about_an_empty_tree(self, log: Log) -> None:
        log.seal()

        assert not AuditCheckpoint.objects.exists()
        assert not log.published.exists()

    def test_signs_a_changing_tree_every_so_often(self, log: Log) -> None:
        one = log.sequencer(sign_seconds=10)
        sizes = []
        for second in range(0, 30, 2):
            log.seconds = second
            write_many(1)
            one.step()
            sizes.append(standing().signed)

        assert sizes == [1, 1, 1, 1, 1, 6, 6, 6, 6, 6, 11, 11, 11, 11, 11]

    def test_signs_at_once_after_what_must_not_be_undone(self, log: Log) -> None:
        one = log.sequencer(sign_seconds=10)
        write_many(1)
        one.step()
        write_many(1)
        one.step()
        assert standing().signed == 1

        record("kill_switch.engaged", obj="switch:1", actor="u:1", now=NOW)
        one.step()

        assert standing().signed == 3

    def test_catches_up_in_batches(self, log: Log) -> None:
        write_many(7)
        one = log.sequencer(batch=3)

        assert [one.step() for _ in range(4)] == [True, True, False, False]
        assert_sound(log)

    def test_notes_that_all_is_sealed_only_when_it_is_signed(self, log: Log) -> None:
        one = log.sequencer(sign_seconds=10, batch=2)
        write_many(1)
        one.step()
        signed = AuditState.objects.get().sealed_until
        log.seconds = 5

        write_many(1)
        one.step()
        assert AuditState.objects.get().sealed_until == signed  # sealed, not signed

        log.seconds = 10
        before = standing().read_at
        write_many(5)
        assert one.step()
        assert AuditState.objects.get().sealed_until < before  # signed, not all of it sealed

        one.drain()
        assert AuditState.objects.get().sealed_until > before

    def test_notes_it_every_few_seconds_when_nothing_happens(self, log: Log) -> None:
        one = log.sequencer()
        seen = set()
        for tenths in range(0, 61, 2):
            log.seconds = tenths / 10
            one.step()
            seen.add(AuditState.objects.get().sealed_until)

        assert len(seen) == 4  # at 0, 2, 4 and 6 seconds

    def test_goes_on_after_a_quarantine_while_nothing_may_be_dialled(self, log: Log) -> None:
        write_many(1)
        execute(FORGED)
        before = log.seal().sealed_until

        write_many(1)
        log.seconds = 20
        state = log.seal()

        assert state.stopped == "quarantine"
        assert state.sealed_until > before
        assert log.newest().size == 2

    def test_publishes_what_a_dead_one_had_stored(self, log: Log) -> None:
        write_many(2)
        with stopping_at("checkpoint stored") as reached:
            log.sequencer(reached=reached).step()
        assert not (log.published / "checkpoint").exists()

        log.sequencer().step()

        assert log.newest().size == 2
        assert AuditCheckpoint.objects.get().published_at is not None

    def test_marks_nothing_that_is_not_published(self, log: Log) -> None:
        write_many(2)
        log.published.write_text("in the way")

        with pytest.raises(NotADirectoryError):
            log.sequencer().drain()

        assert AuditCheckpoint.objects.get().published_at is None

    def test_publishes_every_checkpoint_in_its_own_file(self, log: Log) -> None:
        for _ in range(3):
            write_many(1)
            log.seal()

        names = sorted(path.name for path in (log.published / "checkpoints").iterdir())
        assert names == ["1-1", "1-2", "1-3"]
        assert log.newest().size == 3
        assert publish(folder=log.published) == 0

    def test_says_how_it_stands(self, log: Log) -> None:
        write_many(2)
        log.seal()
        write_many(1)

        status = sealing_status()

        assert (status.size, status.checkpoint_size, status.pending) == (2, 2, 1)
        assert (status.stopped, status.quarantined) == ("", 0)
        assert 0 <= status.lag_s < 60
        assert status.as_json()["origin"] == AuditState.objects.get().origin


@pytest.mark.django_db
class TestARefusal:
    """The signer holds 3 leaves; the database is not the one that it signed."""

    @pytest.fixture
    def log(self, tmp_path: Path) -> Log:
        log = Log(folder=tmp_path)
        write_many(3)
        log.seal()
        return log

    @pytest.mark.parametrize("shorter", [True, False])
    def test_stops_the_log_and_keeps_the_evidence(self, log: Log, *, shorter: bool) -> None:
        mended("DELETE FROM audit_leaf")
        mended("DELETE FROM audit_tile")
        mended("DELETE FROM audit_checkpoint")
        mended("UPDATE audit_state SET size = 0, root = sha256('')")
        execute("INSERT INTO audit_pending SELECT id FROM audit_entry ORDER BY id DESC LIMIT 1")
        if not shorter:
            write_many(4)

        log.sequencer().drain()

        state = AuditState.objects.get()
        assert state.stopped == "refused"
        assert state.stopped_at is not None
        assert len(list(log.signer_folder.glob("refused-*.json"))) == 1
        assert not AuditCheckpoint.objects.exists()
        assert log.newest().size == 3

    def test_is_not_forgotten_by_another_try(self, log: Log) -> None:
        mended("UPDATE audit_state SET stopped = 'refused', stopped_at = now()")
        before = AuditState.objects.get()
        write_many(1)

        log.seconds = 100
        log.sequencer().drain()

        after = AuditState.objects.get()
        assert (after.size, after.sealed_until, after.stopped) == (
            3,
            before.sealed_until,
            "refused",
        )
        assert AuditPending.objects.count() == 1

    def test_comes_of_a_drop_folder_that_says_something_else(self, log: Log) -> None:
        write_many(1)
        (log.published / "checkpoints" / "1-4").write_text("something else")

        log.sequencer().drain()

        assert AuditState.objects.get().stopped == "refused"
        assert (log.published / "checkpoints" / "1-4").read_text() == "something else"

    def test_comes_of_an_account_that_is_gone(self, log: Log) -> None:
        (log.signer_folder / "signer.json").unlink()
        write_many(1)

        log.sequencer().drain()

        assert AuditState.objects.get().stopped == "refused"
