"""The agent's own seat."""

import re

from compliance.models import CampaignFiling, User
from dialer.models import SeatSession
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

READY, PAUSE = "/seat/ready/", "/seat/pause/"


def session_of(username: str) -> SeatSession:
    return SeatSession.objects.get(seat__agent__username=username)


class TestSeatPage:
    def test_becomes_ready_by_the_agents_own_press(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("agent01")

        client.post(READY, {"campaign": "meter-notice"})

        session = session_of("agent01")
        assert session.state == SeatSession.State.READY
        assert session.campaign == seeded.campaigns[1]
        assert "就绪" in client.get("/seat/state/").content.decode()

    def test_takes_a_break(self, seeded: Seeded, log_in: LogIn) -> None:
        log_in("agent01").post(PAUSE)

        assert session_of("agent01").state == SeatSession.State.BREAK

    def test_says_that_a_call_comes_first(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("agent02")
        before = session_of("agent02").state

        ready = client.post(READY, {"campaign": "meter-notice"}, follow=True)
        pause = client.post(PAUSE, follow=True)

        assert session_of("agent02").state == before == SeatSession.State.RESERVED
        assert "请在结束后再按" in ready.content.decode()
        assert "请在结束后再按" in pause.content.decode()

    def test_offers_only_campaigns_that_run(self, seeded: Seeded, log_in: LogIn) -> None:
        CampaignFiling.objects.filter(code="meter-notice").update(state="paused")
        client = log_in("agent01")

        assert client.post(READY, {"campaign": "meter-notice"}).status_code == 404
        assert 'value="meter-notice"' not in client.get("/seat/").content.decode()

    def test_shows_the_call_masked(self, seeded: Seeded, log_in: LogIn) -> None:
        """CN13-AGT-06: no number in full is in the page."""
        body = log_in("agent03").get("/seat/").content.decode()

        assert "138****0039" in body
        assert "振铃中" in body
        assert re.search(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])", body) is None

    def test_tells_an_agent_without_a_seat_so_and_takes_no_press(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        User.objects.create(username="new", role=User.Role.AGENT)
        client = log_in("new")

        page = client.get("/seat/")

        assert page.status_code == 200
        assert "没有可用的坐席" in page.content.decode()
        assert "<button data-key" not in page.content.decode()
        assert client.post(READY, {"campaign": "meter-notice"}).status_code == 404
