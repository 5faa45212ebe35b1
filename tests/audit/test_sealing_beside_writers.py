"""Sealing while others write, commit late, roll back, or seal as well."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from audit.models import (
    AuditCheckpoint,
    AuditEntry,
    AuditLeaf,
    AuditState,
)
from audit.sealing.reached import STEPS
from audit.sealing.state import begin_log
from audit.uuid7 import uuid7
from tests.audit.entries import NOW, write
from tests.audit.sealing import (
    Log,
    assert_sound,
    said_by,
    sealed_ids,
    stopping_at,
)


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
