"""Pictures of something that changes, made once a beat for however many people watch it.

Each watched thing has a channel in each event loop: one task makes its pictures while anybody
watches, numbers them and keeps the newest. A viewer takes them one after the other, so that one
whose connection stalls for a while, or is made anew, misses none of those that are kept.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable, Hashable, Mapping
from contextlib import aclosing
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async

KEPT = 30  # pictures: how many beats a viewer may fall behind
LONGEST = 12  # digits of a picture's number
Watched = TypeVar("Watched", bound=Hashable)
Blocks = Mapping[str, str]


class Picture(NamedTuple):
    """One picture; numbers follow one another."""

    number: int
    blocks: Blocks


class _Channel:
    """The pictures of one thing."""

    def __init__(self, make: Callable[[], Blocks], *, beat_seconds: float) -> None:
        self.name = secrets.token_hex(4)  # numbers of another process mean nothing here
        self._make = sync_to_async(make, thread_sensitive=False)
        self._beat_seconds = beat_seconds
        self._kept: deque[Picture] = deque(maxlen=KEPT)
        self._newest = 0  # the number of the last picture, whether or not it is kept
        self._news = asyncio.Condition()
        self._viewers = 0
        self._task: asyncio.Task[None] | None = None
        self._failure: Exception | None = None

    async def pictures(self, *, after: int | None) -> AsyncGenerator[Picture, None]:
        """Yield the newest picture there is and all that follow it, or all after a number.

        :raises Exception: what kept the next one from being made
        """
        self._viewers += 1
        if self._task is None or self._task.done():
            self._failure = None
            self._task = asyncio.create_task(self._go_on())
        seen = self._newest - bool(self._kept) if after is None else min(after, self._newest)
        try:
            while True:
                for picture in await self._behind(seen):
                    seen = picture.number
                    yield picture
        finally:
            self._viewers -= 1

    async def _behind(self, seen: int) -> list[Picture]:
        """Wait until there are pictures after one that was seen; return them."""
        async with self._news:
            await self._news.wait_for(lambda: self._newest > seen or self._failure)
        if self._newest <= seen and self._failure is not None:
            raise self._failure
        return [picture for picture in self._kept if picture.number > seen]

    async def _go_on(self) -> None:
        """Make a picture a beat while anybody watches."""
        loop = asyncio.get_running_loop()
        while self._viewers:
            began = loop.time()
            try:
                made = Picture(self._newest + 1, await self._make())
            except Exception as failure:  # noqa: BLE001 - each viewer raises it
                self._failure = failure
            else:
                self._kept.append(made)
                self._newest = made.number
            async with self._news:
                self._news.notify_all()
            if self._failure is not None:
                return
            await asyncio.sleep(max(0.0, began + self._beat_seconds - loop.time()))
        self._kept.clear()  # whoever comes next is shown nothing that is old


class Channels(Generic[Watched]):
    """The channels of every thing that is watched."""

    def __init__(self, *, make: Callable[[Watched], Blocks], beat_seconds: float) -> None:
        """Have `make` called in a thread, once a beat for each thing that is watched."""
        self._make = make
        self._beat_seconds = beat_seconds
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Watched, _Channel]] = (
            WeakKeyDictionary()
        )

    async def pictures(
        self, watched: Watched, *, after: str = "", most: int
    ) -> AsyncGenerator[tuple[str, Blocks], None]:
        """Yield so many pictures at most, each with its name.

        :param after: the name of the last one that was seen; others than ours are passed over
        """
        channel = self._channel(watched)
        async with aclosing(channel.pictures(after=_number(channel, after))) as found:
            left = most
            async for picture in found:
                yield f"{channel.name}:{picture.number}", picture.blocks
                left -= 1
                if not left:
                    return

    def _channel(self, watched: Watched) -> _Channel:
        channels = self._by_loop.setdefault(asyncio.get_running_loop(), {})
        if watched not in channels:
            channels[watched] = _Channel(
                lambda: self._make(watched), beat_seconds=self._beat_seconds
            )
        return channels[watched]


def _number(channel: _Channel, name: str) -> int | None:
    """Return the number in the name of one of the channel's pictures, None for any other text."""
    ours, _, number = name.partition(":")
    known = ours == channel.name and number.isascii() and number.isdecimal()
    return int(number) if known and len(number) <= LONGEST else None
