"""The live page and its figures."""

import pytest
from pytest_django.fixtures import Settings

from compliance import clock
from compliance.rulebook.decision import Language
from console.selectors.live import picture
from dialer.models import Attempt
from tests.compliance.gate.test_sealed import sealed
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

LANGUAGES: tuple[Language, Language] = ("zh", "en")


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
        ("sealing", "state", "said"),
        [
            ((60, ""), "fine", ("封存正常，滞后 60", "60 s behind")),
            ((61, ""), "late", ("封存滞后 61 秒；满 900 秒停呼", "calls stop at 900 s")),
            ((901, ""), "stopped", ("已停呼", "no call until it has caught up")),
            ((0, "refused"), "stopped", ("拒绝签名", "the signer refuses")),
        ],
    )
    def test_warns_before_the_gate_closes_for_a_trail_that_is_not_sealed(
        self,
        seeded: Seeded,
        log_in: LogIn,
        sealing: tuple[int, str],
        state: str,
        said: tuple[str, str],
    ) -> None:
        sealed(lag_s=sealing[0] - 0.9, stopped=sealing[1])

        seen = {
            of: picture(campaign=None, language=of, now=clock.read()).sealing for of in LANGUAGES
        }

        assert (seen["zh"].state, seen["en"].state) == (state, state)
        assert said[0] in seen["zh"].said
        assert said[1] in seen["en"].said
        assert seen["zh"].said in log_in("supervisor").get("/live/").content.decode()

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
