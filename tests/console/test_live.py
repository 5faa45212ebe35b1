"""The live page and its figures."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from pytest_django.fixtures import Settings

from compliance import clock
from compliance.models import Decision, User
from console.live_stream import BLOCKS, Watched, blocks_of, event
from console.selectors import witness
from console.selectors.live import picture
from console.selectors.objections import objections_today
from console.selectors.waterfall import EMPTY, Waterfall, percent, waterfalls
from console.selectors.wire import Wire, wire
from dialer.lines.carrier_records import InviteRecord, RecordBook
from dialer.models import Attempt, Lead, SeatSession
from tests.console.conftest import LogIn
from tests.console.seed import OPENING, Seeded, seed


def all_leads() -> Waterfall:
    return sum(waterfalls(now=clock.read()).values(), EMPTY)


def carrier_saw(path: Path, call_ids: list[str]) -> None:
    book = RecordBook(path)
    for number, call_id in enumerate(call_ids):
        book.invite(
            InviteRecord(
                received_at=OPENING,
                call_id=call_id,
                from_tag=f"tag-{number}",
                from_number="9512301",
                pai_number="9512301",
                request_uri_number="",
                to_number="",
                source="127.0.0.1:5060",
                cseq=1,
            )
        )
    book.close()


class TestWaterfall:
    def test_puts_every_lead_in_exactly_one_place(self, seeded: Seeded) -> None:
        fall = all_leads()

        assert fall.total == Lead.objects.count() == 16
        assert fall.steps[0].left == fall.total
        assert fall.steps[-1].left == fall.open
        assert sum(step.stopped for step in fall.steps) == fall.stopped
        assert sum(part.count for part in fall.segments) == fall.open

    def test_shows_each_step_that_stops_somebody(self, seeded: Seeded) -> None:
        fall = waterfalls(now=clock.read())[seeded.campaigns[0].pk]

        # Of the first five leads: no consent, refused, too early, one talked to, one being called.
        assert (fall.consent, fall.refusal, fall.hours, fall.caps, fall.order) == (1, 1, 1, 0, 0)
        assert (fall.talked, fall.calling, fall.ready, fall.unasked) == (1, 1, 3, 3)

    def test_names_the_next_opening(self, seeded: Seeded) -> None:
        fall = waterfalls(now=clock.read())[seeded.campaigns[0].pk]

        assert fall.next_at is not None
        assert fall.next_at == Decision.objects.get(pk=seeded.deferred).retry_at

    def test_lets_a_lead_that_is_due_again_pass_until_the_gate_answers(
        self, seeded: Seeded
    ) -> None:
        later = OPENING + timedelta(hours=3)

        fall = waterfalls(now=later)[seeded.campaigns[0].pk]

        assert (fall.hours, fall.ready) == (0, 4)
        assert fall.next_at is None

    def test_counts_an_objection_of_no_known_family_as_out_of_order(self, seeded: Seeded) -> None:
        lead = Lead.objects.filter(state=Lead.State.BLOCKED).first()
        assert lead is not None
        stopped = all_leads()
        Lead.objects.filter(pk=lead.pk).update(last_decision=None)

        fall = all_leads()

        assert fall.total == stopped.total
        assert fall.order == 1
        assert [step.code for step in fall.steps][3] == "order"

    def test_adds_up_over_campaigns(self, seeded: Seeded) -> None:
        each = waterfalls(now=clock.read())

        assert set(each) == {campaign.pk for campaign in seeded.campaigns}
        assert all_leads().consent == sum(fall.consent for fall in each.values())

    @pytest.mark.parametrize(
        ("part", "whole", "share"),
        [(0, 0, 0), (0, 9, 0), (1, 1000, 1), (999, 1000, 99), (7, 7, 100)],
    )
    def test_never_rounds_something_to_nothing_or_less_than_all_to_all(
        self, part: int, whole: int, share: int
    ) -> None:
        assert percent(part, whole) == share


class TestWire:
    def test_is_equal_where_every_side_counts_the_same(
        self, seeded: Seeded, settings: Settings, tmp_path: Path
    ) -> None:
        settings.CARRIER_RECORDS = tmp_path / "calls.csv"
        calls = list(Attempt.objects.values_list("call_id", flat=True))
        carrier_saw(settings.CARRIER_RECORDS, calls)

        seen = wire()

        assert (seen.redeemed, seen.sent, seen.seen, seen.unpermitted) == (2, 2, 2, 0)
        assert seen.verdict == "equal"

    def test_says_that_there_is_no_witness(self, seeded: Seeded, log_in: LogIn) -> None:
        assert wire().seen is None
        assert "一致，无旁证" in log_in("supervisor").get("/live/").content.decode()

    def test_shows_a_call_without_a_permit(
        self,
        seeded: Seeded,
        settings: Settings,
        tmp_path: Path,
        log_in: LogIn,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(witness, "PATIENCE_SECONDS", 0)
        settings.CARRIER_RECORDS = tmp_path / "calls.csv"
        calls = list(Attempt.objects.values_list("call_id", flat=True))
        carrier_saw(settings.CARRIER_RECORDS, [*calls, "stranger@127.0.0.1"])

        assert wire().verdict == "unpermitted"
        assert "is-unpermitted" in log_in("supervisor").get("/live/").content.decode()

    def test_counts_a_second_call_under_one_permit_as_not_permitted(
        self, seeded: Seeded, settings: Settings, tmp_path: Path
    ) -> None:
        settings.CARRIER_RECORDS = tmp_path / "calls.csv"
        calls = list(Attempt.objects.values_list("call_id", flat=True))
        carrier_saw(settings.CARRIER_RECORDS, [*calls, calls[0]])

        assert wire().unpermitted == 1

    def test_gives_our_own_record_of_a_call_a_moment_to_arrive(
        self, seeded: Seeded, settings: Settings, tmp_path: Path
    ) -> None:
        settings.CARRIER_RECORDS = tmp_path / "calls.csv"
        carrier_saw(settings.CARRIER_RECORDS, ["just-now@127.0.0.1"])

        assert wire().unpermitted == 0

    @pytest.mark.parametrize(
        ("counts", "verdict"),
        [
            ({}, "equal"),
            ({"seen": None}, "equal"),
            ({"sent": 8, "leaving": 1, "seen": 8}, "settling"),
            ({"sent": 8, "leaving": 1, "seen": 9}, "settling"),
            ({"sent": 8, "never_left": 1, "seen": 8}, "never_left"),
            ({"sent": 8, "seen": 8}, "differ"),
            ({"seen": 8}, "differ"),
            ({"sent": 10, "seen": 10}, "differ"),
            ({"unpermitted": 1}, "unpermitted"),
        ],
    )
    def test_says_what_the_counts_mean(self, counts: dict[str, int | None], verdict: str) -> None:
        usual = {
            "redeemed": 9,
            "sent": 9,
            "leaving": 0,
            "never_left": 0,
            "seen": 9,
            "unpermitted": 0,
        }

        assert Wire(**(usual | counts)).verdict == verdict  # type: ignore[arg-type]


class TestObjections:
    def test_count_what_the_decisions_page_lists(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("compliance")

        for rule in objections_today(filing_id=None, language="zh", now=clock.read()):
            page = client.get(f"/decisions/?kind=permit&rule={rule.rule_id}&day=2026-03-11")
            assert len(page.context["page"].decisions) == rule.decisions

    def test_leave_out_other_days(self, seeded: Seeded) -> None:
        tomorrow = clock.read() + timedelta(days=1)

        assert objections_today(filing_id=None, language="zh", now=tomorrow) == []

    def test_say_the_rule_in_the_readers_language(self, seeded: Seeded) -> None:
        said = {
            language: {
                rule.rule_id: rule.title
                for rule in objections_today(filing_id=None, language=language, now=clock.read())
            }
            for language in ("zh", "en")
        }

        assert said["zh"]["CN13-CON-01"] == "事先同意"
        assert said["en"]["CN13-CON-01"] == "Consent before call"


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
