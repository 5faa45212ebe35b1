"""Where receipts go, and where they are read again: Redis, the system's log, a file elsewhere."""

import contextlib
import socket
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Protocol

import redis
from django.conf import settings

from audit.receipts.receipt import Receipt, receipt_in

STREAM = "yunhu:audit:receipts"
KEPT = 1_000_000  # messages of up to 500 receipts; the oldest go first
SYSLOG = ("/dev/log", "/var/run/syslog")
NONE = "none"
_PRIORITY = SysLogHandler.LOG_LOCAL6 << 3 | SysLogHandler.LOG_INFO


class SinkError(Exception):
    """The place for receipts does not answer, or is none."""


class Sink(Protocol):
    """A place that keeps receipts."""

    def send(self, receipts: Sequence[Receipt]) -> None:
        """Keep these too.

        :raises SinkError: if it cannot now
        """

    def read(self) -> Iterator[Receipt]:
        """Yield every receipt that it still has.

        :raises SinkError: if it cannot be read
        """


class RedisStream:
    """A stream of Redis, on a host of its own in production."""

    def __init__(self, url: str) -> None:
        self._client: redis.Redis = redis.Redis.from_url(
            url, decode_responses=True, socket_timeout=2, socket_connect_timeout=1
        )

    def send(self, receipts: Sequence[Receipt]) -> None:
        """Add one message for all of them."""
        with _as_sink_error(redis.RedisError):
            lines = "\n".join(receipt.line() for receipt in receipts)
            self._client.xadd(STREAM, {"receipts": lines}, maxlen=KEPT, approximate=True)

    def read(self) -> Iterator[Receipt]:
        """Read the stream from its beginning, a thousand messages at a time."""
        after = "-"
        with _as_sink_error(redis.RedisError):
            while messages := self._client.xrange(STREAM, min=after, count=1000):
                for key, fields in messages:
                    yield from receipts_in(str((fields or {}).get("receipts", "")).splitlines())
                    after = "(" + str(key)


class SystemLog:
    """The system's log, which the machine sends on to another: facility local6."""

    def __init__(self, address: str) -> None:
        self._address = address

    def send(self, receipts: Sequence[Receipt]) -> None:
        """Send a line for each."""
        with _as_sink_error(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.settimeout(1)
            out.connect(self._address)
            for receipt in receipts:
                out.send(f"<{_PRIORITY}>yunhu: {receipt.line()}".encode())

    def read(self) -> Iterator[Receipt]:
        """Refuse: a log is read where it is kept, and its lines are given as a file."""
        raise SinkError("系统日志须导出为文件再核对 / give the lines of the log as a file.")


class LineFile:
    """A file on another machine's storage, one line each."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, receipts: Sequence[Receipt]) -> None:
        """Append a line for each, in one write, so that processes do not mix theirs."""
        text = "".join(f"{receipt.line()}\n" for receipt in receipts)
        with _as_sink_error(OSError), self._path.open("ab", buffering=0) as file:
            file.write(text.encode())

    def read(self) -> Iterator[Receipt]:
        """Read every line that has a receipt in it."""
        with _as_sink_error(OSError), self._path.open(encoding="ascii", errors="replace") as file:
            yield from receipts_in(file)


class Nowhere:
    """No place at all: receipts are not kept."""

    def send(self, receipts: Sequence[Receipt]) -> None:
        """Forget them."""

    def read(self) -> Iterator[Receipt]:
        """Refuse: there is nothing to compare with."""
        raise SinkError("未设置回执 / no receipts are kept: set AUDIT_RECEIPTS.")


def sink() -> Sink:
    """Return the place that this deployment's settings name."""
    return sink_of(settings.AUDIT_RECEIPTS, redis_url=settings.REDIS_URL)


@lru_cache(maxsize=4)
def sink_of(name: str, *, redis_url: str) -> Sink:
    """Return the place that `redis`, `syslog`, `file:/path` or `none` names.

    :raises SinkError: if it names none of them
    """
    if name == "redis":
        return RedisStream(redis_url)
    if name == "syslog":
        return SystemLog(next((one for one in SYSLOG if Path(one).exists()), SYSLOG[0]))
    if name.startswith("file:/"):
        return LineFile(Path(name.removeprefix("file:")))
    if name == NONE:
        return Nowhere()
    raise SinkError(f"AUDIT_RECEIPTS={name!r}: redis, syslog, file:/path / none.")


def receipts_in(lines: Iterable[str]) -> Iterator[Receipt]:
    """Yield the receipts of a log's lines; other lines are somebody else's."""
    for line in lines:
        receipt = receipt_in(line)
        if receipt is not None:
            yield receipt


@contextlib.contextmanager
def _as_sink_error(*kinds: type[Exception]) -> Iterator[None]:
    try:
        yield
    except kinds as error:
        raise SinkError(f"{type(error).__name__}: {error}") from error
