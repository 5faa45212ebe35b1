import os
import socket
from pathlib import Path

import pytest
from django.conf import settings

from audit.receipts.receipt import Receipt, receipt_in
from audit.receipts.sinks import STREAM, RedisStream, SinkError, SystemLog, sink_of
from audit.uuid7 import uuid7
from tests.audit.entries import NOW

NOWHERE = "unix:///nowhere"


def receipts(count: int) -> list[Receipt]:
    return [Receipt.of(eid=uuid7(NOW), ts=NOW, body=b"%d" % number) for number in range(count)]


class TestRedisStream:
    def test_gives_back_what_it_was_given(self) -> None:
        stream, given = RedisStream(settings.REDIS_URL), receipts(3)
        stream._client.delete(STREAM)

        stream.send(given[:2])
        stream.send(given[2:])

        assert list(stream.read()) == given
        stream._client.delete(STREAM)
        stream._client.close()

    def test_says_that_it_is_away(self) -> None:
        with pytest.raises(SinkError):
            RedisStream(NOWHERE).send(receipts(1))


class TestLineFile:
    def test_gives_back_what_it_was_given(self, tmp_path: Path) -> None:
        place, given = sink_of(f"file:{tmp_path}/receipts", redis_url=NOWHERE), receipts(3)

        place.send(given[:2])
        place.send(given[2:])

        assert list(place.read()) == given

    def test_says_that_it_is_away(self, tmp_path: Path) -> None:
        place = sink_of(f"file:{tmp_path}/no/such", redis_url=NOWHERE)

        with pytest.raises(SinkError):
            place.send(receipts(1))
        with pytest.raises(SinkError):
            list(place.read())


class TestSystemLog:
    def test_gets_one_line_for_each(self, tmp_path: Path) -> None:
        path, given = str(tmp_path / "log"), receipts(2)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.bind(path)
            SystemLog(path).send(given)
            lines = [log.recv(500).decode() for _ in given]

        assert [receipt_in(line) for line in lines] == given
        assert all(
            line.startswith("<182>yunhu: ") for line in lines
        )  # local6.info, RFC 5424 6.2.1

    def test_says_that_it_is_away(self, tmp_path: Path) -> None:
        with pytest.raises(SinkError):
            SystemLog(os.fspath(tmp_path / "none")).send(receipts(1))


class TestSinkOf:
    @pytest.mark.parametrize("name", ["", "kafka", "file:relative"])
    def test_refuses(self, name: str) -> None:
        with pytest.raises(SinkError):
            sink_of(name, redis_url=NOWHERE)

    def test_reads_nothing_where_none_are_kept(self) -> None:
        with pytest.raises(SinkError):
            list(sink_of("none", redis_url=NOWHERE).read())
