"""Receipts leave when the transaction has committed, on both ways to write an entry."""

from collections.abc import Iterator, Sequence

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from audit.models import AuditEntry
from audit.receipts import committed
from audit.receipts.matching import unmatched
from audit.receipts.outbox import Outbox
from audit.receipts.receipt import Receipt
from audit.receipts.sinks import STREAM, RedisStream, Sink
from audit.record import AuditWriteError, recording
from audit.round_trips import Statement, one_message
from tests.audit.entries import NOW, write, write_about
from tests.audit.fixtures import execute


class Kept:
    """A sink in memory."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []

    def send(self, receipts: Sequence[Receipt]) -> None:
        self.receipts += receipts

    def read(self) -> Iterator[Receipt]:
        return iter(self.receipts)


class Held(Outbox):
    """An outbox that sends when it is told to."""

    def _begin(self) -> None:
        pass


@pytest.fixture
def kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Kept:
    settings.AUDIT_RECEIPTS = "redis"
    kept = Kept()
    sink: Sink = kept
    monkeypatch.setattr(committed, "outbox", Held(lambda: sink))
    return kept


def sent(kept: Kept) -> list[Receipt]:
    assert committed.outbox.send()
    return kept.receipts


def in_one_message(*more: Statement) -> None:
    with transaction.atomic(durable=True), one_message(commit=True) as message:
        message.add(recording("permit.issued", obj="permit:1", actor="svc:test", now=NOW))
        message.add(*more)


@transaction.atomic
def fail_late() -> None:
    write()
    execute("INSERT INTO pair VALUES (1), (1)")


@pytest.mark.django_db(transaction=True)
class TestReceipts:
    def test_are_for_the_bytes_that_were_committed(self, kept: Kept) -> None:
        with transaction.atomic():
            eid = write_about()
            assert sent(kept) == []

        entry = AuditEntry.objects.get()
        assert sent(kept) == [Receipt.of(eid=eid, ts=NOW, body=bytes(entry.body))]
        assert list(unmatched(kept.receipts)) == []

    def test_leave_when_the_commit_went_along_with_the_entry(self, kept: Kept) -> None:
        in_one_message()

        assert len(sent(kept)) == 1
        assert list(unmatched(kept.receipts)) == []

    def test_stay_when_a_message_fails(self, kept: Kept) -> None:
        with pytest.raises(Exception, match="division"):
            in_one_message(Statement("SELECT 1 / $1::int", [0]))

        assert sent(kept) == []

    def test_stay_when_the_transaction_rolls_back(self, kept: Kept) -> None:
        with transaction.atomic():
            write()
            transaction.set_rollback(True)

        assert sent(kept) == []

    def test_stay_with_the_savepoint_that_was_taken_back(self, kept: Kept) -> None:
        with transaction.atomic():
            with transaction.atomic():
                write()
                transaction.set_rollback(True)
            write(obj="lead:2")

        assert [one.eid for one in sent(kept)] == [AuditEntry.objects.get().eid]

    def test_are_not_repeated_for_a_retry(self, kept: Kept) -> None:
        with transaction.atomic():
            eid = write_about()
        with transaction.atomic():
            write_about(eid=eid)

        assert len(sent(kept)) == 1

    def test_stay_when_a_constraint_fails_at_the_commit(self, kept: Kept) -> None:
        execute("CREATE TABLE pair (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        try:
            with pytest.raises(IntegrityError):
                in_one_message(Statement("INSERT INTO pair VALUES (1), (1)"))
            with pytest.raises(IntegrityError):
                fail_late()
        finally:
            execute("DROP TABLE pair")

        assert sent(kept) == []

    def test_cannot_be_promised_outside_a_transaction(self, kept: Kept) -> None:
        with pytest.raises(AuditWriteError, match="inside atomic"):
            recording("permit.issued", obj="permit:1", actor="svc:test", now=NOW)

        assert sent(kept) == []


@pytest.mark.django_db(transaction=True)
class TestReceiptsOnTheirWay:
    def test_reach_redis_and_match_their_entries(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.AUDIT_RECEIPTS = "redis"
        stream = RedisStream(settings.REDIS_URL)
        stream._client.delete(STREAM)
        outbox = Outbox(lambda: stream)
        monkeypatch.setattr(committed, "outbox", outbox)

        with transaction.atomic():
            eid = write_about()
        in_one_message()
        outbox.close()

        kept = list(stream.read())
        assert (len(kept), kept[0].eid) == (2, eid)
        assert list(unmatched(kept)) == []
        stream._client.delete(STREAM)
        stream._client.close()
