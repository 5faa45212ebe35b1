"""The outbox never stands in the way: not when it is full, nor when its sink is away."""

import logging
import threading
from collections.abc import Iterator, Sequence

import pytest

from audit.receipts import outbox as outbox_module
from audit.receipts.outbox import AT_ONCE, Committed, Outbox
from audit.receipts.receipt import Receipt
from audit.receipts.sinks import SinkError
from audit.uuid7 import uuid7
from tests.audit.entries import NOW


class Place:
    """A sink that can be away."""

    def __init__(self) -> None:
        self.away = False
        self.batches: list[list[Receipt]] = []
        self.got = threading.Event()

    def send(self, receipts: Sequence[Receipt]) -> None:
        if self.away:
            raise SinkError("away")
        self.batches.append(list(receipts))
        self.got.set()

    def read(self) -> Iterator[Receipt]:
        return (one for batch in self.batches for one in batch)


def entries(count: int) -> list[Committed]:
    return [(uuid7(NOW), NOW, b"%d" % number) for number in range(count)]


class TestOutbox:
    def test_sends_by_itself_within_moments(self) -> None:
        place = Place()
        outbox = Outbox(lambda: place)

        outbox.offer(entries(1))

        assert place.got.wait(10)
        outbox.close()

    def test_sends_what_waits_when_the_process_ends(self) -> None:
        place = Place()
        outbox = Outbox(lambda: place)

        outbox.offer(entries(AT_ONCE + 1))
        outbox.close()

        assert sum(len(batch) for batch in place.batches) == AT_ONCE + 1

    def test_keeps_the_order_while_the_sink_is_away(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        place, given = Place(), entries(AT_ONCE + 5)
        outbox = Outbox(lambda: place)
        place.away = True
        with caplog.at_level(logging.WARNING):
            outbox.offer(given)
            assert not outbox.send()
            outbox.close()
        place.away = False

        assert outbox.send()

        assert [one.eid for one in place.read()] == [eid for eid, _, _ in given]
        assert [record.levelname for record in caplog.records] == ["WARNING"]

    def test_drops_and_counts_what_is_too_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outbox_module, "MOST", 10)
        place = Place()
        place.away = True
        outbox = Outbox(lambda: place)

        outbox.offer(entries(25))
        outbox.close()

        assert outbox.dropped == 15
