"""The live page and its figures."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from pytest_django.fixtures import Settings

from compliance import clock
from compliance.models import User
from console.live_stream import BLOCKS, Watched, blocks_of, event
from console.selectors.live import picture
from dialer.models import Attempt, SeatSession
from tests.console.conftest import LogIn
from tests.console.seed import Seeded, seed


class TestFloor:
    def test_lists_calls_that_are_up_masked(self, seeded: Seeded, log_in: LogIn) -> None:
        up = picture(campaign=None, language="zh", now=clock.read()).calls

        assert up.total == 1
        assert up.calls[0].state == "ringing"
        assert up.calls[0].masked in log_in("supervisor").get("/live/").content.decode()
        assert "****" in up.calls[0].masked

    def test_counts_seats_by_what_they_do(self, seeded: Seeded) -> None:
        seats = picture(campaign=None, language="zh", now=clock.read()).seats

        assert seats.total == 4
        assert {state: n for state, _, n in seats.by_state} == {"reserved": 3, "wrap_up": 1}

    def test_says_that_a_line_process_is_silent(self, seeded: Seeded) -> None:
        trunks = picture(campaign=None, language="zh", now=clock.read()).trunks

        assert [trunk.state for trunk in trunks] == ["silent"]

    def test_says_when_nobody_can_know(
        self, seeded: Seeded, settings: Settings, log_in: LogIn
    ) -> None:
        from dialer import streams  # noqa: PLC0415

        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        streams.client.cache_clear()
        try:
            response = log_in("supervisor").get("/live/")
        finally:
            streams.client.cache_clear()

        assert "消息存储未响应" in response.content.decode()

    @pytest.mark.parametrize(
        ("change", "pace"),
        [("nothing", "calling"), ("paused", "stopped"), ("ended", "no_line")],
    )
    def test_says_why_calls_go_out_or_do_not(self, change: str, pace: str, seeded: Seeded) -> None:
        campaign = seeded.campaigns[0]
        if change == "paused":
            campaign.filing.state = "paused"
        if change == "ended":
            Attempt.objects.update(ended_at=clock.read())

        shown = picture(campaign=campaign, language="zh", now=clock.read())

        assert shown.pace == pace


class TestLivePage:
    def test_shows_one_campaign_or_all(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("supervisor")

        everything = client.get("/live/")
        one = client.get("/live/?campaign=meter-notice")

        assert everything.context["live"].waterfall.total == 16
        assert one.context["live"].waterfall.total == 8
        assert client.get("/live/?campaign=nobody").status_code == 404

    def test_tells_of_the_campaign_that_was_refused_with_its_citation(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        body = log_in("supervisor", "en").get("/live/").content.decode()

        assert "spring-sale" in body
        assert "CN13-LIC-02" in body
        assert "No. 81 of 2020" in body

    def test_has_words_for_an_empty_house(self, db: None, log_in: LogIn) -> None:
        User.objects.create(username="first", role=User.Role.SUPERVISOR)

        response = log_in("first").get("/live/")

        assert response.status_code == 200
        assert "还没有外呼对象" in response.content.decode()


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
        await client.aforce_login(await User.objects.aget(username="supervisor"))
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
