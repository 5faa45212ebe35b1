"""Two hundred people watch the live page of a real server: nobody misses a picture of it.

Each is a connection of its own over TCP, as a browser's EventSource makes it. Meanwhile the floor
changes; every change is on a picture, and every picture reaches every viewer in its order.
"""

import asyncio
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction

from console.live_stream import BLOCKS
from dialer.models import SeatSession
from tests.browser.conftest import served
from tests.browser.served import Served
from tests.scenarios.first_hour.visitor import Visitor

__all__ = ["served"]

VIEWERS, CHANGES = 200, 5
PEOPLE = ("supervisor", "compliance", "owner")
PATIENCE_SECONDS = 60.0
READY = re.compile(r"seat seat-ready")


@dataclass(slots=True)
class Viewer:
    """One connection, and what came over it."""

    cookies: str
    events: dict[str, list[str]] = field(default_factory=dict)  # by block, in their order
    pictures: list[int] = field(default_factory=list)
    _task: "asyncio.Task[None] | None" = None

    async def watch(self, url: str) -> None:
        """Connect, and go on reading."""
        place = urlsplit(url)
        assert place.hostname
        assert place.port
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        asked = (
            f"GET /live/events/ HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {self.cookies}\r\n"
            "Accept: text/event-stream\r\nAccept-Language: zh-hans\r\n\r\n"
        )
        writer.write(asked.encode())
        status = await reader.readline()
        assert b" 200 " in status, status
        self._task = asyncio.create_task(self._read(reader, writer))

    async def leave(self) -> None:
        """Close the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        block, data = "", [""]
        try:
            while line := await reader.readline():
                word, _, rest = line.decode().rstrip("\r\n").partition(": ")
                match word:
                    case "event":
                        block, data = rest, []
                    case "data":
                        data.append(rest)
                    case "id":
                        self.pictures.append(int(rest.partition(":")[2]))
                    case "" if block:  # an empty line ends an event
                        self.events.setdefault(block, []).append("\n".join(data))
                        block = ""
        finally:
            writer.close()


def make_ready(count: int) -> None:
    """Have so many seats ready, and the others on a break."""
    try:
        first = list(SeatSession.objects.order_by("pk").values_list("pk", flat=True)[:count])
        with transaction.atomic():
            SeatSession.objects.update(state=SeatSession.State.BREAK, permit=None)
            SeatSession.objects.filter(pk__in=first).update(state=SeatSession.State.READY)
    finally:
        connection.close()


async def until(met: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "It did not happen in time."
        await asyncio.sleep(0.02)


def floors(viewer: Viewer) -> list[int]:
    """Return how many seats were ready on each picture of the seats, in their order."""
    return [len(READY.findall(block)) for block in viewer.events.get("seats", [])]


async def scene(url: str, cookies: Sequence[str]) -> list[Viewer]:
    """Let everybody come, let the floor change while they watch, and see them out."""
    viewers = [Viewer(cookies[at % len(cookies)]) for at in range(VIEWERS)]
    change = sync_to_async(make_ready, thread_sensitive=False)
    began = time.monotonic()
    await asyncio.gather(*(one.watch(url) for one in viewers))
    await until(lambda: all(one.pictures for one in viewers))
    came = time.monotonic()
    for number in range(1, CHANGES + 1):
        await change(number)
        await until(lambda n=number: floors(viewers[0])[-1:] == [n])  # type: ignore[misc]
    last = viewers[0].pictures[-1] + 1
    await until(lambda: all(one.pictures[-1] >= last for one in viewers))
    over = time.monotonic()
    await asyncio.gather(*(one.leave() for one in viewers))
    sys.stdout.write(f"{VIEWERS} connected in {came - began:.1f} s; {over - came:.1f} s watched\n")
    return viewers


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
class TestTwoHundredViewers:
    def test_miss_no_picture_and_no_change(self, served: Served) -> None:
        make_ready(0)
        cookies = [Visitor(served.url, name).cookies for name in PEOPLE]

        viewers = asyncio.run(scene(served.url, cookies))

        assert len(viewers) == VIEWERS
        newest = max(one.pictures[0] for one in viewers)
        for one in viewers:
            assert set(BLOCKS) <= one.events.keys()
            assert one.pictures == list(range(one.pictures[0], one.pictures[-1] + 1))
            assert len(one.events["beat"]) == len(one.pictures)
            assert floors(one) == list(range(CHANGES + 1))
        spread = newest - min(one.pictures[0] for one in viewers)
        assert min(one.pictures[-1] for one in viewers) - newest >= CHANGES
        sys.stdout.write(f"the last came {spread} pictures after the first\n")
