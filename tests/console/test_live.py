"""The live page and its figures."""

import pytest
from pytest_django.fixtures import Settings

from compliance import clock
from console.selectors.live import picture
from dialer.models import Attempt
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


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
