"""The live page's stream: each block once, and then what changes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from compliance.models import User
from console.live_stream import BLOCKS, Watched, blocks_of, event
from dialer.models import SeatSession
from tests.console.factor import shown_before
from tests.console.seed import seed


def verified_cookies() -> SimpleCookie:
    client = Client()
    supervisor = User.objects.get(username="supervisor")
    client.force_login(supervisor)
    shown_before(client, supervisor)
    return client.cookies


@pytest.mark.django_db(transaction=True)
class TestLiveStream:
    def test_sends_each_block_and_then_only_what_changes(self) -> None:
        seed(leads=8, seats=4)

        first, second = async_to_sync(self.listen)(2)

        assert {name for name, _ in first} == set(BLOCKS)
        assert {name for name, _ in second} <= {"beat", "calls"}
        assert "beat" in {name for name, _ in second}

    def test_shows_what_has_changed_since(self) -> None:
        seed(leads=8, seats=4)

        first, second = async_to_sync(self.listen)(2, after_first=make_ready)

        assert "seat seat-ready" not in dict(first)["seats"]
        assert "seat seat-ready" in dict(second)["seats"]

    async def listen(
        self, beats: int, after_first: Callable[[], None] | None = None
    ) -> list[list[tuple[str, str]]]:
        client = AsyncClient(headers={"accept-language": "zh-hans"})
        client.cookies = await asyncio.to_thread(verified_cookies)
        response: Any = await client.get("/live/events/")
        assert response["Content-Type"] == "text/event-stream"
        stream = aiter(response)
        heard = []
        for beat in range(beats):
            heard.append(await self.one_beat(stream))
            if beat == 0 and after_first:
                await asyncio.to_thread(after_first)
        await response.streaming_content.aclose()
        return heard

    async def one_beat(self, stream: AsyncIterator[bytes]) -> list[tuple[str, str]]:
        heard = []
        async for chunk in stream:
            name, _, data = chunk.decode().partition("\n")
            if name.startswith("event: "):
                heard.append((name[7:], data))
            if name == "event: beat":  # the last block of each beat
                return heard
        raise AssertionError("The stream ended.")

    def test_renders_every_block_in_the_viewers_language(self) -> None:
        seed(leads=8, seats=4)

        zh = blocks_of(Watched(campaign="", language="zh-hans"))
        en = blocks_of(Watched(campaign="meter-notice", language="en"))

        assert "从名单到通话" in zh["waterfall"]
        assert "From the list to a call" in en["waterfall"]


def make_ready() -> None:
    from django.db import connection  # noqa: PLC0415

    try:
        SeatSession.objects.update(state=SeatSession.State.READY, permit=None)
    finally:
        connection.close()


class TestEvent:
    def test_keeps_every_line_of_a_block(self) -> None:
        assert (
            event("wire", "<p>\n1\n</p>\n") == b"event: wire\ndata: <p>\ndata: 1\ndata: </p>\n\n"
        )
