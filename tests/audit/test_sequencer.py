from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from audit.models import (
    AuditCheckpoint,
    AuditEntry,
    AuditLeaf,
    AuditPending,
    AuditQuarantine,
    AuditState,
)
from audit.record import Entry, record, record_many
from audit.sealing.batch import BrokenTreeError, seal_batch
from audit.sealing.publish import publish
from audit.sealing.reached import STEPS
from audit.sealing.state import begin_log, standing
from audit.sealing.status import sealing_status
from audit.uuid7 import uuid7
from tests.audit.entries import NOW, write
from tests.audit.fixtures import execute, guards_off
from tests.audit.sealing import (
    Log,
    assert_sound,
    mended,
    said_by,
    sealed_ids,
    stopping_at,
)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(folder=tmp_path)


def write_many(count: int) -> list[int]:
    about = [Entry(action="permit.issued", obj=f"lead:{n}", actor="u:17") for n in range(count)]
    record_many(about, now=NOW)
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


FORGED = """
    INSERT INTO audit_entry (eid, ts, tenant, action, actor, object, outcome, body, mac, kid)
    SELECT overlay(eid::text placing 'abcdefabcdef' from 25)::uuid, ts, tenant, action, actor,
    'lead:forged', outcome, body || ' '::bytea, mac, kid FROM audit_entry LIMIT 1
"""


@pytest.mark.django_db
class TestSealBatch:
    def test_gives_waiting_entries_their_places_in_their_order(self, log: Log) -> None:
        ids = write_many(3)

        sealed = seal_batch()

        assert (sealed.taken, sealed.sealed, sealed.size) == (3, 3, 3)
        assert sealed_ids() == ids
        assert not AuditPending.objects.exists()
        assert_sound(log)

    def test_takes_no_more_than_a_batch_and_the_oldest_first(self, log: Log) -> None:
        ids = write_many(7)

        assert [seal_batch(limit=3).taken for _ in range(4)] == [3, 3, 1, 0]
        assert sealed_ids() == ids
        assert_sound(log)

    @pytest.mark.parametrize("counts", [(255, 2), (256, 1), (257, 255)])
    def test_grows_the_tree_past_the_end_of_a_tile(
        self, log: Log, counts: tuple[int, int]
    ) -> None:
        for count in counts:
            write_many(count)
            seal_batch()

        assert_sound(log)

    def test_puts_what_was_not_written_here_in_quarantine_and_goes_on(self, log: Log) -> None:
        write("lead:1")
        execute(FORGED)
        write("lead:3")

        sealed = seal_batch()

        assert (sealed.taken, sealed.sealed, sealed.quarantined) == (3, 2, 1)
        forged = AuditEntry.objects.get(object="lead:forged").pk
        assert AuditQuarantine.objects.get().entry_id == forged
        assert AuditQuarantine.objects.get().reason == "mac"
        assert forged not in sealed_ids()
        assert not AuditPending.objects.exists()
        assert AuditState.objects.get().stopped == "quarantine"
        assert_sound(log)

    def test_lets_nothing_that_is_queued_wrongly_stand_in_the_way(self, log: Log) -> None:
        first = write_many(1)[0]
        seal_batch()
        execute(f"INSERT INTO audit_pending (entry_id) VALUES ({first}), (999999999)")
        last = write_many(1)[-1]

        sealed = seal_batch()

        assert (sealed.taken, sealed.sealed) == (3, 1)
        assert sealed_ids() == [first, last]
        reasons = dict(AuditQuarantine.objects.values_list("entry_id", "reason"))
        assert reasons == {first: "sealed", 999999999: "missing"}

    def test_takes_neither_of_two_entries_with_one_id(self, log: Log) -> None:
        write("lead:1")
        guards_off()
        execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_queue")
        execute(
            "INSERT INTO audit_entry (id, eid, ts, tenant, action, actor, object, outcome, body,"
            " mac, kid) OVERRIDING SYSTEM VALUE SELECT id,"
            " overlay(eid::text placing 'abcdefabcdef' from 25)::uuid, ts + interval '1 us',"
            " tenant, action, actor, object, outcome, body, mac, kid FROM audit_entry"
        )

        assert seal_batch().sealed == 0
        assert AuditQuarantine.objects.get().reason == "double"

    def test_leaves_everything_as_it_was_if_it_ends_before_the_commit(self, log: Log) -> None:
        write_many(2)

        for step in ("queue read", "leaves written"):
            with stopping_at(step) as reached:
                seal_batch(reached=reached)

        assert AuditPending.objects.count() == 2
        assert not AuditLeaf.objects.exists()
        assert seal_batch().sealed == 2
        assert_sound(log)

    @pytest.mark.parametrize(
        "tampering",
        [
            "UPDATE audit_tile SET hashes = sha256('') || sha256('')",
            "UPDATE audit_tile SET hashes = ''",
            "DELETE FROM audit_tile",
            "UPDATE audit_state SET root = sha256('x')",
            "UPDATE audit_state SET size = 1",
            "UPDATE audit_state SET size = 3",
        ],
    )
    def test_refuses_to_build_on_a_tree_that_is_not_as_it_was_left(
        self, log: Log, tampering: str
    ) -> None:
        write_many(2)
        log.seal()
        mended(tampering)
        write_many(1)

        log.sequencer().step()

        assert AuditState.objects.get().stopped == "refused"
        assert AuditLeaf.objects.count() == 2
        assert AuditPending.objects.count() == 1
        with pytest.raises(BrokenTreeError):
            seal_batch()

    def test_asks_for_a_signature_at_once_after_what_must_not_be_undone(self, log: Log) -> None:
        write_many(1)
        assert not seal_batch().urgent

        record("kill_switch.engaged", obj="switch:1", actor="u:1", now=NOW)
        assert seal_batch().urgent


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


