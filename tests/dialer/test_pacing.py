"""How many calls the floor allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing import Floor, calls_to_launch


class TestCallsToLaunch:
    @pytest.mark.parametrize(
        ("ready", "free", "calls"),
        [
            (0, 10, 0),
            (1, 10, 1),
            (5, 3, 3),  # the trunk is nearly full
            (3, 0, 0),
            (3, -2, 0),  # more calls are up than the contract allows by now
        ],
    )
    def test_is_one_line_for_each_ready_seat(self, ready: int, free: int, calls: int) -> None:
        assert calls_to_launch(Floor(ready_seats=ready, free_lines=free)) == calls

    @given(ready=st.integers(-5, 500), free=st.integers(-5, 500))
    def test_never_launches_a_call_that_no_agent_waits_for(self, ready: int, free: int) -> None:
        calls = calls_to_launch(Floor(ready_seats=ready, free_lines=free))

        assert 0 <= calls <= max(ready, 0)
