"""What pacing may count on: what a line process advertises, while it is fresh."""

from collections.abc import Iterator

import pytest

from dialer import streams
from dialer.streams import FRESH_SECONDS, Heartbeat, beat, heartbeat_of

TRUNK = "heartbeat-test"


@pytest.fixture
def trunk(sockets: None) -> Iterator[str]:
    yield TRUNK
    streams.client().delete(f"yunhu:heartbeat:{TRUNK}")


def said(**changes: object) -> Heartbeat:
    given = {"live": 4, "max_calls": 10, "up": True, "invites_sent": 9} | changes
    return Heartbeat(**given)  # type: ignore[arg-type]


class TestFreeLines:
    @pytest.mark.parametrize(
        ("changes", "free"),
        [
            ({}, 6),
            ({"advertised": 10}, 6),
            ({"advertised": 5}, 1),
            ({"advertised": 3}, 0),  # fewer than are up
            ({"advertised": 99}, 6),
            ({"advertised": 0}, 0),
            ({"up": False, "advertised": 10}, 0),
            ({"age_seconds": FRESH_SECONDS}, 6),
            ({"age_seconds": FRESH_SECONDS + 0.1}, 0),
        ],
    )
    def test_are_what_is_advertised_and_not_taken(
        self, changes: dict[str, object], free: int
    ) -> None:
        assert said(**changes).free_lines == free


class TestHeartbeat:
    def test_comes_back_with_its_age(self, trunk: str) -> None:
        beat(
            trunk_code=trunk, heartbeat=said(advertised=7, reason="线路已暂停 The line is paused")
        )
        streams.client().pexpire(f"yunhu:heartbeat:{trunk}", 1500)  # as 3.5 s later

        found = heartbeat_of(trunk)

        assert found is not None
        assert (found.live, found.advertised, found.up) == (4, 7, True)
        assert found.reason == "线路已暂停 The line is paused"
        assert 3.4 < found.age_seconds < 5
        assert found.free_lines == 0

    def test_of_nobody_is_none(self, trunk: str) -> None:
        assert heartbeat_of(trunk) is None