@pytest.mark.django_db(transaction=True)
class TestSealingBesideWriters:
    def test_loses_nothing_that_is_committed_out_of_order(self, log: Log) -> None:
        began, sealed = Barrier(2), Event()

        def long_transaction() -> None:
            with transaction.atomic():
                write("lead:long")
                began.wait(timeout=30)
                sealed.wait(timeout=30)
            connection.close()

        with ThreadPoolExecutor(1) as pool:
            long = pool.submit(long_transaction)
            began.wait(timeout=30)
            with transaction.atomic():
                write("lead:short")
            log.seal()
            assert AuditLeaf.objects.count() == 1
            sealed.set()
            long.result(timeout=30)
        log.seal()

        objects = dict(AuditEntry.objects.values_list("pk", "object"))
        assert [objects[pk] for pk in sealed_ids()] == ["lead:short", "lead:long"]
        assert sealed_ids() != sorted(sealed_ids())
        assert_sound(log)

    def test_seals_nothing_that_was_rolled_back(self, log: Log) -> None:
        with transaction.atomic():
            write("lead:1")
            transaction.set_rollback(True)
        with transaction.atomic():
            write("lead:2")

        log.seal()

        assert AuditLeaf.objects.count() == AuditEntry.objects.count() == 1

    def test_gives_what_was_committed_first_the_smaller_place(self, log: Log) -> None:
        def one(n: int) -> None:
            with transaction.atomic():
                write(f"lead:{n}a")
            with transaction.atomic():
                write(f"lead:{n}b")
            connection.close()

        with ThreadPoolExecutor(4) as pool:
            written = [pool.submit(one, n) for n in range(12)]
            while not all(future.done() for future in written):
                log.sequencer(batch=2).step()
            for future in written:
                future.result()
        log.seal()

        objects = dict(AuditEntry.objects.values_list("pk", "object"))
        place = {objects[pk]: n for n, pk in enumerate(sealed_ids())}
        assert len(place) == 24
        assert all(place[f"lead:{n}a"] < place[f"lead:{n}b"] for n in range(12))
        assert_sound(log)

    def test_takes_a_retry_for_the_same_entry(self, log: Log) -> None:
        eid = uuid7(NOW)
        for _ in range(2):
            with transaction.atomic():
                write(eid=eid)
            log.seal()

        assert AuditLeaf.objects.count() == 1

    def test_raises_no_alarm_if_two_do_it_at_once_without_the_lock(self, log: Log) -> None:
        for n in range(60):
            with transaction.atomic():
                write(f"lead:{n}")
        begin_log()

        def seal(number: int) -> None:
            one = log.sequencer(batch=3 + number, sign_seconds=0)
            for _ in range(16):
                one.step()
            connection.close()

        with ThreadPoolExecutor(2) as pool:
            for future in [pool.submit(seal, number) for number in range(2)]:
                future.result(timeout=60)
        log.seal()

        assert AuditState.objects.get().stopped == ""
        assert AuditState.objects.get().size == 60
        assert_sound(log)

    @pytest.mark.parametrize("step", STEPS)
    def test_goes_on_after_a_death_at_every_step(self, log: Log, step: str) -> None:
        with transaction.atomic():
            write("lead:0")
        log.seal()
        with transaction.atomic():
            write("lead:1")
        with stopping_at(step) as reached:
            log.sequencer(reached=reached).step()
        with transaction.atomic():  # what comes before anybody has recovered
            write("lead:2")

        log.seconds += 100
        log.seal()

        assert AuditState.objects.get().stopped == ""
        assert AuditLeaf.objects.count() == 3
        assert log.newest().size == 3
        assert_sound(log)
        files = {path.name for path in (log.published / "checkpoints").iterdir()}
        assert files == {f"1-{row.size}" for row in AuditCheckpoint.objects.all()}
        for path in (log.published / "checkpoints").iterdir():
            assert said_by(path.read_bytes()).size <= 3
