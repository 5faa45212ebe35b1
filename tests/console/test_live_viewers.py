"""Two hundred people watch the live page at once: nobody misses an event, one picture a second."""

import asyncio
import re
from collections import Counter

import pytest
from asgiref.sync import async_to_sync

from console import live_stream
from console.live_stream import BLOCKS, Watched, events
from tests.console.seed import seed

VIEWERS, BEATS = 200, 5
WATCHED = Watched(campaign="", language="zh-hans")


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
class TestTwoHundredViewers:
    def test_see_every_picture_that_was_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seed(leads=8, seats=4)
        made = Counter[str]()
        render = live_stream.blocks_of

        def counted(watched: Watched) -> dict[str, str]:
            made["pictures"] += 1
            blocks = render(watched)
            return {**blocks, "wire": f"<p>{made['pictures']}</p>"}  # each picture has its number

        monkeypatch.setattr(live_stream, "blocks_of", counted)

        heard = async_to_sync(watch)()

        assert len(heard) == VIEWERS
        assert made["pictures"] <= BEATS + 2  # however many watch
        for one in heard:
            assert set(BLOCKS) <= {name for name, _ in one}
            numbers = [int(re.sub(r"\D", "", data)) for name, data in one if name == "wire"]
            assert numbers == list(range(numbers[0], numbers[-1] + 1))
            assert len(numbers) >= BEATS - 1


async def watch() -> list[list[tuple[str, str]]]:
    """Let everybody watch for a few seconds, in one process as the server does."""
    return list(await asyncio.gather(*(viewer() for _ in range(VIEWERS))))


async def viewer() -> list[tuple[str, str]]:
    """Hear what one viewer hears."""
    heard: list[tuple[str, str]] = []
    stream = events(WATCHED)
    async for chunk in stream:
        name, _, data = chunk.decode().partition("\n")
        if name.startswith("event: "):
            heard.append((name[7:], data))
        if sum(one == "beat" for one, _ in heard) == BEATS:
            break
    await stream.aclose()  # type: ignore[attr-defined]
    return heard
