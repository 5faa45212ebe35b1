"""One batch: waiting entries get their places, and what was not written here gets none."""

import pytest

from audit.models import (
    AuditEntry,
    AuditLeaf,
    AuditPending,
    AuditQuarantine,
    AuditState,
)
from audit.record import record
from audit.sealing.batch import BrokenTreeError, seal_batch
from tests.audit.entries import NOW, write
from tests.audit.fixtures import execute, guards_off
from tests.audit.sealing import (
    FORGED,
    Log,
    assert_sound,
    mended,
    sealed_ids,
    stopping_at,
    write_many,
)


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
